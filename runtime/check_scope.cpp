// The views of a check's expressions, and what a server is told of its own state.
#include "runtime/check_scope.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>

#include "parser/host_name.hpp"
#include "parser/process_environment.hpp"
#include "runtime/process_facts.hpp"

namespace shunt::runtime {

std::uint32_t CheckScope::Process::pid() const { return static_cast<std::uint32_t>(::getpid()); }

std::optional<std::string_view> CheckScope::Process::environment(const char* name) const {
  return parser::process_environment::get(name);
}

CheckScope::CheckScope(const Generation& generation, const graph::Server& server)
    : generation_(generation), server_(server), proxies_(*generation.graph, *generation.state) {
  process_.host = parser::host_name();
  stream_.of_backend = server.backend;
  stream_.of_server = server.id;
  record_.frontend = "CHECKS-FE";
  record_.backend = generation.graph->proxies[server.backend].name;
  record_.server_name = server.name;
  record_.server = server.endpoint;
  record_.pid = process_.pid();
  record_.host = process_.host;
}

fetchers::Context& CheckScope::begin(const fetchers::Endpoint& address) {
  record_.server = address;
  variables_.emplace(&generation_.state->variables);
  ends_ = {};
  context_ = {.scratch = &scratch_,
              .proxies = &proxies_,
              .process = &process_,
              .stream = &stream_,
              .variables = &*variables_,
              .variable_names = &pool().variable_names(),
              .log = &record_,
              .frontend = server_.backend,
              .backend = server_.backend,
              .buffer_size = generation_.graph->global.tune.bufsize,
              .date = std::chrono::system_clock::now()};
  record_.accept_date = context_.date;
  record_.server_source = {};
  return context_;
}

void CheckScope::connected(const fetchers::Endpoint& here, const fetchers::Endpoint& there) {
  ends_.here = here;
  ends_.there = there;
  record_.server_source = here;
  context_.server = &ends_;
}

std::string CheckScope::state_header(const std::string& health) const {
  const graph::Graph& graph = *generation_.graph;
  const graph::Proxy& proxy = graph.proxies[server_.backend];
  const route::ServerState& now = generation_.state->server(server_.id);
  std::uint32_t weights = 0, connections = 0;
  for (std::uint32_t i = 0; i < proxy.server_count; ++i) {
    const route::ServerState& each = generation_.state->server(proxy.first_server + i);
    if (each.usable()) weights += each.weight.load();
    connections += each.served.load();
  }
  const fetchers::Endpoint& at = record_.server;
  const bool ip = at.family == fetchers::Family::ipv4 || at.family == fetchers::Family::ipv6;
  const std::string address = ip ? fetchers::to_string(at) : "unix";
  const std::string port = ip ? std::to_string(at.port) : "unix";
  const std::string& node = graph.global.node.empty() ? process_.host : graph.global.node;
  return fmt::format("{}; address={}; port={}; name={}/{}; node={}; weight={}/{}; scur={}/{}; qcur={}",
                     health, address, port, proxy.name, server_.name, node, now.weight.load(), weights,
                     now.served.load(), connections, now.queued.load());
}

}  // namespace shunt::runtime
