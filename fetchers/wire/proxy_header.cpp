// PROXY protocol: both versions read with HAProxy's tolerances, both written with its way of mixing families.
#include "fetchers/wire/proxy_header.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fetchers/hash.hpp"
#include "fetchers/wire/byte_cursor.hpp"

namespace shunt::fetchers::wire {
namespace {

using Outcome = Result<ProxyHeader, ProxyHeaderError>;
using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

constexpr std::string_view v1_word = "PROXY ";
constexpr std::string_view v2_signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t v2_fixed = 16;
constexpr std::string_view v1_unknown = "PROXY UNKNOWN\r\n";
constexpr std::size_t v1_protocol = 11;  // size of "PROXY TCP4 "
constexpr std::size_t v1_shortest = 9;   // with less, nothing is judged
constexpr std::uint32_t command_local = 0;
constexpr std::uint32_t command_proxy = 1;
constexpr std::uint32_t tlv_authority = 0x02;
constexpr std::uint32_t tlv_crc32c = 0x03;
constexpr std::uint32_t tlv_unique_id = 0x05;
constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_ip(const Endpoint& end) { return end.family == Family::ipv4 || end.family == Family::ipv6; }

// As HAProxy does [seen]: missing or empty parts are zero, of each part the last three digits count, and what
// is too large for its byte is carried into the one before.
bool read_ipv4(std::string_view text, Endpoint& out) {
  std::uint32_t address = 0;
  std::uint32_t shift = 24;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c == '.') {
      if (shift == 0) return false;
      address += value << shift;
      shift -= 8;
      value = 0;
    } else if (c >= '0' && c <= '9') {
      value = (value * 10 + static_cast<std::uint32_t>(c - '0')) % 1000;
    } else {
      return false;
    }
  }
  address += value << shift;
  for (std::size_t i = 0; i < 4; ++i) out.address[i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
  out.family = Family::ipv4;
  return true;
}

bool read_ipv6(std::string_view text, Endpoint& out) {
  std::array<char, INET6_ADDRSTRLEN> terminated = {};
  if (text.size() >= terminated.size()) return false;
  std::ranges::copy(text, terminated.begin());
  out.family = Family::ipv6;
  return inet_pton(AF_INET6, terminated.data(), out.address.data()) == 1;
}

// Digits only, none is 0; what is above 65535 is cut to 16 bits.
bool read_port(std::string_view text, Endpoint& out) {
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  out.port = static_cast<std::uint16_t>(value);
  return true;
}

bool take_field(std::string_view& rest, std::string_view& field) {
  const std::size_t blank = rest.find(' ');
  if (blank == std::string_view::npos) return false;
  field = rest.substr(0, blank);
  rest.remove_prefix(blank + 1);
  return true;
}

// The size of what can be an IPv4 address or a port; whether it is one is not asked.
std::size_t length_of_field(std::string_view rest, int dots_allowed) {
  std::size_t length = 0;
  for (; length < rest.size(); ++length) {
    if (rest[length] == '.' ? dots_allowed-- == 0 : rest[length] < '0' || rest[length] > '9') break;
  }
  return length;
}

// Without a line's end HAProxy judges an IPv4 header field by field, as far as it goes [seen].
ProxyHeaderError judge_v4_without_end(std::string_view rest) {
  for (const int dots_allowed : {3, 3, 0}) {
    rest.remove_prefix(length_of_field(rest, dots_allowed));
    if (rest.empty()) return ProxyHeaderError::truncated;
    if (rest.front() != ' ') return ProxyHeaderError::bad_header;
    rest.remove_prefix(1);
  }
  rest.remove_prefix(length_of_field(rest, 0));
  return rest.size() < 2 ? ProxyHeaderError::truncated : ProxyHeaderError::bad_header;
}

// The protocol is judged before the line's end is looked for.
Outcome read_v1(std::string_view bytes) {
  if (bytes.starts_with(v1_unknown)) {
    ProxyHeader header{.size = v1_unknown.size(), .local = true};
    return header;
  }
  const bool is_v6 = bytes.starts_with("PROXY TCP6 ");
  if (!is_v6 && !bytes.starts_with("PROXY TCP4 ")) return ProxyHeaderError::bad_protocol;
  const std::size_t end = bytes.find('\r');
  if (end == std::string_view::npos)
    return is_v6 ? ProxyHeaderError::truncated : judge_v4_without_end(bytes.substr(v1_protocol));
  ProxyHeader header{.size = end + 2};
  std::string_view rest = bytes.substr(v1_protocol, end - v1_protocol);
  std::string_view source;
  std::string_view destination;
  std::string_view source_port;
  const auto read_address = is_v6 ? read_ipv6 : read_ipv4;
  const bool good = take_field(rest, source) && take_field(rest, destination) &&
                    take_field(rest, source_port) && read_address(source, header.source) &&
                    read_address(destination, header.destination) && read_port(source_port, header.source) &&
                    read_port(rest, header.destination);
  if (!good) return ProxyHeaderError::bad_header;
  if (bytes.size() < header.size) return ProxyHeaderError::truncated;
  if (bytes[end + 1] != '\n') return ProxyHeaderError::bad_header;
  return header;
}

// Every TLV must lie inside; a checksum covers the whole header with its own four bytes as zeros.
bool tlvs_are_good(std::string_view header, std::string_view tlvs) {
  ByteCursor cursor(tlvs);
  while (!cursor.at_end()) {
    const std::uint32_t type = cursor.number(1);
    const std::string_view value = cursor.prefixed(2);
    if (cursor.bad()) return false;
    if ((type == tlv_authority && value.size() > 255) || (type == tlv_unique_id && value.size() > 128))
      return false;
    if (type != tlv_crc32c) continue;
    if (value.size() != 4) return false;
    const auto at = static_cast<std::size_t>(value.data() - header.data());
    std::string zeroed(header);
    std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(at), 4, '\0');
    if (hash_crc32c(zeroed) != ByteCursor(value).number(4)) return false;
  }
  return !cursor.bad();
}

