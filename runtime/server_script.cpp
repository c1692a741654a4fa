// What a server's line says about the connections of its scripted check.
#include "runtime/server_script.hpp"

#include <array>

#include "runtime/health_plan.hpp"
#include "runtime/network_namespaces.hpp"
#include "runtime/tls/outgoing_tls.hpp"

namespace shunt::runtime {

CheckStatus status_of(graph::CheckOutcome outcome) {
  // In the order of CheckOutcome.
  constexpr std::array statuses{
      CheckStatus::passed,         CheckStatus::tls_passed,    CheckStatus::l7_passed,
      CheckStatus::l7_conditional, CheckStatus::refused,       CheckStatus::timed_out,
      CheckStatus::tls_failed,     CheckStatus::tls_timed_out, CheckStatus::l7_invalid,
      CheckStatus::l7_status,      CheckStatus::l7_timed_out,  CheckStatus::socket_error};
  return statuses[static_cast<std::size_t>(outcome)];
}

ServerScript::ServerScript(boost::asio::io_context& io, ServerJournal& journal, TlsTools& tls_tools,
                           const graph::Server& server)
    : journal_(journal),
      server_(server),
      program_(*journal.program(server.backend)),
      scope_(journal.generation(), server),
      runner_(std::make_shared<ScriptRunner>(io, tls_tools)) {}

ScriptSurroundings ServerScript::surroundings() {
  const graph::Timeouts& timeouts = journal_.graph().proxies[server_.backend].timeouts;
  const fetchers::Endpoint address = journal_.address_of(server_);
  ScriptSurroundings made{.address = check_target(server_, address)};
  made.port = server_.check.port != 0 ? server_.check.port : address.port;
  made.open_socket = [this](int family) {
    return journal_.generation().namespaces->socket(server_.network_namespace, family,
                                                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
  };
  made.connected = [this](const fetchers::Endpoint& here, const fetchers::Endpoint& there) {
    scope_.connected(here, there);
  };
  if (server_.tls) {
    made.tls = journal_.server_tls(server_.id).shared_from_this();
    made.tls_by_default = server_.tls->checks;
    made.server_name = server_.tls->check_name;
    made.protocols = server_.tls->check_alpn;
  }
  made.proxy_header = check_send_proxy(server_);
  made.connect_limit = connect_limit(server_.check, timeouts);
  made.answer_limit = timeouts.check;
  return made;
}

void ServerScript::run(const std::string& health, bool up, Done done) {
  fetchers::Context& context = scope_.begin(journal_.address_of(server_));
  CheckTools tools{.pool = scope_.pool(),
                   .context = context,
                   .room = journal_.graph().global.tune.bufsize,
                   .server_up = up};
  if (program_.send_state) tools.server_state = scope_.state_header(health);
  runner_->run(program_, std::move(tools), surroundings(), std::move(done));
}

}  // namespace shunt::runtime
