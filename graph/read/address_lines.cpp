// `source` and `dispatch`: lines of a proxy whose arguments are addresses.
#include <fmt/format.h>

#include "graph/read/proxy_lines.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using parser::PortKind;
using parser::Word;

bool refuse(Reading& reading, const Word& word, std::string_view why) {
  reading.report(codes::bad_address, word.span,
                 fmt::format("{}: '{}' {}", reading.quoted(), word.value, why));
  return false;
}

// An address to connect to or from: a stream, with one plain port at most. Its host must resolve.
std::optional<parser::Address> read_peer(Reading& reading, const Word& word) {
  auto address = read_address(reading, word);
  if (!address) return std::nullopt;
  if (address->datagram) return refuse(reading, word, "is a datagram address"), std::nullopt;
  const bool one_port = address->port_kind == PortKind::absent ||
                        (address->port_kind == PortKind::absolute && address->port == address->port_end);
  if (!one_port) return refuse(reading, word, "has a range or offset instead of a port"), std::nullopt;
  use(reading, config::Use::Kind::address, word);
  return address;
}

// client, clientip, hdr_ip(NAME[,N]) or an address.
bool read_usesrc(Reading& reading, const Word& word) {
  constexpr std::string_view header = "hdr_ip(";
  if (word == "client" || word == "clientip") return true;
  if (!word.value.starts_with(header)) return read_peer(reading, word).has_value();
  const std::size_t comma = word.value.find(',');
  if (comma == std::string_view::npos || parser::leading_integer(word.value.substr(comma + 1)) >= -10)
    return true;
  reading.report(codes::bad_number, word.span,
                 fmt::format("'usesrc hdr_ip' counts from the end up to -10, not '{}'", word.value));
  return false;
}

}  // namespace

void read_source(Reading& reading) {
  const auto words = reading.arguments;
  if (!read_peer(reading, words[0])) return;
  for (std::size_t at = 1; at + 1 < words.size(); at += 2)
    if (words[at] == "usesrc" && !read_usesrc(reading, words[at + 1])) return;
}

void read_dispatch(Reading& reading) {
  const Word& word = reading.arguments[0];
  const auto address = read_peer(reading, word);
  if (!address || address->port_kind == PortKind::absolute) return;
  if (address->family == parser::AddressFamily::unix_path ||
      address->family == parser::AddressFamily::abstract_socket)
    return;
  refuse(reading, word, "lacks a port");
}

}  // namespace shunt::graph
