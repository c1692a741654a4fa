// IP addresses as text, with the shorthands of inet_aton(3) that HAProxy accepts.
#include <arpa/inet.h>

#include <cstring>
#include <string>

#include "parser/address.hpp"

namespace shunt::parser {

std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text) {
  // inet_aton ignores what follows a blank; an address has no blanks.
  if (text.empty() || text.find_first_of(std::string_view(" \t\n\v\f\r\0", 7)) != std::string_view::npos)
    return std::nullopt;
  in_addr parsed{};
  if (inet_aton(std::string(text).c_str(), &parsed) == 0) return std::nullopt;
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &parsed, bytes.size());
  return bytes;
}

std::optional<std::array<std::uint8_t, 16>> parse_ipv6(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  in6_addr parsed{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), &parsed) != 1) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &parsed, bytes.size());
  return bytes;
}

}  // namespace shunt::parser
