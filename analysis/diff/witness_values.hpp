// The values of properties that patterns ask for, and how a client comes to have them.
#pragma once
#include <string>
#include <vector>

#include "analysis/diff/witnesses.hpp"

namespace shunt::analysis {

// For one entry of what is asked: one that matches first, then its neighbours. Without patterns: any value.
[[nodiscard]] std::vector<Value> values_near(const Asked& asked, std::size_t entry);
[[nodiscard]] inline std::size_t entries_of(const Asked& asked) {
  return asked.patterns == nullptr ? 1 : asked.patterns->entries().size();
}

// What a client is before rules ask for anything: a hello with a name that nobody has.
[[nodiscard]] ClientDescription usual_client(const BindShape& shape);
void give(ClientDescription& client, const Value& value, const BindShape& shape);

inline constexpr std::string_view stranger = "nobody.example";
inline constexpr std::string_view plain_http = "GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\n";

}  // namespace shunt::analysis