void read_addresses(ByteCursor& cursor, bool is_v6, ProxyHeader& header) {
  const std::size_t size = is_v6 ? 16 : 4;
  for (Endpoint* end : {&header.source, &header.destination}) {
    end->family = is_v6 ? Family::ipv6 : Family::ipv4;
    const std::string_view address = cursor.block(size);
    std::ranges::copy(address, end->address.begin());
  }
  header.source.port = static_cast<std::uint16_t>(cursor.number(2));
  header.destination.port = static_cast<std::uint16_t>(cursor.number(2));
}

// Everything but the judgement of the TLVs.
Outcome read_v2_addresses(std::string_view bytes) {
  const std::uint32_t version_command = byte_at(bytes, 12);
  const std::uint32_t family = byte_at(bytes, 13);
  if (version_command >> 4 != 2) return ProxyHeaderError::not_proxy_protocol;
  const std::size_t size = v2_fixed + ByteCursor(bytes.substr(14)).number(2);
  if (bytes.size() < size) return ProxyHeaderError::truncated;
  ProxyHeader header{.size = size};
  ByteCursor cursor(bytes.substr(v2_fixed, size - v2_fixed));
  const std::uint32_t command = version_command & 15;
  header.local = command == command_local;
  if (command == command_proxy) {
    if (family != 0x11 && family != 0x21) return ProxyHeaderError::bad_header;
    read_addresses(cursor, family == 0x21, header);
    if (cursor.bad()) return ProxyHeaderError::bad_header;
  } else if (command != command_local ||
             (family != 0 && size != v2_fixed)) {  // as 3.5; 2.6 skips a LOCAL's addresses
    return ProxyHeaderError::bad_header;
  }
  header.tlvs = cursor.rest();
  return header;
}

Outcome read_v2(std::string_view bytes) {
  Outcome header = read_v2_addresses(bytes);
  if (header && !tlvs_are_good(bytes.substr(0, header.value().size), header.value().tlvs))
    return ProxyHeaderError::bad_header;
  return header;
}

// The IPv4 end of a mixed pair is written as a mapped IPv6 address.
std::array<std::uint8_t, 16> as_ipv6(const Endpoint& end) {
  if (end.family == Family::ipv6) return end.address;
  std::array<std::uint8_t, 16> mapped = {};
  std::ranges::copy(mapped_prefix, mapped.begin());
  std::copy_n(end.address.begin(), 4, mapped.begin() + 12);
  return mapped;
}

std::string written(const Endpoint& end, bool as_v6) {
  return to_string(as_v6 ? Endpoint{.family = Family::ipv6, .address = as_ipv6(end)} : end);
}

void append_number(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}

}  // namespace

Endpoint announced_source(std::string_view bytes) {
  if (!bytes.starts_with(v2_signature) || bytes.size() < v2_fixed) return {};
  const Outcome header = read_v2_addresses(bytes);
  return header && !header.value().local ? header.value().source : Endpoint{};
}

std::string_view message(ProxyHeaderError error) {
  constexpr std::array<std::string_view, 4> messages = {
      "Truncated PROXY protocol header received",
      "Received something which does not look like a PROXY protocol header",
      "Received an invalid PROXY protocol header",
      "Received an unhandled protocol in the PROXY protocol header",
  };
  return messages[static_cast<std::size_t>(error)];
}

Outcome read_proxy_header(std::string_view bytes) {
  if (bytes.size() < v1_shortest) return ProxyHeaderError::truncated;
  if (bytes.starts_with(v1_word)) return read_v1(bytes);
  if (bytes.size() < v2_fixed) return ProxyHeaderError::truncated;
  return bytes.starts_with(v2_signature) ? read_v2(bytes) : ProxyHeaderError::not_proxy_protocol;
}

std::string write_proxy_v1(const Endpoint& source, const Endpoint& destination) {
  if (!is_ip(source) || !is_ip(destination)) return "PROXY UNKNOWN\r\n";
  const bool as_v6 = source.family == Family::ipv6 || destination.family == Family::ipv6;
  return fmt::format("PROXY TCP{} {} {} {} {}\r\n", as_v6 ? 6 : 4, written(source, as_v6),
                     written(destination, as_v6), source.port, destination.port);
}

std::string write_proxy_v2(const Endpoint& source, const Endpoint& destination, std::string_view tlvs) {
  std::string out(v2_signature);
  if (!is_ip(source) || !is_ip(destination)) {
    out += "\x20\0"s;
    append_number(out, tlvs.size());
    return out.append(tlvs);
  }
  const bool as_v6 = source.family == Family::ipv6 || destination.family == Family::ipv6;
  const std::size_t width = as_v6 ? 16 : 4;
  out += '\x21';
  out += as_v6 ? '\x21' : '\x11';
  append_number(out, 2 * width + 4 + tlvs.size());
  for (const Endpoint* end : {&source, &destination}) {
    const std::array<std::uint8_t, 16> address = as_v6 ? as_ipv6(*end) : end->address;
    out.append(reinterpret_cast<const char*>(address.data()), width);
  }
  append_number(out, source.port);
  append_number(out, destination.port);
  return out.append(tlvs);
}

}  // namespace shunt::fetchers::wire
