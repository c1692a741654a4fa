// From the backend to an established server connection: choice, attempts, pauses, new choices.
#include <algorithm>

#include "fetchers/connection_errors.hpp"
#include "route/balance/balancer.hpp"
#include "route/limits.hpp"
#include "route/session.hpp"
#include "route/slots.hpp"
#include "route/target.hpp"

namespace shunt::route {
namespace {

constexpr graph::Milliseconds longest_pause{1000};

// How an exhausted attempt is logged.
// Where this machine lacks something, HAProxy names the server all the same.
constexpr char letter_of(AttemptFailure failure) { return failure == AttemptFailure::timed_out ? 's' : 'S'; }

// maxsslconn is reached: another attempt would not help.
bool is_limit(std::string_view text) { return fetchers::connection_error(text).number == 1; }

}  // namespace

// splitmix64: spreads well, one addition of state per draw.
std::uint32_t Session::next_random() {
  std::uint64_t z = (facilities_->random_state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
}

// No backend or no usable server - or nobody who needs one.
void Session::close_without_server(Time at) {
  if (client_failure_ != 0) return close(client_failure_, 'R', at);
  close('S', 'C', at);
}

void Session::assign_server(graph::ServerId avoid, const Event& event) {
  if (client_failure_ != 0) return close_without_server(event.at);
  if (!choose_server(avoid, event)) {
    server_ = graph::none;
    return close_without_server(event.at);
  }
  // A server whose line is full, too: there is nothing to wait for.
  if (!served_ && phase_ != Phase::queued) close('S', 'Q', event.at);
}

// False: there is no server that could serve it, now or later.
bool Session::choose_server(graph::ServerId avoid, const Event& event) {
  const graph::Proxy& proxy = *backend();
  ProxyState& state = facilities_->state->proxy(proxy.id);
  graph::ServerId chosen = avoid == graph::none ? named_server(event) : graph::none;
  variables_.enter_message(fetchers::VariableScope::response);
  Balancer* const balancer = facilities_->state->balancer(proxy.id);
  if (balancer == nullptr) return false;
  const BalanceKey key = balance_key(event);
  persistent_ = chosen != graph::none;
  const std::lock_guard lock(state.balancing);
  // A named server whose line is full is given up where that is allowed.
  if (persistent_ && proxy.options.redispatch && !forced_ &&
      is_refusing(balanced(*facilities_->state, *facilities_->graph, chosen))) {
    avoid = chosen;
    chosen = graph::none;
    persistent_ = false;
    redispatched_ = true;
  }
  if (!persistent_) {
    if (facilities_->watcher != nullptr) facilities_->watcher->balanced(key.hash.has_value());
    const std::uint32_t shunned = avoid == graph::none ? Balancer::nobody : avoid - proxy.first_server;
    const std::uint32_t index = balancer->pick(key, shunned);
    if (index != Balancer::nobody) chosen = proxy.first_server + index;
  }
  const graph::Graph& graph = *facilities_->graph;
  if (chosen == graph::none && facilities_->state->usable_servers(graph, backend_) == 0) return false;
  take_place(chosen, event.at);
  return true;
}

void Session::release_server() {
  if (!served_) return;
  served_ = false;
  const std::lock_guard lock(facilities_->state->proxy(backend_).balancing);
  give_slot_back(facilities_->state->server(server_));
  owes_slot_ = true;
}

// After the log line, which shows how it was before.
void Session::pass_slot_on() {
  if (!owes_slot_) return;
  owes_slot_ = false;
  const std::lock_guard lock(facilities_->state->proxy(backend_).balancing);
  hand_out_slots(*facilities_->state, *facilities_->graph, server_);
}

// A server that moves is where the last attempt went to.
fetchers::Endpoint Session::target() const {
  const graph::Graph& graph = *facilities_->graph;
  const bool tried = attempt_ != 0 && phase_ >= Phase::connecting;
  const fetchers::Endpoint now = address_of(graph, *server(), facilities_->state->server(server_));
  return connect_target(*server(), graph.name_of(server_), tried ? server_address_ : now, destination_);
}

void Session::start_attempt(Time at) {
  ++attempt_;
  server_address_ = address_of(*facilities_->graph, *server(), facilities_->state->server(server_));
  server_error_ = 0;
  phase_ = Phase::connecting;
  if (input_size_ != 0) client_deadline_ = never;
  const auto& limit = backend()->timeouts.connect;
  phase_deadline_ = limit ? at + *limit : never;
}

// A client that ends without having sent anything gives up; with bytes to deliver it is served. So is one
// that had already ended before the first attempt.
bool Session::aborted_by_client(const Event& event) {
  if (client_given_up_) return false;
  if (event.kind == EventKind::client_reset) {
    close('C', 'D', event.at);
    return true;
  }
  if (event.kind != EventKind::input || input_ended_) return false;
  note_input(event);
  if (!input_ended_ || input_size_ != 0) return false;
  close('C', 'C', event.at);
  return true;
}

// The client's timeout does not end an attempt, but it names the end, and nothing more is read from the
// client.
void Session::note_client_timeout(const Event& event) {
  const Time reached = event.kind == EventKind::deadline ? std::min(event.at, phase_deadline_) : event.at;
  if (client_deadline_ >= reached) return;
  client_deadline_ = never;
  client_given_up_ = true;
  note_end('c', 'C');
}

void Session::on_connecting(const Event& event) {
  note_client_timeout(event);
  if (aborted_by_client(event)) return;
  switch (event.kind) {
    case EventKind::connected: observe(true); return server_connected(event);
    case EventKind::connect_failed: return attempt_failed(AttemptFailure::refused, event);
    case EventKind::server_handshake_failed:
      server_error_ = fetchers::connection_error(event.text).number;
      return attempt_failed(AttemptFailure::refused, event);
    case EventKind::connect_impossible:
      if (is_limit(event.text)) return close('I', 'C', event.at);
      server_error_ = fetchers::connection_error(event.text).number;
      return attempt_failed(AttemptFailure::impossible, event);
    case EventKind::deadline: return attempt_failed(AttemptFailure::timed_out, event);
    default: return;
  }
}

RetryPlan Session::plan(AttemptFailure failure) const {
  const graph::Graph& graph = *facilities_->graph;
  const graph::Proxy& proxy = *backend();
  const ServerState& state = facilities_->state->server(server_);
  return plan_retry({.failure = failure,
                     .done = retries_,
                     .allowed = rare_ && rare_->retries ? *rare_->retries : proxy.retries,
                     .redispatch = proxy.options.redispatch && !forced_,
                     .interval = proxy.options.redispatch_interval,
                     .server_up = state.up && !state.maintenance,
                     .active_servers = facilities_->state->count_usable(graph, backend_, false),
                     .hash = facilities_->state->balancer(backend_)->is_hash(),
                     .persistent = persistent_});
}

// The errors are counted anew once they were told.
void Session::observe(bool connected) {
  if (!server()->observed) return;
  std::atomic<std::uint32_t>& errors = facilities_->state->server(server_).errors;
  if (connected) return errors.store(0, std::memory_order_relaxed);
  if (errors.fetch_add(1, std::memory_order_relaxed) + 1 < server()->error_limit) return;
  errors.store(0, std::memory_order_relaxed);
  if (facilities_->observer != nullptr) facilities_->observer->failed_too_often(server_);
}

void Session::attempt_failed(AttemptFailure failure, const Event& event) {
  const RetryPlan next = plan(failure);
  release_server();  // first: the observer counts the sessions of the server, in a thread of its own
  observe(false);
  if (next.give_up) return close(letter_of(failure), 'C', event.at);
  pass_slot_on();
  ++retries_;
  redispatch_ = next.redispatch;
  if (!next.wait) return retry(event);
  // Nobody is left to wait for: the client is gone without having asked for anything.
  if (client_given_up_ || (input_ended_ && input_size_ == 0)) return close('-', '-', event.at);
  phase_ = Phase::retry_wait;
  phase_deadline_ = event.at + std::min(longest_pause, backend()->timeouts.connect.value_or(longest_pause));
}

void Session::retry(const Event& event) {
  if (redispatch_) {
    const graph::ServerId before = server_;
    assign_server(before, event);
    if (server_ != before) redispatched_ = true;
    return;
  }
  {
    const std::lock_guard lock(facilities_->state->proxy(backend_).balancing);
    served_ = true;
    take_slot(facilities_->state->server(server_));
  }
  start_attempt(event.at);
}

void Session::on_retry_wait(const Event& event) {
  if (aborted_by_client(event) || event.kind != EventKind::deadline) return;
  if (client_deadline_ < phase_deadline_) return close('c', 'C', event.at);
  retry(event);
}

}  // namespace shunt::route
