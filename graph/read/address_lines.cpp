// `source` and `dispatch`: lines of a proxy whose arguments are addresses.
#include <fmt/core.h>

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
bool read_usesrc(Reading& reading, const Word& word, config::SourceLine& source) {
  constexpr std::string_view header = "hdr_ip(";
  using Foreign = Source::Foreign;
  if (word == "client" || word == "clientip") {
    source.foreign = word == "client" ? Foreign::client : Foreign::client_address;
    return true;
  }
  if (!word.value.starts_with(header)) {
    auto address = read_peer(reading, word);
    if (!address) return false;
    source.foreign = Foreign::fixed;
    source.foreign_address = std::move(*address);
    return true;
  }
  source.unsupported = true;
  const std::size_t comma = word.value.find(',');
  if (comma == std::string_view::npos || parser::leading_integer(word.value.substr(comma + 1)) >= -10)
    return true;
  reading.report(codes::bad_number, word.span,
                 fmt::format("'usesrc hdr_ip' counts from the end up to -10, not '{}'", word.value));
  return false;
}

// The words behind the address, in pairs.
bool read_source_options(Reading& reading, std::span<const Word> words, config::SourceLine& source) {
  for (std::size_t at = 0; at + 1 < words.size(); at += 2) {
    if (words[at] == "usesrc" && !read_usesrc(reading, words[at + 1], source)) return false;
    if (words[at] == "interface") source.interface = std::string(words[at + 1].value);
  }
  if (source.unsupported)
    reading.report(codes::unsupported, reading.span(),
                   "'usesrc hdr_ip' is valid HAProxy that this build can't execute: there is no HTTP");
  return true;
}

}  // namespace

void read_source(Reading& reading) {
  config::SourceLine source;
  auto address = read_peer(reading, reading.arguments[0]);
  if (!address || !read_source_options(reading, reading.arguments.subspan(1), source)) return;
  source.address = std::move(*address);
  reading.settings().source = {std::move(source), reading.span()};
}

// The row's syntax has judged the words; here the address may have a range of ports.
void read_server_source(Reading& reading) {
  config::SourceLine source;
  parser::DiagnosticSink unheard;
  const auto address = parser::parse_address(reading.arguments[0].value);
  if (!address || !read_source_options(reading, reading.arguments.subspan(1), source)) return;
  source.address = address.value();
  reading.server->source = {std::move(source), reading.span()};
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
