// A session from accept to the begin of its stream, and the dispatch of events to phases.
#include "route/session.hpp"

#include "route/table_use.hpp"
#include "route/target.hpp"

namespace shunt::route {

// In the order of Phase.
const std::array<Session::Handler, Session::phase_count> Session::handlers = {
    &Session::on_accepted,     &Session::on_netscaler_header,
    &Session::on_proxy_header, &Session::on_handshake,
    &Session::on_inspect,      &Session::on_inspect,
    &Session::on_queued,       &Session::on_connecting,
    &Session::on_retry_wait,   &Session::on_inspect_response,
    &Session::ignore,          &Session::ignore,
};

Session::Session(Facilities& facilities, graph::ListenerId listener, const fetchers::Endpoint& source,
                 const fetchers::Endpoint& destination, std::chrono::system_clock::time_point date)
    : facilities_(&facilities),
      variables_(&facilities.state->variables),
      date_(date),
      source_(source),
      destination_(destination),
      listener_(listener) {
  ProxyState& state = facilities.state->proxy(frontend().id);
  facilities.state->connections.fetch_add(1, std::memory_order_relaxed);
  state.frontend_connections.fetch_add(1, std::memory_order_relaxed);
  state.frontend_total.fetch_add(1, std::memory_order_relaxed);
  facilities.state->listener(listener).fetch_add(1, std::memory_order_relaxed);
}

Session::~Session() {
  if (phase_ == Phase::queued) leave_queue(accepted_at_);
  forget_question();
  if (rare_ && rare_->waiting.thread != nullptr) rare_->waiting.thread->forget(rare_->waiting);
  release_tables();
  release_server();
  pass_slot_on();
  release_backend();
  facilities_->state->proxy(frontend().id).frontend_connections.fetch_sub(1, std::memory_order_relaxed);
  facilities_->state->listener(listener_).fetch_sub(1, std::memory_order_relaxed);
  facilities_->state->connections.fetch_sub(1, std::memory_order_relaxed);
}

Step Session::step(const Event& event) {
  ++calls_;
  (this->*handlers[static_cast<std::size_t>(phase_)])(event);
  return current();
}

Step Session::current() const {
  Step step;
  switch (phase_) {
    case Phase::fresh: return step;
    case Phase::closed:
      step.reset = reset_;
      step.vanish = vanishes_;
      if (vanishes_ && rare_) step.vanish_ttl = rare_->vanish_ttl;
      return step;
    case Phase::netscaler_header:
      step.kind = Step::Kind::read_netscaler_header;
      step.magic = listener().netscaler_magic.value_or(0);
      break;
    case Phase::proxy_header: step.kind = Step::Kind::read_proxy_header; break;
    case Phase::handshake: step.kind = Step::Kind::handshake_tls; break;
    case Phase::inspect_frontend:
    case Phase::inspect_backend: step.kind = Step::Kind::wait_input; break;
    case Phase::queued: step.kind = Step::Kind::wait_turn; break;
    case Phase::connecting: step.kind = Step::Kind::connect; break;
    case Phase::retry_wait: step.kind = Step::Kind::wait_retry; break;
    case Phase::inspect_response: step.holds = true; [[fallthrough]];
    case Phase::relay:
      step.kind = Step::Kind::relay;
      step.close_server = closes_server_;
      break;
  }
  step.deadline = next_deadline();
  step.server = server_;
  step.attempt = attempt_;
  step.client_given_up = client_given_up_;
  if (phase_ == Phase::connecting) {
    step.target = target();
    if (rare_) step.marks = rare_->server_marks;
  }
  return step;
}

void Session::ignore(const Event&) {}

void Session::on_accepted(const Event& event) {
  accepted_at_ = event.at;
  started_ = true;
  if (!pass_early_rules(frontend().connection_rules, event.at)) {
    reset_ = !vanishes_;
    return drop_silently(event.at);
  }
  if (!listener().netscaler_magic && !expects_netscaler_) return after_netscaler_header(event);
  await_header(Phase::netscaler_header, event);
}

void Session::await_header(Phase phase, const Event& event) {
  phase_ = phase;
  if (frontend().timeouts.client && client_deadline_ == never)
    client_deadline_ = event.at + *frontend().timeouts.client;
}

void Session::on_netscaler_header(const Event& event) {
  switch (event.kind) {
    case EventKind::proxy_header: take_header(*event.header); return after_netscaler_header(event);
    case EventKind::proxy_header_failed: return fail_early(event.text, event.at);
    case EventKind::deadline:
      return fail_early("Timeout while waiting for a NetScaler Client IP header", event.at);
    case EventKind::client_reset:
      return fail_early("Connection error while waiting for NetScaler Client IP header", event.at);
    default: return;
  }
}

void Session::after_netscaler_header(const Event& event) {
  if (!expects_proxy_header()) return after_proxy_header(event);
  await_header(Phase::proxy_header, event);
}

void Session::on_proxy_header(const Event& event) {
  switch (event.kind) {
    case EventKind::proxy_header:
      received_header_ = true;
      if (event.header != nullptr) take_header(*event.header);
      return after_proxy_header(event);
    case EventKind::proxy_header_failed: return fail_early(event.text, event.at);
    case EventKind::deadline: return fail_early("Timeout while waiting for PROXY protocol header", event.at);
    case EventKind::client_reset:
      return fail_early("Connection error while waiting for PROXY protocol header", event.at);
    default: return;
  }
}

// After LOCAL (or UNKNOWN) the real addresses stay.
void Session::take_header(const fetchers::wire::ProxyHeader& header) {
  if (header.local) return;
  keep_socket_addresses();
  source_ = header.source;
  destination_ = header.destination;
  if (!header.tlvs.empty()) rare().tlvs = header.tlvs;
}

void Session::after_proxy_header(const Event& event) {
  if (!listener().tls) return begin_stream(event);
  await_header(Phase::handshake, event);
}

void Session::on_handshake(const Event& event) {
  if (event.tls != nullptr) tls_ = event.tls;
  switch (event.kind) {
    case EventKind::tls_established: return begin_stream(event);
    case EventKind::tls_failed: return fail_early(event.text, event.at);
    case EventKind::deadline: return fail_early("Timeout during SSL handshake", event.at);
    case EventKind::client_reset: return fail_early("SSL handshake failure", event.at);
    default: return;
  }
}

void Session::begin_stream(const Event& event) {
  handshake_ms_ = elapsed(event.at);
  client_deadline_ = never;
  phase_ = Phase::handshake;
  if (!pass_early_rules(frontend().session_rules, event.at)) return refuse(event.at);
  // There was no stream yet: only what belongs to the session or the process stays [seen].
  for (const auto scope : {fetchers::VariableScope::transaction, fetchers::VariableScope::request})
    variables_.clear(scope);
  variables_.enter_message(fetchers::VariableScope::request);
  if (!frontend().request_captures.empty() || !frontend().response_captures.empty())
    rare().captures.emplace(frontend().request_captures, frontend().response_captures);
  count_session(event.at);
  facilities_->state->proxy(frontend().id).frontend_sessions.add(event.at);
  facilities_->state->sessions.add(event.at);
  request_counter_ = facilities_->state->requests.fetch_add(1, std::memory_order_relaxed);
  if (frontend().timeouts.client) client_deadline_ = event.at + *frontend().timeouts.client;
  phase_ = Phase::inspect_frontend;
  if (event.client_failed) client_failure_ = 'C';
  note_input(event);
  inspect(event, false);
}

void Session::fail_early(std::string_view text, Time at) {
  rare().error = text;
  close('P', 'R', at);
}

// HAProxy keeps silent about a client that it has not waited for; otherwise it logs that no error happened.
void Session::refuse(Time at) {
  const bool waited =
      expects_proxy_header() || expects_netscaler_ || listener().netscaler_magic || listener().tls;
  if (waited) return fail_early("Success", at);
  drop_silently(at);
}

void Session::drop_silently(Time at) {
  unlogged_ = true;
  close('P', 'R', at);
}

Session::Rare& Session::rare() const {
  if (!rare_) rare_ = std::make_unique<Rare>();
  return *rare_;
}

const graph::Listener& Session::listener() const { return facilities_->graph->listeners[listener_]; }
const graph::Proxy& Session::frontend() const { return facilities_->graph->proxies[listener().frontend]; }
const graph::Proxy* Session::backend() const {
  return backend_ == graph::none ? nullptr : &facilities_->graph->proxies[backend_];
}
const graph::Server* Session::server() const {
  return server_ == graph::none ? nullptr : &facilities_->graph->servers[server_];
}

fetchers::Endpoint Session::source() const { return source_; }
fetchers::Endpoint Session::destination() const { return destination_; }
std::string_view Session::proxy_tlvs() const {
  return rare_ ? std::string_view(rare_->tlvs) : std::string_view();
}
bool Session::received_proxy_header() const { return received_header_; }

}  // namespace shunt::route
