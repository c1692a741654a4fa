// What can go wrong while a connection is made: HAProxy's numbers and texts (manual, `fc_err_str`).
#pragma once
#include <cstdint>
#include <string_view>

namespace shunt::fetchers {

struct ConnectionError {
  std::uint32_t number = 0;
  std::string_view text = "Success";
};

[[nodiscard]] std::string_view connection_error_text(std::uint32_t number);  // of an unknown one: empty
// By its text; an unknown one counts as a general socket error, none at all as success.
[[nodiscard]] ConnectionError connection_error(std::string_view text);

}  // namespace shunt::fetchers
