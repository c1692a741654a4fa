// Compiles regular expressions with PCRE2, for judging them.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "fetchers/regex.hpp"

#include <fmt/format.h>
#include <pcre2.h>

#include <array>
#include <memory>

namespace shunt::fetchers {

std::string regex_fault(std::string_view text) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  const std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, &error, &offset, nullptr),
      &pcre2_code_free);
  if (code) return {};
  std::array<PCRE2_UCHAR, 256> message = {};
  pcre2_get_error_message(error, message.data(), message.size());
  return fmt::format("regex '{}' is invalid at {}: {}", text, offset,
                     reinterpret_cast<const char*>(message.data()));
}

}  // namespace shunt::fetchers
