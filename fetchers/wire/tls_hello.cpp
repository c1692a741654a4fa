// The checks that HAProxy makes before it believes in a hello, in its order: each byte is judged as soon as
// it is there.
#include "fetchers/wire/tls_hello.hpp"

#include <optional>

#include "fetchers/wire/byte_cursor.hpp"

namespace shunt::fetchers::wire {
namespace {

constexpr std::size_t record_header = 5;
constexpr std::size_t message_header = 4;
constexpr std::uint32_t handshake_record = 0x16;
constexpr std::uint32_t client_hello = 1;
constexpr std::uint32_t smallest_record =
    51;  // of a ClientHello with its fixed fields and something behind them
constexpr std::uint32_t smallest_message = 43;
constexpr std::uint32_t largest_record = 18432;  // encrypted and compressed; only the version fetch asks
constexpr std::size_t sslv2_fixed = 9;           // type, version and three lengths
constexpr std::uint32_t extension_server_name = 0;
constexpr std::uint32_t extension_groups = 10;
constexpr std::uint32_t extension_signatures = 13;
constexpr std::uint32_t extension_alpn = 16;
constexpr std::uint32_t extension_ticket = 35;
constexpr std::uint32_t extension_key_share = 51;
constexpr std::size_t extension_header = 4;

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t width) {
  return ByteCursor(bytes.substr(at)).number(width);
}

HelloState combine(bool complete) { return complete ? HelloState::found : HelloState::incomplete; }

struct HelloBody {
  HelloState state = HelloState::absent;
  std::string_view body = {};  // from the client's version on
};

// The whole ClientHello message, counted from its own header; further record headers inside are not skipped.
HelloBody client_hello_body(std::string_view bytes) {
  if (bytes.empty()) return {HelloState::incomplete};
  if (byte_at(bytes, 0) != handshake_record) return {};
  if (bytes.size() < 3) return {HelloState::incomplete};
  if (byte_at(bytes, 1) < 3) return {};
  if (bytes.size() < record_header) return {HelloState::incomplete};
  if (number(bytes, 3, 2) < smallest_record) return {};
  if (bytes.size() < record_header + 1) return {HelloState::incomplete};
  if (byte_at(bytes, 5) != client_hello) return {};
  if (bytes.size() < record_header + message_header) return {HelloState::incomplete};
  const std::uint32_t size = number(bytes, 6, 3);
  if (size < smallest_message) return {};
  const std::string_view body = bytes.substr(record_header + message_header);
  if (body.size() < size) return {HelloState::incomplete};
  return {HelloState::found, body.substr(0, size)};
}

struct HelloParts {
  std::string_view suites = {};
  std::optional<std::string_view> extensions = {};  // nothing: there are none, or the fields don't add up
};

HelloParts parts(std::string_view body) {
  ByteCursor cursor(body);
  const std::uint32_t major = cursor.number(1);
  const std::uint32_t minor = cursor.number(1);
  if (major < 3 || (major == 3 && minor < 1)) return {};  // SSLv3 has no extensions
  cursor.block(32);                                       // random
  cursor.prefixed(1);                                     // session id
  const std::string_view suites = cursor.prefixed(2);
  cursor.prefixed(1);  // compression methods
  const std::string_view list = cursor.prefixed(2);
  if (cursor.bad()) return {.suites = suites};
  return {suites, list};
}

enum class Walk : std::uint8_t { present, missing, malformed };

struct Extension {
  Walk walk = Walk::missing;
  std::string_view content = {};
};

// The first one of the type. A rest that is too short for another one is passed over.
Extension find_extension(std::string_view list, std::uint32_t type) {
  ByteCursor cursor(list);
  while (cursor.rest().size() >= extension_header) {
    const std::uint32_t found = cursor.number(2);
    const std::string_view content = cursor.prefixed(2);
    if (cursor.bad()) return {Walk::malformed};
    if (found == type) return {Walk::present, content};
  }
  return {};
}

// `rest`: from the extension's content to the end of the hello. As HAProxy reads it: only the first entry
// counts, and the lengths are held against the hello, not against the extension.
HelloField first_host_name(std::string_view rest) {
  constexpr std::uint32_t smallest_list = 4;
  ByteCursor cursor(rest);
  const std::uint32_t size = cursor.number(2);
  if (cursor.bad() || size < smallest_list || size > cursor.rest().size()) return {};
  const bool host = cursor.number(1) == 0;
  const std::string_view name = cursor.prefixed(2);
  return cursor.bad() || !host ? HelloField{} : HelloField{HelloState::found, name};
}

HelloField whole_extension(std::string_view content) { return {HelloState::found, content}; }

HelloField extension_field(std::string_view bytes, std::uint32_t type, HelloField (*read)(std::string_view)) {
  const HelloBody hello = client_hello_body(bytes);
  if (hello.state != HelloState::found) return {hello.state};
  const auto list = parts(hello.body).extensions;
  const Extension extension = list ? find_extension(*list, type) : Extension{};
  return extension.walk == Walk::present ? read(extension.content) : HelloField{};
}

// A list of numbers of two bytes, behind its length.
HelloField pairs(std::string_view content) {
  ByteCursor cursor(content);
  const std::string_view list = cursor.prefixed(2);
  return cursor.bad() || list.size() % 2 != 0 ? HelloField{} : HelloField{HelloState::found, list};
}

HelloField behind_length(std::string_view content) {
  ByteCursor cursor(content);
  const std::string_view list = cursor.prefixed(2);
  return cursor.bad() ? HelloField{} : HelloField{HelloState::found, list};
}

// 0xff is taken for one, too.
bool is_record(std::uint32_t first) { return (first >= 0x14 && first <= 0x17) || first == 0xff; }

// The SSLv2 form: a length in two bytes (highest bit set) or three (the third is padding), then type 1 and
// the version.
HelloVersion sslv2_version(std::string_view bytes) {
  const bool two_bytes = byte_at(bytes, 0) >= 0x80;
  const std::size_t header = two_bytes ? 2 : 3;
  if (bytes.size() <= header) return {HelloState::incomplete};
  if (byte_at(bytes, header) != client_hello) return {};
  if (bytes.size() < header + sslv2_fixed) return {HelloState::incomplete};
  const std::uint32_t length = number(bytes, 0, 2) & (two_bytes ? 0x7fffu : 0x3fffu);
  const std::uint32_t ciphers = number(bytes, header + 3, 2);
  const std::uint32_t session = number(bytes, header + 5, 2);
  const std::uint32_t challenge = number(bytes, header + 7, 2);
  const bool sizes_fit =
      ciphers % 3 == 0 && (session == 0 || session == 16) && challenge >= 16 && challenge <= 32;
  if (!sizes_fit || length != sslv2_fixed + ciphers + session + challenge) return {};
  const std::size_t padding = two_bytes ? 0 : byte_at(bytes, 2);
  return {combine(bytes.size() >= header + length + padding),
          number(bytes, header + 1, 1) << 16 | number(bytes, header + 2, 1)};
}

// Only the record is looked at: any handshake message of at least six bytes will do.
HelloVersion record_version(std::string_view bytes) {
  if (bytes.size() < record_header + message_header + 2) return {HelloState::incomplete};
  const std::uint32_t size = number(bytes, 3, 2);
  if (byte_at(bytes, 1) < 3 || size < message_header + 2 || size > largest_record) return {};
  return {combine(bytes.size() >= record_header + size), byte_at(bytes, 9) << 16 | byte_at(bytes, 10)};
}

}  // namespace

