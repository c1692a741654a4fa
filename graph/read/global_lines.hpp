// Lowering functions of `global` keywords that do more than store one value.
#pragma once
#include "graph/read/setters.hpp"

namespace shunt::graph {

void read_threads(Reading& reading);
void read_bufsize(Reading& reading);
void read_log_hostname(Reading& reading);
void read_strict_limits(Reading& reading);
void read_bind_options(Reading& reading);
[[nodiscard]] std::string join_words(std::span<const parser::Word> words);

template <auto Member>
void set_joined_text(Reading& reading) {
  store<Member>(reading, join_words(reading.arguments));
}

}  // namespace shunt::graph
