// Reads networks as HAProxy does: shorthands as inet_aton, dotted masks in full, names through the resolver.
#include "acl/address_pattern.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>

#include "parser/ascii.hpp"
#include "parser/outside.hpp"

namespace shunt::acl {
namespace {

constexpr Address128 ones4 = 0xffffffff;
constexpr Address128 ones6 = ~Address128{0};

using parser::ascii::is_digit;

// A name that the resolver would read as a number ("0x7f.1") is no name.
bool looks_numeric(const std::string& text) {
  in_addr ignored{};
  return inet_aton(text.c_str(), &ignored) != 0;
}

std::optional<Address128> resolve_ipv4(const std::string& name) {
  if (name.empty() || looks_numeric(name)) return std::nullopt;
  const auto found = parser::resolve_name(name, parser::NameFamily::ipv4);
  if (found.empty()) return std::nullopt;
  std::uint32_t address = 0;
  std::memcpy(&address, found.front().bytes.data(), sizeof address);
  return Address128{ntohl(address)};
}

// "1.2" is 1.0.0.2 and "010" is octal, but there is no hexadecimal form [seen].
std::optional<Address128> read_ipv4(const std::string& text, bool resolve) {
  const bool numeric = std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
  if (!numeric) return resolve ? resolve_ipv4(text) : std::nullopt;
  in_addr address{};
  if (text.ends_with('.') || inet_aton(text.c_str(), &address) == 0) return std::nullopt;
  return Address128{ntohl(address.s_addr)};
}

Address128 value_of(std::span<const std::uint8_t> bytes, std::size_t size) {
  Address128 value = 0;
  for (const std::uint8_t byte : bytes.first(size)) value = (value << 8) | byte;
  return value;
}

std::optional<Address128> read_ipv6(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return value_of(bytes, bytes.size());
}

// As strtol reads it: blanks and a plus sign may stand before the digits, nothing behind them.
std::optional<int> read_prefix(std::string_view text, int most) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = std::min(value * 10 + (c - '0'), most + 1);
  }
  return value <= most ? std::optional{value} : std::nullopt;
}

Address128 prefix_mask(int prefix, int bits) {
  const Address128 ones = bits == 32 ? ones4 : ones6;
  return prefix == 0 ? 0 : (ones << (bits - prefix)) & ones;
}

int contiguous_prefix(std::uint32_t mask) {
  const int prefix = __builtin_popcount(mask);
  return prefix_mask(prefix, 32) == mask ? prefix : -1;
}

bool set_mask4(Network& network, const std::string& text) {
  if (text.find('.') == std::string::npos) {
    const auto prefix = read_prefix(text, 32);
    if (!prefix) return false;
    network.prefix = *prefix;
    network.mask = prefix_mask(*prefix, 32);
    return true;
  }
  in_addr mask{};
  if (inet_pton(AF_INET, text.c_str(), &mask) != 1) return false;
  network.mask = ntohl(mask.s_addr);
  network.prefix = contiguous_prefix(ntohl(mask.s_addr));
  return true;
}

bool set_mask6(Network& network, const std::string& text) {
  const auto prefix = read_prefix(text, 128);
  if (!prefix) return false;
  network.prefix = *prefix;
  network.mask = prefix_mask(*prefix, 128);
  return true;
}

}  // namespace

std::optional<Network> parse_network(std::string_view text, bool resolve) {
  const std::size_t slash = text.find('/');
  const std::string host(text.substr(0, slash));
  Network network{.ipv6 = host.find(':') != std::string::npos};
  const auto address = network.ipv6 ? read_ipv6(host) : read_ipv4(host, resolve);
  if (!address) return std::nullopt;
  network.mask = network.ipv6 ? ones6 : ones4;
  network.prefix = network.ipv6 ? 128 : 32;
  if (slash != std::string_view::npos) {
    const std::string mask(text.substr(slash + 1));
    if (!(network.ipv6 ? set_mask6(network, mask) : set_mask4(network, mask))) return std::nullopt;
  }
  network.address = *address & network.mask;
  return network;
}

Address128 address_value(const fetchers::Sample& sample) {
  return value_of(sample.address, sample.type == fetchers::SampleType::ipv4 ? 4 : 16);
}

Address128 address_value(const fetchers::Endpoint& endpoint) {
  return value_of(endpoint.address, endpoint.family == fetchers::Family::ipv4 ? 4 : 16);
}

std::optional<Address128> embedded_ipv4(Address128 ipv6) {
  const Address128 top = ipv6 >> 32;
  if (top == 0 || top == 0xffff) return ipv6 & ones4;
  if (ipv6 >> 112 == 0x2002) return (ipv6 >> 80) & ones4;
  return std::nullopt;
}

}  // namespace shunt::acl