HelloType hello_type(std::string_view bytes) {
  if (bytes.empty()) return {HelloState::incomplete};
  if (!is_record(byte_at(bytes, 0))) return {};
  if (bytes.size() < record_header + message_header) return {HelloState::incomplete};
  if (byte_at(bytes, 1) < 3 || number(bytes, 3, 2) < message_header) return {};
  const bool whole = bytes.size() >= record_header + message_header + number(bytes, 6, 3);
  return {combine(whole), static_cast<std::uint8_t>(byte_at(bytes, 5))};
}

HelloVersion hello_version(std::string_view bytes) {
  if (bytes.empty()) return {HelloState::incomplete};
  return is_record(byte_at(bytes, 0)) ? record_version(bytes) : sslv2_version(bytes);
}

HelloField hello_sni(std::string_view bytes) {
  const HelloBody hello = client_hello_body(bytes);
  if (hello.state != HelloState::found) return {hello.state};
  const auto list = parts(hello.body).extensions;
  const Extension found = list ? find_extension(*list, extension_server_name) : Extension{};
  if (found.walk != Walk::present || found.content.size() < 2) return {};
  const auto begin = static_cast<std::size_t>(found.content.data() - hello.body.data());
  return first_host_name(hello.body.substr(begin));
}

HelloField hello_alpn(std::string_view bytes, std::uint32_t index) {
  const HelloField extension = extension_field(bytes, extension_alpn, whole_extension);
  if (extension.state != HelloState::found) return extension;
  ByteCursor protocols(extension.value);
  protocols.block(2);  // HAProxy doesn't care how long the list says it is
  std::string_view name = protocols.prefixed(1);
  for (; index != 0 && !protocols.bad(); --index) name = protocols.prefixed(1);
  return protocols.bad() ? HelloField{} : HelloField{HelloState::found, name};
}

