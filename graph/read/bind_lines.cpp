// `bind` lines: addresses, then parameters by table.
#include <fmt/format.h>

#include "graph/read/proxy_lines.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using parser::AddressFamily;
using parser::PortKind;
using parser::Word;

bool is_ip(const parser::Address& address) {
  return address.family == AddressFamily::unspecified || address.family == AddressFamily::ipv4 ||
         address.family == AddressFamily::ipv6;
}

// One address of the list; true when it can be listened on.
bool can_listen(Reading& reading, const parser::Address& address, std::string_view text, parser::Span span) {
  const auto refuse = [&](std::string_view why) {
    reading.report(codes::bad_address, span, fmt::format("'bind' can't listen on '{}': {}", text, why));
    return false;
  };
  if (address.datagram) return refuse("it is a datagram address");
  if (!is_ip(address)) return true;
  if (address.port_kind == PortKind::absent) return refuse("it has no port");
  if (address.port_kind != PortKind::absolute) return refuse("port offsets are for servers");
  if (address.port == 0) return refuse("port 0 is not possible");
  return true;
}

void read_addresses(Reading& reading, const Word& word) {
  std::size_t begin = 0;
  while (begin <= word.value.size()) {
    const std::size_t end = std::min(word.value.find(',', begin), word.value.size());
    const auto span = word.value.empty() ? word.span : word.slice(begin, end);
    if (auto address = read_address(reading, word, begin, end)) {
      if (can_listen(reading, *address, word.value.substr(begin, end - begin), span)) {
        reading.bind->addresses.push_back({std::move(*address), span});
      }
    }
    begin = end + 1;
  }
}

}  // namespace

void read_bind(Reading& reading) {
  config::Bind& bind = reading.proxy->binds.emplace_back();
  bind.span = reading.span();
  Reading inner = reading;
  inner.bind = &bind;
  read_addresses(inner, reading.arguments[0]);
  read_parameters(inner, bind_family, reading.arguments.subspan(1));
}

}  // namespace shunt::graph
