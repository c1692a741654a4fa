// Between the choice of a server and a slot of it: the session takes one at once, or waits in a line.
#include "route/limits.hpp"
#include "route/session.hpp"
#include "route/slots.hpp"

namespace shunt::route {

// A server that is full makes the session wait: for this server where it was chosen for itself, else for any.
// Who comes late doesn't overtake: the first in line gets what is free.
void Session::take_place(graph::ServerId chosen, Time at) {
  State& state = *facilities_->state;
  const graph::Graph& graph = *facilities_->graph;
  if (chosen == graph::none) return wait_in_line(graph::none, at);
  const BalancedServer server = balanced(state, graph, chosen);
  if (is_refusing(server)) {
    server_ = chosen;
    return;
  }
  if (is_full(server)) return wait_in_line(chosen, at);
  if (!persistent_ && !state.proxy(backend_).line.empty()) {
    wait_in_line(graph::none, at);
    hand_out_slots(state, graph, chosen);
    return;
  }
  server_ = chosen;
  served_ = true;
  take_slot(state.server(chosen));
  server_assigned(at);
}

void Session::server_assigned(Time at) {
  assigned_at_ = at;
  facilities_->state->server(server_).sessions.add(at);
  queue_ms_ = elapsed(at) + 1;  // the one millisecond is what HAProxy logs
  start_attempt(at);
}

void Session::wait_in_line(graph::ServerId server, Time at) {
  Waiting& waiting = rare().waiting;
  const auto offset = std::chrono::milliseconds(rare().priority_offset);
  waiting.rank = {.priority = rare().priority_class, .since = at + offset};
  waiting.thread = facilities_->wakeups;
  waiting.generation = facilities_->state;
  waiting.granted = graph::none;
  waiting.turned_away = false;
  server_ = server;
  join_line(*facilities_->state, backend_, server, waiting);
  phase_ = Phase::queued;
  if (input_size_ != 0) client_deadline_ = never;
  const graph::Timeouts& limits = backend()->timeouts;
  const auto& limit = limits.queue ? limits.queue : limits.connect;
  phase_deadline_ = limit ? at + *limit : never;
}

void Session::set_sleeper(Sleeper& sleeper) { rare().waiting.sleeper = &sleeper; }

// Out of the line, wherever it was; a slot that was given meanwhile is the session's.
void Session::leave_queue(Time at) {
  Rare& own = rare();
  const std::lock_guard lock(facilities_->state->proxy(backend_).balancing);
  const bool any = server_ == graph::none;
  if (own.waiting.line != nullptr) leave_line(*facilities_->state, backend_, server_, own.waiting);
  (any ? own.backend_position : own.server_position) += own.waiting.position;
  if (own.waiting.granted != graph::none) {
    server_ = own.waiting.granted;
    served_ = true;
  }
  queue_ms_ = elapsed(at) + 1;
}

// Whether it waits no longer, because its turn has come or its server has gone.
bool Session::turn_has_come(const Event& event) {
  Rare& own = rare();
  {
    const std::lock_guard lock(facilities_->state->proxy(backend_).balancing);
    if (own.waiting.line != nullptr) return false;
  }
  leave_queue(event.at);
  if (served_) {
    server_assigned(event.at);
  } else {
    const graph::ServerId before = server_;
    assign_server(graph::none, event);
    if (server_ != before) redispatched_ = true;
  }
  return true;
}

void Session::on_queued(const Event& event) {
  if (turn_has_come(event)) return;
  switch (event.kind) {
    case EventKind::client_reset: return close('C', 'D', event.at);
    case EventKind::deadline:
      if (client_deadline_ > phase_deadline_) return close('s', 'Q', event.at);
      close('c', 'Q', event.at);
      queue_ms_ = -1;
      return;
    case EventKind::input: break;
    default: return;
  }
  note_input(event);
  const bool gives_up = input_size_ == 0 || backend()->options.abortonclose;
  if (input_ended_ && gives_up) close('C', 'Q', event.at);
}

}  // namespace shunt::route
