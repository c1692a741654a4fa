// Walks over the TPKT and X.224 headers unseen and reads "Cookie: NAME=VALUE" CRLF.
#include "fetchers/wire/rdp_cookie.hpp"

#include <algorithm>

#include "parser/ascii.hpp"

namespace shunt::fetchers::wire {
namespace {

constexpr std::size_t packet_header = 11;
constexpr std::string_view word = "cookie:";
constexpr std::size_t shortest = packet_header + word.size() + 1;

using parser::ascii::same;

}  // namespace

RdpCookie read_rdp_cookie(std::string_view bytes, std::string_view name) {
  if (bytes.size() < shortest) return {ReadState::incomplete};
  bytes.remove_prefix(packet_header);
  if (!same(bytes.substr(0, word.size()), word)) return {};
  bytes.remove_prefix(word.size());
  bytes.remove_prefix(std::min(bytes.find_first_not_of(' '), bytes.size()));
  const std::size_t name_end = std::min(bytes.find_first_of("=\r\n"), bytes.size());
  const std::size_t name_size = name.empty() ? name_end : name.size();
  if (bytes.size() <= name_size) return {ReadState::incomplete};
  if (bytes[name_size] != '=' || (!name.empty() && !same(bytes.substr(0, name_size), name))) return {};
  bytes.remove_prefix(name_size + 1);
  const std::size_t end = bytes.find('\r');
  if (end == std::string_view::npos || end + 1 >= bytes.size()) return {ReadState::incomplete};
  if (bytes[end + 1] != '\n') return {};
  return {ReadState::found, bytes.substr(0, end)};
}

}  // namespace shunt::fetchers::wire