HelloField hello_groups_extension(std::string_view bytes) {
  return extension_field(bytes, extension_groups, whole_extension);
}

HelloTicket hello_ticket(std::string_view bytes) {
  const HelloBody hello = client_hello_body(bytes);
  if (hello.state != HelloState::found) return {hello.state};
  const auto list = parts(hello.body).extensions;
  if (!list) return {};
  const Extension extension = find_extension(*list, extension_ticket);
  if (extension.walk == Walk::malformed) return {};
  if (extension.walk == Walk::missing) return {HelloState::found, TicketOffer::none};
  return {HelloState::found, extension.content.empty() ? TicketOffer::empty : TicketOffer::ticket};
}

HelloField hello_suites(std::string_view bytes) {
  const HelloBody hello = client_hello_body(bytes);
  if (hello.state != HelloState::found) return {hello.state};
  const std::string_view suites = parts(hello.body).suites;
  return suites.empty() ? HelloField{} : HelloField{HelloState::found, suites};
}

HelloField hello_groups(std::string_view bytes) { return extension_field(bytes, extension_groups, pairs); }

HelloField hello_signatures(std::string_view bytes) {
  return extension_field(bytes, extension_signatures, pairs);
}

HelloField hello_key_shares(std::string_view bytes) {
  return extension_field(bytes, extension_key_share, behind_length);
}

std::optional<HelloFields> hello_fields(std::string_view body) {
  ByteCursor cursor(body);
  HelloFields fields;
  fields.version = static_cast<std::uint16_t>(cursor.number(2));
  cursor.block(32);    // random
  cursor.prefixed(1);  // session id
  fields.suites = cursor.prefixed(2);
  cursor.prefixed(1);  // compression methods
  if (cursor.bad()) return std::nullopt;
  fields.extensions = cursor.prefixed(2);
  return fields;
}

std::optional<std::string_view> hello_extension(std::string_view extensions, std::uint32_t type) {
  const Extension found = find_extension(extensions, type);
  return found.walk == Walk::present ? std::optional(found.content) : std::nullopt;
}

std::optional<std::size_t> key_share_groups(std::string_view shares, std::span<char> out) {
  ByteCursor cursor(shares);
  std::size_t written = 0;
  while (!cursor.at_end()) {
    const std::string_view group = cursor.block(2);
    cursor.prefixed(2);
    if (cursor.bad() || written + group.size() > out.size()) return std::nullopt;
    written += group.copy(out.data() + written, group.size());
  }
  return written;
}

}  // namespace shunt::fetchers::wire
