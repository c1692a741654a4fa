// Which values a fetch has to be shown, and how a client comes to have them.
#include "analysis/diff/witness_values.hpp"

#include <algorithm>
#include <array>

#include "analysis/diff/near_values.hpp"

namespace shunt::analysis {
namespace {

using fetchers::Endpoint;
using fetchers::Family;

constexpr std::size_t longest_name = 255, longest_payload = 15000;

bool is_number(Aspect aspect) {
  return aspect == Aspect::source_port || aspect == Aspect::destination_port || aspect == Aspect::size ||
         aspect == Aspect::hello || aspect == Aspect::version;
}
bool is_address(Aspect aspect) { return aspect == Aspect::source || aspect == Aspect::destination; }

std::vector<Value> any_value(const Asked& asked) {
  Value value{.aspect = asked.aspect, .offset = asked.offset};
  switch (asked.aspect) {
    case Aspect::sni: value.text = stranger; break;
    case Aspect::alpn: value.text = "h2"; break;
    case Aspect::hello: value.number = 1; break;
    case Aspect::version: value.number = 0x303; break;
    case Aspect::cookie: value.text = "user"; break;
    case Aspect::bytes: value.text = "xxxxxxxx"; break;
    case Aspect::size: value.number = 1; break;
    case Aspect::source:
    case Aspect::destination: return {};
    default: break;
  }
  return {value};
}

// "3.3", as versions of TLS are written.
std::optional<std::int64_t> dotted(std::string_view text) {
  if (text.size() != 3 || text[1] != '.') return std::nullopt;
  return (text[0] - '0') * 256 + (text[2] - '0');
}

std::vector<Value> numbers(const Asked& asked, std::string_view pattern) {
  std::vector<Value> values;
  if (asked.aspect == Aspect::version) {
    const auto version = dotted(pattern);
    for (const std::int64_t number : {version.value_or(0x303), std::int64_t{0x303}, std::int64_t{0x304}})
      values.push_back({.aspect = asked.aspect, .number = number});
    return values;
  }
  for (const std::int64_t number : numbers_near(pattern))
    values.push_back({.aspect = asked.aspect, .number = number});
  return values;
}

std::vector<Value> texts(const Asked& asked, std::string_view pattern) {
  std::vector<Value> values;
  const auto add = [&](std::string text) {
    values.push_back({.aspect = asked.aspect, .text = std::move(text), .offset = asked.offset});
  };
  for (std::string& text : texts_near(asked.method, pattern)) {
    if (asked.hexadecimal) {
      auto bytes = decode_hex(text);
      if (!bytes) continue;
      text = std::move(bytes).assume_value();
    }
    if (asked.cut) {
      add(text + ".x.example");
      add("x." + text + ".example");
    }
    add(std::move(text));
  }
  return values;
}

// A connection request that has a cookie (MS-RDPBCGR 2.2.1.1).
std::string rdp_request(std::string_view user) {
  const std::string cookie = "Cookie: mstshash=" + std::string(user) + "\r\n";
  const std::size_t size = std::min<std::size_t>(cookie.size() + 11, 255);
  std::string bytes("\x03\x00\x00", 3);
  bytes += static_cast<char>(size);
  bytes += static_cast<char>(size - 5);
  bytes += std::string("\xe0\x00\x00\x00\x00\x00", 6);
  return bytes + cookie;
}

HelloDescription& hello_of(ClientDescription& client) {
  client.bytes.reset();
  client.silent = false;
  if (!client.hello) client.hello.emplace();
  return *client.hello;
}

// Where TLS ends here, what is said inside it is what rules see.
void say(ClientDescription& client, std::string bytes, const BindShape& shape) {
  if (shape.tls) {
    hello_of(client);
    client.inside = std::move(bytes);
    return;
  }
  client.hello.reset();
  client.silent = bytes.empty();
  client.bytes.reset();
  if (!bytes.empty()) client.bytes = std::move(bytes);
}

void give_address(ClientDescription& client, const Value& value, const BindShape& shape) {
  Endpoint address = value.address;
  if (value.aspect == Aspect::source) {
    address.port = 50000;
    if (shape.address.family != Family::unix_socket && address.family == shape.address.family)
      client.from = address;
    if (client.header) {
      client.header->from = address;
      if (client.header->to.family != address.family) client.header->to = {};
    }
    return;
  }
  address.port = shape.address.port;
  if (client.header) {
    if (client.header->from.family == address.family) client.header->to = address;
    return;
  }
  if (!shape.any || address.family != shape.address.family) return;
  const bool six = address.family == Family::ipv6;
  client.to = (six ? "[" : "") + to_string(address) + (six ? "]:" : ":") + std::to_string(address.port);
}

void give_port(ClientDescription& client, const Value& value, const BindShape& shape) {
  if (value.number < 1 || value.number > 65535) return;
  const auto port = static_cast<std::uint16_t>(value.number);
  if (value.aspect == Aspect::source_port) {
    if (!client.from) client.from = Endpoint{.family = Family::ipv4, .address = {198, 51, 100, 7}};
    if (shape.address.family == Family::ipv4) client.from->port = port;
    if (client.header) client.header->from.port = port;
    return;
  }
  if (!client.header) return;
  if (client.header->to.family == Family::none)
    client.header->to = {.family = Family::ipv4, .address = {192, 0, 2, 1}};
  if (client.header->to.family == client.header->from.family) client.header->to.port = port;
}

}  // namespace

std::vector<Value> values_near(const Asked& asked, std::size_t entry) {
  if (asked.patterns == nullptr || asked.method == acl::MatchMethod::found ||
      asked.method == acl::MatchMethod::boolean)
    return any_value(asked);
  const std::string& pattern = asked.patterns->entries()[entry].text;
  if (is_address(asked.aspect)) {
    std::vector<Value> values;
    for (const Endpoint& address : addresses_near(pattern))
      values.push_back({.aspect = asked.aspect, .address = address});
    return values;
  }
  if (asked.aspect == Aspect::http) return any_value(asked);
  if (is_number(asked.aspect)) return numbers(asked, pattern);
  return texts(asked, pattern);
}

ClientDescription usual_client(const BindShape& shape) {
  ClientDescription client{.to = shape.to};
  client.hello.emplace().sni = stranger;
  if (shape.header)
    client.header =
        HeaderDescription{.from = {.family = Family::ipv4, .port = 50001, .address = {203, 0, 113, 9}}};
  return client;
}

void give(ClientDescription& client, const Value& value, const BindShape& shape) {
  switch (value.aspect) {
    case Aspect::sni:
      if (value.text.size() <= longest_name) hello_of(client).sni = value.text;
      break;
    case Aspect::alpn:
      if (!value.text.empty() && value.text.size() <= longest_name) hello_of(client).alpn = {value.text};
      break;
    case Aspect::source:
    case Aspect::destination: give_address(client, value, shape); break;
    case Aspect::source_port:
    case Aspect::destination_port: give_port(client, value, shape); break;
    case Aspect::bytes:
      say(client, std::string(std::min(value.offset, longest_payload), 'x') + value.text, shape);
      break;
    case Aspect::size:
      if (value.number >= 0 && value.number <= std::int64_t{longest_payload})
        say(client, std::string(static_cast<std::size_t>(value.number), 'x'), shape);
      break;
    case Aspect::hello:
      if (value.number == 1)
        hello_of(client);
      else
        say(client, std::string(plain_http), shape);
      break;
    case Aspect::version:
      if (value.number >= 0x301 && value.number <= 0x304)
        hello_of(client).versions = {static_cast<std::uint16_t>(value.number)};
      break;
    case Aspect::http: say(client, std::string(plain_http), shape); break;
    case Aspect::cookie:
      if (value.text.size() < 200) say(client, rdp_request(value.text), shape);
      break;
    case Aspect::none:
    case Aspect::variable:
    case Aspect::fixed: break;
  }
}

}  // namespace shunt::analysis
