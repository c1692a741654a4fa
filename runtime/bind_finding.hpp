// What was found wrong when the addresses of the file were bound, so that one start can report all of it.
#pragma once
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "parser/address.hpp"

namespace shunt::runtime {

struct BindFinding {
  parser::Span span = {};                    // the line
  graph::ListenerId listener = graph::none;  // none: a stats socket
  std::string message = {};  // "cannot bind socket (Address already in use) for [127.0.0.1:80]"
  bool fatal = true;         // otherwise the start goes on with a warning
  parser::AddressFamily family = parser::AddressFamily::unspecified;
};

// The place of an address among those of a start: HAProxy goes through one protocol after the other, IPv6,
// IPv4, UNIX.
[[nodiscard]] int protocol_order(parser::AddressFamily family);
[[nodiscard]] bool any_fatal(const std::vector<BindFinding>& findings);
void sort_as_haproxy(std::vector<BindFinding>& findings);

// "file:line", and the whole sentence about a line that could not be bound. `proxy`: null for `global`.
[[nodiscard]] std::string place_text(const parser::SourceSet& sources, parser::Span span);
[[nodiscard]] std::string binding_text(const parser::SourceSet& sources, parser::Span span,
                                       const graph::Proxy* proxy, std::string_view message);
[[nodiscard]] std::string binding_text(const parser::SourceSet& sources, const graph::Graph& graph,
                                       const BindFinding& finding);

}  // namespace shunt::runtime
