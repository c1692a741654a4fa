// Lowering functions of `global` keywords that do more than store one value.
#pragma once
#include "graph/read/setters.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {

void read_threads(Reading& reading);
void read_process_variable(Reading& reading);
void read_process_variable_format(Reading& reading);
void read_bufsize(Reading& reading);
void read_default_path(Reading& reading);
void check_case(Reading& reading);
void read_log_hostname(Reading& reading);
void read_strict_limits(Reading& reading);
void read_bind_options(Reading& reading);
void read_user_name(Reading& reading);
void read_group_name(Reading& reading);
void read_master_worker(Reading& reading);
// Refused unless `expose-experimental-directives` stands above.
void need_experimental(Reading& reading);
// For the reference builds of HAProxy the name doesn't exist.
void refuse_foreign(Reading& reading);
[[nodiscard]] std::string join_words(std::span<const parser::Word> words);

template <auto Member>
void set_joined_text(Reading& reading) {
  store<Member>(reading, join_words(reading.arguments));
}

// As C's atol; numbers that can't be meant are left out, as the syntax has judged them.
template <auto Member>
void set_loose_number(Reading& reading) {
  const std::int64_t value = parser::leading_integer(reading.arguments[0].value);
  if (value >= 0 && value <= 0xffffffff) store<Member>(reading, static_cast<std::uint32_t>(value));
}

// A number of a user or group; what stands behind the digits is warned of.
void warn_of_rest(Reading& reading);
template <auto Member>
void read_account(Reading& reading) {
  warn_of_rest(reading);
  set_loose_number<Member>(reading);
}

// Bytes with a unit, or whatever 2.6 made of it.
template <auto Member>
void set_bytes(Reading& reading) {
  if (const auto size = parser::parse_size(reading.arguments[0].value))
    return store<Member>(reading, size.value());
  set_loose_number<Member>(reading);
}

// The same, or nothing at all.
template <auto Member>
void set_optional_bytes(Reading& reading) {
  if (!reading.arguments.empty()) set_bytes<Member>(reading);
}

}  // namespace shunt::graph
