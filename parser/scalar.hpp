// Times, sizes and integers as HAProxy reads them.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parser/result.hpp"

namespace shunt::parser {

enum class TimeUnit : std::uint8_t { us, ms, s, m, h, d };

struct ScalarError {
  std::string message;  // "unexpected character 'x'", "timer overflow ..."
  std::size_t at = 0;   // offset of the offending byte
  enum class Kind : std::uint8_t { character, overflow } kind = Kind::character;
};

// A time with what its writing tells. HAProxy only warns of what follows a complete unit ("1m1s" is one
// minute).
struct TimeValue {
  std::chrono::milliseconds value{};
  bool has_unit = false;
  std::size_t junk_at =
      0;  // offset behind number and unit; less than the size of the text: something follows
};

[[nodiscard]] Result<TimeValue, ScalarError> read_time(std::string_view text,
                                                       TimeUnit default_unit = TimeUnit::ms);

// The same without the circumstances: digits with an optional unit; rounded up to whole milliseconds; at most
// 2^31-1 ms.
[[nodiscard]] Result<std::chrono::milliseconds, ScalarError> parse_time(std::string_view text,
                                                                        TimeUnit default_unit = TimeUnit::ms);
// Digits with optional k, m, g (factor 1024); below 2^32.
[[nodiscard]] Result<std::uint32_t, ScalarError> parse_size(std::string_view text);

// A whole decimal number with an optional sign and nothing behind it.
[[nodiscard]] Result<std::int64_t, ScalarError> parse_integer(std::string_view text);

// The number that a text begins with, as C's atol reads it (HAProxy takes "1k" as 1 in many places).
[[nodiscard]] std::int64_t leading_integer(std::string_view text);

}  // namespace shunt::parser
