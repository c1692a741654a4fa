// Findings about valid configurations that probably don't do what was meant; only `--check` shows them.
#pragma once
#include <vector>

#include "graph/graph.hpp"
#include "parser/diagnostic.hpp"

namespace shunt::analysis {

namespace codes {
inline constexpr parser::Code inspect_delay_without_content_rule{
    "inspect-delay-without-content-rule", parser::Severity::warning,
    "tcp-request inspect-delay stands in a proxy without a tcp-request content rule, so nothing waits for "
    "bytes.",
    "Add a rule such as 'tcp-request content accept if { req.ssl_hello_type 1 }'.", true};
}  // namespace codes

// In the order of the proxies.
[[nodiscard]] std::vector<parser::Diagnostic> lint(const graph::Graph& graph);

}  // namespace shunt::analysis
