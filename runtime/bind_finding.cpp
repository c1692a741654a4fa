// The order of the reports of one start.
#include "runtime/bind_finding.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace shunt::runtime {

int protocol_order(parser::AddressFamily family) {
  switch (family) {
    case parser::AddressFamily::ipv6: return 0;
    case parser::AddressFamily::unix_path:
    case parser::AddressFamily::abstract_socket: return 2;
    default: return 1;
  }
}

bool any_fatal(const std::vector<BindFinding>& findings) {
  return std::ranges::any_of(findings, &BindFinding::fatal);
}

void sort_as_haproxy(std::vector<BindFinding>& findings) {
  // Few findings and three protocols; equal ones keep their order (clang rejects libstdc++ 12's stable_sort).
  std::vector<BindFinding> sorted;
  for (const int order : {0, 1, 2})
    for (const BindFinding& each : findings)
      if (protocol_order(each.family) == order) sorted.push_back(each);
  findings = std::move(sorted);
}

std::string place_text(const parser::SourceSet& sources, parser::Span span) {
  if (!span.known()) return "?:0";
  return fmt::format("{}:{}", sources.name(span.file), sources.locate(span).line);
}

std::string binding_text(const parser::SourceSet& sources, parser::Span span, const graph::Proxy* proxy,
                         std::string_view message) {
  const bool listen = proxy != nullptr && ((proxy->is_frontend && proxy->is_backend) || proxy->is_peers);
  return fmt::format("Binding [{}] for {} {}: {}", place_text(sources, span), listen ? "proxy" : "frontend",
                     proxy != nullptr ? proxy->name : "GLOBAL", message);
}

std::string binding_text(const parser::SourceSet& sources, const graph::Graph& graph,
                         const BindFinding& finding) {
  const graph::Proxy* const proxy =
      finding.listener == graph::none ? nullptr : &graph.proxies[graph.listeners[finding.listener].frontend];
  return binding_text(sources, finding.span, proxy, finding.message);
}

}  // namespace shunt::runtime
