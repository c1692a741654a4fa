// Addresses as written: prefix rows, host, port grammar.
#include "parser/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "parser/grammar/address.hpp"

namespace shunt::parser {
namespace {

namespace pegtl = tao::pegtl;
namespace rule = grammar::address;

constexpr std::size_t max_unix_path = 97;  // HAProxy keeps room for a temporary suffix
constexpr std::size_t max_abstract_name = 107;

enum class Transport : std::uint8_t { unchanged, stream, datagram, unsupported };

// What stands before an '@'. HAProxy tries them in any order; they are all different.
struct PrefixRow {
  std::string_view name;
  AddressFamily family;
  Transport transport = Transport::unchanged;
};
constexpr PrefixRow prefixes[] = {
    {"ip@", AddressFamily::unspecified},
    {"ipv4@", AddressFamily::ipv4},
    {"ipv6@", AddressFamily::ipv6},
    {"tcp@", AddressFamily::unspecified, Transport::stream},
    {"tcp4@", AddressFamily::ipv4, Transport::stream},
    {"tcp6@", AddressFamily::ipv6, Transport::stream},
    {"udp@", AddressFamily::unspecified, Transport::datagram},
    {"udp4@", AddressFamily::ipv4, Transport::datagram},
    {"udp6@", AddressFamily::ipv6, Transport::datagram},
    {"unix@", AddressFamily::unix_path},
    {"uxst@", AddressFamily::unix_path, Transport::stream},
    {"uxdg@", AddressFamily::unix_path, Transport::datagram},
    {"abns@", AddressFamily::abstract_socket},
    {"fd@", AddressFamily::inherited},
    {"abnsz@", AddressFamily::abstract_socket, Transport::unsupported},
    {"sockpair@", AddressFamily::inherited, Transport::unsupported},
    {"mptcp@", AddressFamily::unspecified, Transport::unsupported},
    {"mptcp4@", AddressFamily::ipv4, Transport::unsupported},
    {"mptcp6@", AddressFamily::ipv6, Transport::unsupported},
    {"quic4@", AddressFamily::ipv4, Transport::unsupported},
    {"quic6@", AddressFamily::ipv6, Transport::unsupported},
    {"rhttp@", AddressFamily::unspecified, Transport::unsupported},
};

struct SocketTypeRow {
  std::string_view name;
  Transport transport;
};
constexpr SocketTypeRow socket_types[] = {
    {"stream+", Transport::stream}, {"dgram+", Transport::datagram}, {"quic+", Transport::unsupported}};

// The ports as digits; what they are worth is judged behind the grammar.
struct PortText {
  PortKind kind = PortKind::absent;
  std::string_view first = {};
  std::string_view last = {};
  bool range = false;
};

template <class Rule>
struct action {};

template <PortKind kind>
struct sets_kind {
  static void apply0(PortText& port) { port.kind = kind; }
};
struct takes_first {
  template <class Input>
  static void apply(const Input& in, PortText& port) {
    if (port.kind == PortKind::absent) port.kind = PortKind::absolute;
    port.first = in.string_view();
  }
};

template <>
struct action<rule::plus_sign> : sets_kind<PortKind::plus> {};
template <>
struct action<rule::minus_sign> : sets_kind<PortKind::minus> {};
template <>
struct action<rule::first_port> : takes_first {};
template <>
struct action<rule::offset_port> : takes_first {};

template <>
struct action<rule::last_port> {
  template <class Input>
  static void apply(const Input& in, PortText& port) {
    port.range = true;
    port.last = in.string_view();
  }
};

class AddressReader {
 public:
  AddressReader(std::string_view text, bool any_host) : text_(text), any_host_(any_host) {}

  Result<Address, AddressError> read();

 private:
  [[nodiscard]] AddressError fault(std::string message, std::size_t begin, std::size_t end) const {
    return {.message = std::move(message), .begin = begin, .end = end};
  }
  [[nodiscard]] AddressError bad_host(std::size_t begin, std::size_t end) const;
  // nullopt: fine.
  std::optional<AddressError> read_prefix();
  std::optional<AddressError> apply_transport(Transport transport, std::size_t begin);
  std::optional<AddressError> read_path();
  std::optional<AddressError> read_descriptor();
  std::optional<AddressError> read_host(std::size_t end);
  std::optional<AddressError> read_bracketed(std::string_view host, std::size_t end);
  std::optional<AddressError> read_port(std::size_t begin);
  std::optional<AddressError> set_port(std::string_view digits, std::uint16_t& port) const;
  bool take_ip(std::string_view host);

  std::string_view text_;
  bool any_host_;
  Address made_ = {};
  std::size_t at_ = 0;
};

std::optional<AddressError> AddressReader::apply_transport(Transport transport, std::size_t begin) {
  if (transport == Transport::unsupported) {
    AddressError made = fault(
        fmt::format("addresses with '{}' are not supported", text_.substr(begin, at_ - begin)), begin, at_);
    made.unsupported = true;
    return made;
  }
  if (transport != Transport::unchanged) made_.datagram = transport == Transport::datagram;
  return std::nullopt;
}

std::optional<AddressError> AddressReader::read_prefix() {
  for (const SocketTypeRow& row : socket_types) {
    if (at_ != 0 || !text_.starts_with(row.name)) continue;
    at_ = row.name.size();
    if (auto wrong = apply_transport(row.transport, 0)) return wrong;
  }
  const std::string_view rest = text_.substr(at_);
  for (const PrefixRow& row : prefixes) {
    if (!rest.starts_with(row.name)) continue;
    const std::size_t begin = at_;
    at_ += row.name.size();
    made_.family = row.family;
    return apply_transport(row.transport, begin);
  }
  if (rest.starts_with('/')) made_.family = AddressFamily::unix_path;
  return std::nullopt;
}

std::optional<AddressError> AddressReader::read_path() {
  made_.host = text_.substr(at_);
  made_.junk_at = text_.size();
  const std::size_t limit = made_.family == AddressFamily::unix_path ? max_unix_path : max_abstract_name;
  if (made_.host.size() <= limit) return std::nullopt;
  return fault(fmt::format("socket path '{}' too long (max {})", text_, limit), at_, text_.size());
}

std::optional<AddressError> AddressReader::read_descriptor() {
  const std::string_view digits = text_.substr(at_);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), made_.inherited_fd);
  made_.junk_at = text_.size();
  if (error == std::errc{} && end == digits.data() + digits.size() && made_.inherited_fd >= 0)
    return std::nullopt;
  return fault(fmt::format("file descriptor '{}' is not a valid integer in '{}'", digits, text_), at_,
               text_.size());
}

