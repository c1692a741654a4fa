// Rules that ask name servers (`do-resolve`): the list waits there, and goes on from there.
#include "route/session.hpp"

namespace shunt::route {

using fetchers::Family;
using fetchers::Sample;
using fetchers::SampleType;

// True: an answer will come. An impatient list would be over before it does.
bool Session::begin_asking(acl::RuleListId list, std::uint32_t rule, const graph::Action& action,
                           fetchers::Context& rules_context, bool patient) {
  if (!patient || facilities_->names == nullptr || name_listener_ == nullptr) return false;
  const graph::Graph& graph = *facilities_->graph;
  Sample sample;
  const auto evaluated =
      graph.program.expressions().evaluate(action.expression, rules_context, SampleType::str, sample);
  if (!evaluated.found || sample.text.empty()) return false;
  const NameAnswers::Ticket ticket =
      facilities_->names->ask(graph.resolvers[action.slot], sample.text,
                              action.number == 4 ? Family::ipv4 : Family::ipv6, *name_listener_);
  rare().asking = {.list = list, .rule = rule, .ticket = ticket};
  waiting_rule_ = &action;
  return true;
}

// Without an address the variable keeps what it had.
void Session::end_asking(const graph::Action& action, fetchers::Context& rules_context) {
  const fetchers::Endpoint found = rare_->asking->found.value_or(fetchers::Endpoint{});
  forget_question();
  if (found.family == Family::none) return;
  Sample sample;
  sample.type = found.family == Family::ipv4 ? SampleType::ipv4 : SampleType::ipv6;
  sample.address = found.address;
  rules_context.variables->set(action.variable, sample);
}

void Session::forget_question() {
  if (!rare_ || !rare_->asking) return;
  if (!rare_->asking->found) facilities_->names->forget(rare_->asking->ticket);
  rare_->asking.reset();
}

}  // namespace shunt::route
