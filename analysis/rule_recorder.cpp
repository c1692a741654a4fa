// Looks at the rules that a walk passed, with copies of what an evaluation may use up.
#include "analysis/rule_recorder.hpp"

#include <algorithm>

#include "analysis/test_seen.hpp"

namespace shunt::analysis {
namespace {

// Of a long list only the rules next to the one that decided are shown.
constexpr std::uint32_t shown_rules = 12;

bool rejects(graph::ActionKind kind) {
  return kind == graph::ActionKind::reject || kind == graph::ActionKind::silent_drop;
}
bool ends_list(graph::ActionKind kind) { return rejects(kind) || kind == graph::ActionKind::accept; }

bool may_be_content(ListKind kind) { return kind == ListKind::content || kind == ListKind::backend_content; }

bool runs(const graph::Graph& graph, acl::ConditionId condition) {
  if (condition == acl::always) return true;
  const fetchers::ExpressionPool& pool = graph.program.expressions();
  for (const auto& terms : graph.program.condition(condition).alternatives)
    for (const acl::Term& term : terms)
      for (const acl::AclTest& test : graph.program.acl(term.acl).tests)
        if (!pool[test.expression].runs) return false;
  return true;
}

}  // namespace

std::vector<ListPlace> list_places(const graph::Graph& graph) {
  std::vector<ListPlace> places(graph.program.list_count());
  const auto put = [&](acl::RuleListId list, ListKind kind, graph::ProxyId proxy) {
    if (list == acl::no_rules) return;
    const auto& rules = graph.program.rules(list);
    const bool blind =
        !std::ranges::all_of(rules, [&](const acl::Rule& rule) { return runs(graph, rule.condition); });
    places[list] = {kind, proxy, blind};
  };
  for (const graph::Proxy& proxy : graph.traffic_proxies()) {
    put(proxy.connection_rules, ListKind::connection, proxy.id);
    put(proxy.session_rules, ListKind::session, proxy.id);
    put(proxy.request_rules, proxy.is_frontend ? ListKind::content : ListKind::backend_content, proxy.id);
    put(proxy.switches, ListKind::use_backend, proxy.id);
    put(proxy.server_rules, ListKind::use_server, proxy.id);
  }
  return places;
}

void RuleRecorder::reset(bool traces) {
  traces_ = traces;
  now_ = Offset(0);
  doubts.clear();
  applied.clear();
  moments.clear();
}

void RuleRecorder::walked(const route::RuleWalk& walk, const fetchers::Context& context) {
  const ListPlace& place = places_[walk.list];
  if (place.proxy == graph::none || (http_ && place.kind >= ListKind::backend_content)) return;
  note_doubts(walk);
  if (traces_) trace(walk, place, context);
  if (walk.found.kind == acl::ListStep::Kind::apply) note_applied(walk, place);
}

void RuleRecorder::note_applied(const route::RuleWalk& walk, const ListPlace& place) {
  const acl::Rule& rule = graph_.program.rules(walk.list)[walk.found.rule];
  applied.push_back({walk.list, walk.found.rule});
  if (place.kind == ListKind::use_backend) use_backend_ = rule.span;
  if (place.kind == ListKind::use_backend || place.kind == ListKind::use_server) return;
  const graph::ActionKind kind = graph_.actions[rule.payload].kind;
  if (ends_list(kind) && may_be_content(place.kind)) content_ = rule.span;
  if (rejects(kind)) rejected_ = rule.span;
}

void RuleRecorder::note_doubts(const route::RuleWalk& walk) {
  if (!places_[walk.list].blind) return;
  const auto& rules = graph_.program.rules(walk.list);
  const auto end = walk.found.kind == acl::ListStep::Kind::end ? rules.size() : walk.found.rule + 1;
  for (std::size_t i = walk.from; i < end; ++i) {
    if (runs(graph_, rules[i].condition)) continue;
    Doubt doubt{rules[i].span,
                "its condition has a fetch that this build can't evaluate; taken as not there"};
    if (std::ranges::find(doubts, doubt) == doubts.end()) doubts.push_back(std::move(doubt));
  }
}

void RuleRecorder::trace(const route::RuleWalk& walk, const ListPlace& place,
                         const fetchers::Context& context) {
  const auto& rules = graph_.program.rules(walk.list);
  const bool ended = walk.found.kind == acl::ListStep::Kind::end;
  const auto end = static_cast<std::uint32_t>(ended ? rules.size() : walk.found.rule + 1);
  const std::uint32_t first = end - walk.from > shown_rules ? end - shown_rules : walk.from;
  // One walk of a list that actions interrupt is one moment.
  const bool goes_on = walk.from != 0 && !moments.empty() && moments.back().kind == MomentKind::rules &&
                       moments.back().list == place.kind && moments.back().at == now_;
  if (!goes_on)
    moments.push_back({.kind = MomentKind::rules,
                       .at = now_,
                       .visit = visit_,
                       .text = graph_.proxies[place.proxy].name,
                       .list = place.kind,
                       .final = context.final});
  Moment& moment = moments.back();
  moment.passed += first - walk.from;
  fetchers::Scratch scratch;
  fetchers::Context copy = context;
  copy.scratch = &scratch;
  for (std::uint32_t i = first; i < end; ++i) {
    const bool last = !ended && i + 1 == end;
    const acl::Truth truth = !last                                          ? acl::Truth::no
                             : walk.found.kind == acl::ListStep::Kind::wait ? acl::Truth::unknown
                                                                            : acl::Truth::yes;
    moment.rules.push_back(see(rules[i], i, truth, copy));
  }
}

RuleSeen RuleRecorder::see(const acl::Rule& rule, std::uint32_t index, acl::Truth truth,
                           fetchers::Context& context) {
  RuleSeen seen{.index = index, .span = rule.span, .truth = truth};
  if (rule.condition == acl::always) return seen;
  for (const auto& terms : graph_.program.condition(rule.condition).alternatives) {
    acl::Truth all = acl::Truth::yes;
    see_terms(terms, context, seen.tests, all);
    if (all == acl::Truth::yes) break;
  }
  return seen;
}

// An alternative ends at its first term that is not `yes`.
void RuleRecorder::see_terms(const std::vector<acl::Term>& terms, fetchers::Context& context,
                             std::vector<TestSeen>& seen, acl::Truth& truth) {
  for (const acl::Term& term : terms) {
    seen.push_back(see_term(term, context));
    truth = seen.back().truth;
    if (term.negated && truth != acl::Truth::unknown)
      truth = truth == acl::Truth::yes ? acl::Truth::no : acl::Truth::yes;
    if (truth != acl::Truth::yes) return;
  }
}

// Of several tests the first that holds, else the first that is undecided, else the last.
TestSeen RuleRecorder::see_term(const acl::Term& term, fetchers::Context& context) {
  const acl::Acl& acl = graph_.program.acl(term.acl);
  TestSeen best;
  bool first = true;
  for (const acl::AclTest& test : acl.tests) {
    TestSeen seen = see_test(graph_, test, context);
    if (first || seen.truth > best.truth) best = std::move(seen);
    first = false;
    if (best.truth == acl::Truth::yes) break;
  }
  best.acl = acl.name;
  best.negated = term.negated;
  const auto [known, fresh] = known_.try_emplace(best.expression + '\0' + best.value.value_or(""), now_);
  best.known = known->second;
  return best;
}

}  // namespace shunt::analysis
