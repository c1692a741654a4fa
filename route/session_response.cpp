// The rules on the server's bytes: these are held back until the rules have said what they are.
#include "route/session.hpp"

namespace shunt::route {

// The rules are first asked when the relay has begun and told of it.
void Session::server_connected(const Event& event) {
  connect_ms_ = std::chrono::duration_cast<graph::Milliseconds>(event.at - assigned_at_).count();
  phase_ = backend()->response_rules == acl::no_rules ? Phase::relay : Phase::inspect_response;
  phase_deadline_ = never;
  if (phase_ == Phase::relay) learn_from_response(event);
}

std::optional<Time> Session::response_deadline() const {
  const bool waits = phase_ == Phase::inspect_response && phase_deadline_ != never;
  return waits ? std::optional(phase_deadline_) : std::nullopt;
}

void Session::on_inspect_response(const Event& event) {
  if (event.kind != EventKind::response && event.kind != EventKind::deadline) return;
  switch (judge_response(event)) {
    case Verdict::waits: return;
    case Verdict::rejected: return close('P', vanishes_ ? 'R' : 'D', event.at);
    case Verdict::server_closed: closes_server_ = true; break;
    case Verdict::accepted: break;
  }
  phase_ = Phase::relay;
  phase_deadline_ = never;
  learn_from_response(event);
}

// As for the client's bytes: the delay begins with the first evaluation that has to wait.
Session::Verdict Session::judge_response(const Event& event) {
  const graph::Proxy& proxy = *backend();
  const bool no_delay = !proxy.response_inspect_delay || proxy.response_inspect_delay->count() == 0;
  const bool over = event.kind == EventKind::deadline || event.at >= phase_deadline_;
  const bool final = no_delay || over || event.response.complete;
  fetchers::Context rules_context = context({}, final, event.at);
  rules_context.response = event.response;
  const Verdict verdict = run_rules(proxy.response_rules, rules_context);
  return final ? final_verdict(verdict) : begin_delay(verdict, *proxy.response_inspect_delay, event.at);
}

}  // namespace shunt::route
