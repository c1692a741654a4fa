// Sans-io reader of distcc messages: tokens of four letters and a number in eight hexadecimal digits, some of
// which are followed by as many bytes.
#pragma once
#include <cstdint>
#include <string_view>

#include "fetchers/wire/state.hpp"

namespace shunt::fetchers::wire {

struct DistccToken {
  std::uint32_t parameter = 0;
  std::string_view body = {};
  bool whole = false;  // all bytes of the body are there
};

// The `occurrence`-th token of this name, counted from 1; found as soon as its number is there.
[[nodiscard]] ReadState find_distcc_token(std::string_view bytes, std::string_view name,
                                          std::int64_t occurrence, DistccToken& token);

}  // namespace shunt::fetchers::wire
