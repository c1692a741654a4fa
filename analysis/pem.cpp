// Cutting the Base64 text out of its frame.
#include "analysis/pem.hpp"

#include <algorithm>

#include "fetchers/base64.hpp"

namespace shunt::analysis {

std::optional<std::string> certificate_bytes(std::string_view file) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
  constexpr char sequence = 0x30;
  const std::size_t from = file.find(begin);
  if (from == std::string_view::npos)
    return file.starts_with(sequence) ? std::optional(std::string(file)) : std::nullopt;
  const std::size_t to = file.find(end, from);
  if (to == std::string_view::npos) return std::nullopt;
  std::string text(file.substr(from + begin.size(), to - from - begin.size()));
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  return fetchers::base64_bytes(text);
}

}  // namespace shunt::analysis
