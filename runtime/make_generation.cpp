// From a graph to what threads need of it besides sockets.
#include "runtime/make_generation.hpp"

#include "parser/host_name.hpp"
#include "route/actions.hpp"
#include "runtime/bind_finding.hpp"
#include "runtime/network_namespaces.hpp"
#include "runtime/process_facts.hpp"
#include "runtime/tls/outgoing_tls.hpp"
#include "runtime/tls/tls_context.hpp"

namespace shunt::runtime {

Result<std::shared_ptr<Generation>, GenerationFault> make_generation(
    std::shared_ptr<const graph::Graph> graph, const Generation* before, const ProcessCounters& counters,
    std::uint32_t threads) {
  auto made = std::make_shared<Generation>();
  made->graph = std::move(graph);
  made->state = before != nullptr ? std::make_shared<route::State>(*made->graph, *before->state)
                                  : std::make_shared<route::State>(*made->graph);
  const std::string host = parser::host_name();
  const ProcessFacts facts(*made->state, counters, 0, host);
  route::set_first_values(*made->graph, facts, made->state->variables);
  made->tls.resize(made->graph->listeners.size());
  // Listeners of one bind line are one TLS context.
  std::shared_ptr<const TlsContext> last;
  parser::Span last_line = {};
  for (const graph::Listener& listener : made->graph->listeners) {
    if (!listener.tls) continue;
    if (last && listener.span == last_line) {
      made->tls[listener.id] = last;
      continue;
    }
    last_line = listener.span;
    auto context = TlsContext::make(*listener.tls, made->graph->certificates);
    if (!context) return GenerationFault{.message = context.error().message, .listener = listener.id};
    made->tls[listener.id] = last = std::move(context).value();
  }
  auto namespaces = NetworkNamespaces::open(*made->graph, before ? before->namespaces.get() : nullptr);
  if (!namespaces)
    return GenerationFault{.message = namespaces.error().message, .server = namespaces.error().server};
  made->namespaces = std::move(namespaces).value();
  auto towards_servers = make_outgoing_tls(*made->graph, threads);
  if (!towards_servers)
    return GenerationFault{.message = towards_servers.error().message,
                           .server = towards_servers.error().server};
  made->server_tls = std::move(towards_servers).value();
  return made;
}

std::string describe(const GenerationFault& fault, const parser::SourceSet& sources,
                     const graph::Graph& graph) {
  if (fault.server) {
    const graph::Server& server = graph.servers[*fault.server];
    return binding_text(sources, server.span, &graph.proxies[server.backend], fault.message);
  }
  const graph::Listener& listener = graph.listeners[*fault.listener];
  return binding_text(sources, listener.span, &graph.proxies[listener.frontend], fault.message);
}

}  // namespace shunt::runtime
