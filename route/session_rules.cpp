// The rules of a session: when they run, when they wait, and which backend comes out.
#include <algorithm>
#include <string>
#include <utility>

#include "route/actions.hpp"
#include "route/session.hpp"

namespace shunt::route {

// Of an action that ends its list.
Session::Verdict Session::verdict_of(ActionEffect effect) {
  switch (effect) {
    case ActionEffect::next_rule:
    case ActionEffect::accept: return Verdict::accepted;
    case ActionEffect::close_server: return Verdict::server_closed;
    case ActionEffect::wait: return Verdict::waits;
    case ActionEffect::reject:
    case ActionEffect::vanish: break;
  }
  return Verdict::rejected;
}

void Session::on_inspect(const Event& event) {
  switch (event.kind) {
    case EventKind::client_reset: client_failure_ = 'C'; return inspect(event, true);
    case EventKind::deadline:
      if (client_deadline_ <= phase_deadline_) client_failure_ = 'c';
      // A rule that waits for name servers is the last one then [seen].
      if (client_failure_ == 'c' && rare_ && rare_->asking) return close('c', 'R', event.at);
      return inspect(event, true);
    case EventKind::input: note_input(event); return inspect(event, false);
    case EventKind::answer:
      if (rare_ && rare_->asking) rare_->asking->found = event.address;
      return inspect(event, false);
    default: return;
  }
}

// Only bytes that are new restart the client's timeout. It stops when the client has ended, when there is no
// room for more, and while bytes wait for a server.
void Session::note_input(const Event& event) {
  const auto size = static_cast<std::uint32_t>(event.input.data.size());
  if (size != 0) client_sent_ = true;
  if (size > input_size_ && frontend().timeouts.client)
    client_deadline_ = event.at + *frontend().timeouts.client;
  input_size_ = size;
  input_ended_ = input_ended_ || event.input_ended;
  if (input_ended_ || event.input.complete || (phase_ >= Phase::queued && size != 0))
    client_deadline_ = never;
}

// A client that is gone still passes all rules, which may reject it; only then its own end is named.
void Session::inspect(const Event& event, bool delay_over) {
  const bool in_backend = phase_ == Phase::inspect_backend;
  const graph::Proxy& proxy = in_backend ? *backend() : frontend();
  switch (run_content_rules(proxy, event, delay_over)) {
    case Verdict::waits: return;
    case Verdict::rejected: return close('P', 'R', event.at);
    case Verdict::server_closed:
    case Verdict::accepted: break;
  }
  phase_deadline_ = never;
  if (in_backend) return assign_server(graph::none, event);
  choose_backend(event);
}

// The delay begins with the first evaluation that has to wait. At its end, at the end of input and with a
// full buffer, evaluation is final.
Session::Verdict Session::run_content_rules(const graph::Proxy& proxy, const Event& event, bool delay_over) {
  if (proxy.request_rules == acl::no_rules) return Verdict::accepted;
  const fetchers::BufferedBytes request = request_bytes(event);
  const bool no_delay = !proxy.inspect_delay || proxy.inspect_delay->count() == 0;
  // A client that has sent all it had still waits for name servers.
  const bool patient = !no_delay && !delay_over && client_failure_ == 0 && event.at < phase_deadline_;
  const bool final = !patient || request.complete;
  fetchers::Context rules_context = context(request, final, event.at);
  const Verdict verdict = run_rules(proxy.request_rules, rules_context, patient);
  if (verdict == Verdict::waits && asks(proxy.request_rules))
    return begin_delay(verdict, *proxy.inspect_delay, event.at);
  return final ? final_verdict(verdict) : begin_delay(verdict, *proxy.inspect_delay, event.at);
}

// Nothing waits in a final evaluation.
Session::Verdict Session::final_verdict(Verdict verdict) {
  return verdict == Verdict::waits ? Verdict::accepted : verdict;
}

Session::Verdict Session::begin_delay(Verdict verdict, graph::Milliseconds delay, Time at) {
  if (verdict == Verdict::waits && phase_deadline_ == never) phase_deadline_ = at + delay;
  return verdict;
}

fetchers::BufferedBytes Session::request_bytes(const Event& event) const {
  const std::size_t room = input_limit(facilities_->graph->global.tune);
  const std::string_view data = event.input.data.substr(0, room);
  return {.data = data,
          .complete = event.input.complete || input_ended_ || client_failure_ != 0 || data.size() == room,
          .available = true};
}

fetchers::Context Session::context(const fetchers::BufferedBytes& request, bool final, Time at) const {
  facilities_->scratch->reset();
  return context(request, final, at, *facilities_->scratch);
}

fetchers::Context Session::context(const fetchers::BufferedBytes& request, bool final, Time at,
                                   fetchers::Scratch& scratch) const {
  fetchers::Context made;
  made.scratch = &scratch;
  made.client = this;
  made.client_tls = tls_;
  made.request = request;
  facilities_->now = at;
  facilities_->stream.look_at(*this);
  facilities_->server_side.look_at(*this);
  facilities_->tables.look_at(*this);
  made.proxies = facilities_->proxies;
  made.process = facilities_->process;
  made.stream = &facilities_->stream;
  if (server_ != graph::none) made.server = &facilities_->server_side;
  made.server_tls = server_tls();
  made.variables = &variables_;
  made.variable_names = &facilities_->graph->program.expressions().variable_names();
  if (rare_ && rare_->captures) made.captures = &*rare_->captures;
  made.frontend = frontend().id;
  made.backend = backend_ == graph::none ? frontend().id : backend_;
  made.buffer_size = facilities_->graph->global.tune.bufsize;
  made.date = date_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(at - accepted_at_);
  made.final = final;
  return made;
}

acl::ListStep Session::walk(acl::RuleListId list, std::uint32_t from,
                            fetchers::Context& rules_context) const {
  const acl::ListStep found = facilities_->graph->program.next(list, from, rules_context);
  if (facilities_->watcher != nullptr)
    facilities_->watcher->walked({.list = list, .from = from, .found = found}, rules_context);
  return found;
}

// An action that waited goes on where it was.
acl::ListStep Session::next_rule(acl::RuleListId list, std::uint32_t from, fetchers::Context& rules_context) {
  if (resumed_rule_ == graph::none) return walk(list, from, rules_context);
  return {.kind = acl::ListStep::Kind::apply, .rule = std::exchange(resumed_rule_, graph::none)};
}

Session::Verdict Session::run_rules(acl::RuleListId list, fetchers::Context& rules_context, bool patient) {
  const graph::Graph& graph = *facilities_->graph;
  std::uint32_t from = 0;
  if (asks(list)) {
    if (patient && !rare_->asking->found) return Verdict::waits;
    from = rare_->asking->rule + 1;
    end_asking(graph.actions[graph.program.rules(list)[from - 1].payload], rules_context);
  }
  for (;;) {
    const acl::ListStep found = next_rule(list, from, rules_context);
    if (found.kind == acl::ListStep::Kind::end) {
      waiting_rule_ = nullptr;
      return Verdict::accepted;
    }
    const graph::Action& action = graph.actions[graph.program.rules(list)[found.rule].payload];
    if (found.kind == acl::ListStep::Kind::wait) {
      waiting_rule_ = &action;
      return Verdict::waits;
    }
    if (action.kind == graph::ActionKind::do_resolve) {
      if (begin_asking(list, found.rule, action, rules_context, patient)) return Verdict::waits;
      from = found.rule + 1;
      continue;
    }
    const ActionEffect effect = run_action(graph, action, rules_context, this);
    if (effect == ActionEffect::wait) {
      resumed_rule_ = found.rule;
      waiting_rule_ = &action;
      return Verdict::waits;
    }
    if (effect != ActionEffect::next_rule) {
      if (phase_ >= Phase::inspect_frontend) last_rule_ = &action;
      return verdict_of(effect);
    }
    from = found.rule + 1;
  }
}

// Connection and session rules: once, nothing is waited for, no bytes can be read.
bool Session::pass_early_rules(acl::RuleListId list, Time at) {
  if (list == acl::no_rules) return true;
  fetchers::Context rules_context = context({}, true, at);
  return run_rules(list, rules_context) != Verdict::rejected;
}

void Session::choose_backend(const Event& event) {
  const graph::ProxyId chosen = backend_by_rules(event);
  if (chosen == graph::none) return close_without_server(event.at);
  backend_ = chosen;
  in_backend_ = true;
  ProxyState& state = facilities_->state->proxy(chosen);
  state.backend_connections.fetch_add(1, std::memory_order_relaxed);
  state.backend_total.fetch_add(1, std::memory_order_relaxed);
  state.backend_sessions.add(event.at);
  if (chosen == frontend().id) return assign_server(graph::none, event);
  phase_ = Phase::inspect_backend;
  inspect(event, false);
}

graph::ProxyId Session::backend_by_rules(const Event& event) {
  const graph::Graph& graph = *facilities_->graph;
  const graph::Proxy& proxy = frontend();
  if (proxy.switches != acl::no_rules) {
    fetchers::Context rules_context = context(request_bytes(event), true, event.at);
    const acl::ListStep found = walk(proxy.switches, 0, rules_context);
    if (found.kind == acl::ListStep::Kind::apply) {
      const graph::Switch& rule = graph.switches[graph.program.rules(proxy.switches)[found.rule].payload];
      const graph::ProxyId target = switch_target(rule, rules_context);
      if (target != graph::none) return target;  // an unknown computed name ends the list
    }
  }
  if (proxy.default_backend != graph::none) return proxy.default_backend;
  return proxy.is_backend ? proxy.id : graph::none;
}

graph::ProxyId Session::switch_target(const graph::Switch& rule, fetchers::Context& rules_context) const {
  if (!rule.name) return rule.backend;
  const graph::Graph& graph = *facilities_->graph;
  std::string name;
  fetchers::write(*rule.name, graph.program.expressions(), rules_context, name);
  const auto found = graph.backends_by_name.find(name);
  return found == graph.backends_by_name.end() ? graph::none : found->second;
}

}  // namespace shunt::route
