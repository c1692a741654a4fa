// Each finding is one function over one proxy.
#include "analysis/lint.hpp"

#include <fmt/format.h>

namespace shunt::analysis {
namespace {

using graph::Proxy;

// Without a content rule the bytes are never waited for, and the choice of a backend is a race with the
// client.
void inspect_delay_without_content_rule(const Proxy& proxy, std::vector<parser::Diagnostic>& findings) {
  if (!proxy.inspect_delay || proxy.request_rules != acl::no_rules) return;
  findings.push_back(
      {.severity = codes::inspect_delay_without_content_rule.severity,
       .code = &codes::inspect_delay_without_content_rule,
       .span = proxy.inspect_delay_span.known() ? proxy.inspect_delay_span : proxy.span,
       .message = fmt::format(
           "'inspect-delay' has no effect in '{}', which has no 'tcp-request content' rule", proxy.name)});
}

}  // namespace

std::vector<parser::Diagnostic> lint(const graph::Graph& graph) {
  std::vector<parser::Diagnostic> findings;
  for (const Proxy& proxy : graph.proxies) inspect_delay_without_content_rule(proxy, findings);
  return findings;
}

}  // namespace shunt::analysis