AddressError AddressReader::bad_host(std::size_t begin, std::size_t end) const {
  return fault(fmt::format("invalid address: '{}' in '{}'", text_.substr(begin, end - begin), text_), begin,
               end);
}

bool AddressReader::take_ip(std::string_view host) {
  if (made_.family != AddressFamily::ipv6) {
    if (const auto ip = parse_ipv4(host)) {
      made_.family = AddressFamily::ipv4;
      std::copy(ip->begin(), ip->end(), made_.ip.begin());
    } else if (made_.family == AddressFamily::ipv4) {
      return false;
    }
    if (made_.family == AddressFamily::ipv4) return true;
  }
  const auto ip = parse_ipv6(host);
  if (!ip) return false;
  made_.family = AddressFamily::ipv6;
  made_.ip = *ip;
  return true;
}

// Letters, digits, '-', '_' and '.', but not digits and dots alone: that is a broken IPv4 address.
bool is_host_name(std::string_view host) {
  bool letter = false;
  for (const char byte : host) {
    const bool alpha = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool digit = byte >= '0' && byte <= '9';
    if (!alpha && !digit && byte != '-' && byte != '_' && byte != '.') return false;
    letter = letter || alpha || byte == '-' || byte == '_';
  }
  return letter;
}

std::optional<AddressError> AddressReader::read_bracketed(std::string_view host, std::size_t end) {
  const std::string_view inner = host.substr(1, host.size() - 2);
  if (take_ip(inner)) return std::nullopt;
  if (!is_host_name(inner)) return bad_host(at_, end);
  made_.host = inner;
  return std::nullopt;
}

std::optional<AddressError> AddressReader::read_host(std::size_t end) {
  const std::string_view host = text_.substr(at_, end - at_);
  if (host.empty() || host == "*") return std::nullopt;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') return read_bracketed(host, end);
  if (take_ip(host)) return std::nullopt;
  if (!any_host_ && !is_host_name(host)) return bad_host(at_, end);
  made_.host = host;
  return std::nullopt;
}

std::optional<AddressError> AddressReader::set_port(std::string_view digits, std::uint16_t& port) const {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error == std::errc{}) return std::nullopt;
  const auto begin = static_cast<std::size_t>(digits.data() - text_.data());
  return fault(fmt::format("invalid port '{}'", digits), std::min(begin, text_.size()),
               std::min(begin + digits.size(), text_.size()));
}

std::optional<AddressError> AddressReader::read_port(std::size_t begin) {
  made_.junk_at = text_.size();
  if (begin == text_.size()) return std::nullopt;
  PortText port;
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf, const char*> in(
      text_.data() + begin, text_.data() + text_.size(), "");
  if (!pegtl::parse<rule::port, action>(in, port))
    return fault(fmt::format("invalid character '{}' in port number '{}' in '{}'", text_[begin],
                             text_.substr(begin), text_),
                 begin, begin + 1);
  made_.junk_at = static_cast<std::size_t>(in.current() - text_.data());
  made_.port_kind = port.kind;
  if (auto wrong = set_port(port.first, made_.port)) return wrong;
  made_.port_end = made_.port;
  if (!port.range) return std::nullopt;
  if (auto wrong = set_port(port.last, made_.port_end)) return wrong;
  if (made_.port_end < made_.port)
    return fault(fmt::format("invalid port range '{}'", text_.substr(begin)), begin, text_.size());
  return std::nullopt;
}

Result<Address, AddressError> AddressReader::read() {
  if (auto wrong = read_prefix()) return *wrong;
  std::optional<AddressError> wrong;
  if (made_.family == AddressFamily::unix_path || made_.family == AddressFamily::abstract_socket) {
    wrong = read_path();
  } else if (made_.family == AddressFamily::inherited) {
    wrong = read_descriptor();
  } else {
    // The last colon separates the port unless a bracket closes behind it: "[::1]".
    const std::size_t mark = text_.find_last_of(":]");
    const bool has_port = mark != std::string_view::npos && mark >= at_ && text_[mark] == ':';
    wrong = read_host(has_port ? mark : text_.size());
    if (!wrong) wrong = read_port(has_port ? mark + 1 : text_.size());
    made_.any = made_.host.empty() &&
                std::all_of(made_.ip.begin(), made_.ip.end(), [](std::uint8_t byte) { return byte == 0; });
  }
  if (wrong) return *wrong;
  return std::move(made_);
}

}  // namespace

Result<Address, AddressError> parse_address(std::string_view text, bool any_host) {
  return AddressReader(text, any_host).read();
}

}  // namespace shunt::parser
