// `bind` lines: addresses, then parameters by table.
#include <fmt/core.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

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

// Why a descriptor that this process was started with is no socket to listen on; empty: it is one.
std::string listening_fault(int descriptor) {
  int type = 0;
  socklen_t size = sizeof(type);
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0)
    return fmt::format("cannot use file descriptor '{}' : {}", descriptor, ::strerrordesc_np(errno));
  return type == SOCK_STREAM
             ? std::string()
             : fmt::format("the socket on file descriptor '{}' is of the wrong type", descriptor);
}

// One address of the list; true when it can be listened on.
bool can_listen(Reading& reading, const parser::Address& address, std::string_view text, parser::Span span) {
  const auto refuse = [&](std::string_view why) {
    auto& found =
        reading.report(codes::bad_address, span, fmt::format("'bind' can't listen on '{}': {}", text, why));
    if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos)
      found.notes.push_back(
          {.message = fmt::format("to listen on port {} of all addresses write ':{}'", text, text)});
    return false;
  };
  if (address.datagram) return refuse("it is a datagram address");
  if (address.family == AddressFamily::inherited && !reading.state.assume_files) {
    const auto fault = listening_fault(address.inherited_fd);
    return fault.empty() || refuse(fault);
  }
  if (!is_ip(address)) return true;
  if (address.port_kind == PortKind::absent) return refuse("it has no port");
  if (address.port_kind != PortKind::absolute) return refuse("port offsets are for servers");
  if (address.port == 0) return refuse("port 0 is not possible");
  return true;
}

void read_addresses(Reading& reading, const Word& word) {
  std::size_t begin = 0;
  do {
    const std::size_t end = std::min(word.value.find(',', begin), word.value.size());
    const auto span = word.value.empty() ? word.span : word.slice(begin, end);
    if (auto address = read_address(reading, word, begin, end)) {
      if (can_listen(reading, *address, word.value.substr(begin, end - begin), span)) {
        reading.bind->addresses.push_back({std::move(*address), span});
      }
    }
    begin = end + 1;
  } while (begin < word.value.size());  // a comma at the very end is nothing
}

}  // namespace

void read_bind_line(Reading& reading) {
  reading.bind->span = reading.span();
  read_addresses(reading, reading.arguments[0]);
  read_parameters(reading, bind_family, reading.arguments.subspan(1));
}

void read_bind(Reading& reading) {
  Reading inner = reading;
  inner.bind = &reading.proxy->binds.emplace_back();
  read_bind_line(inner);
}

}  // namespace shunt::graph
