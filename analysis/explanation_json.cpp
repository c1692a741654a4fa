// An explanation as JSON; docs/explain.md documents the members.
#include <boost/json.hpp>

#include <array>

#include "analysis/byte_text.hpp"
#include "analysis/explanation_text.hpp"
#include "graph/pki/certificate_store.hpp"

namespace shunt::analysis {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr std::array<std::string_view, moment_count> moments = {
    "accepted", "bytes",    "client-ended", "proxy-header", "handshake", "rules",
    "waits",    "deadline", "backend",      "server",       "hop",       "end"};
constexpr std::array<std::string_view, 3> verdicts = {"no", "wait", "yes"};

boost::json::string text(std::string_view bytes) {
  return boost::json::string(boost::json::string_view(bytes.data(), bytes.size()));
}
double milliseconds(Offset time) { return static_cast<double>(time.count()) / 1000.0; }

class Maker {
 public:
  explicit Maker(const ExplanationNames& names) : names_(names) {}

  object make(const Explanation& explanation) const {
    array timeline, alternatives;
    for (const Moment& moment : explanation.timeline) timeline.push_back(of(moment));
    for (const Alternative& each : explanation.alternatives)
      alternatives.push_back(object{{"when", text(each.when)}, {"fate", of(each.fate)}});
    return {{"fate", of(explanation.fate)},
            {"race", !explanation.alternatives.empty()},
            {"alternatives", std::move(alternatives)},
            {"timeline", std::move(timeline)}};
  }

 private:
  // Nothing for an unknown one.
  value of(parser::Span span) const {
    if (!span.known()) return nullptr;
    return object{{"file", text(names_.sources.name(span.file))},
                  {"line", names_.sources.locate(span).line},
                  {"text", text(line_of(span, names_.sources))}};
  }

  object of(const Visit& visit) const {
    const graph::Graph& graph = names_.graph;
    const graph::Listener& listener = graph.listeners[visit.listener];
    array servers;
    for (const graph::ServerId id : visit.candidates) servers.push_back(text(server_name(graph, id)));
    object made{
        {"bind", text(parser::to_string(listener.address))},
        {"frontend", text(graph.proxies[listener.frontend].name)},
        {"backend", visit.backend == graph::none ? value(nullptr) : text(graph.proxies[visit.backend].name)},
        {"backend_rule", of(visit.backend_rule)},
        {"content_rule", of(visit.content_rule)},
        {"servers", std::move(servers)},
        {"selection", text(name_of(visit.selection))},
        {"arrived_ms", milliseconds(visit.arrived)},
        {"decided_ms", milliseconds(visit.decided)}};
    made["certificate"] =
        visit.certificate ? value(text((*graph.certificates)[*visit.certificate].path)) : nullptr;
    made["proxy_header"] =
        visit.proxy_header.empty() ? value(nullptr) : text(encode_bytes(visit.proxy_header));
    return made;
  }

  object of(const Fate& fate) const {
    array visits, doubts;
    for (const Visit& visit : fate.visits) visits.push_back(of(visit));
    for (const Doubt& doubt : fate.doubts)
      doubts.push_back(object{{"rule", of(doubt.span)}, {"reason", text(doubt.reason)}});
    return {{"ending", text(name_of(fate.ending))},
            {"at_ms", milliseconds(fate.at)},
            {"by", of(fate.by)},
            {"summary", text(summary_of(fate, names_))},
            {"visits", std::move(visits)},
            {"doubts", std::move(doubts)}};
  }

  static object of(const TestSeen& test) {
    return {{"acl", test.acl.empty() ? value(nullptr) : text(test.acl)},
            {"expression", text(test.expression)},
            {"value", test.value ? value(text(*test.value)) : nullptr},
            {"may_change", test.may_change},
            {"hidden", test.hidden},
            {"unsupported", test.unsupported},
            {"truth", text(verdicts[static_cast<std::size_t>(test.truth)])},
            {"negated", test.negated},
            {"needed_bytes", test.needed ? value(*test.needed) : nullptr},
            {"known_ms", milliseconds(test.known)}};
  }

  object of(const RuleSeen& rule) const {
    array tests;
    for (const TestSeen& test : rule.tests) tests.push_back(of(test));
    return {{"index", rule.index},
            {"rule", of(rule.span)},
            {"verdict", text(verdicts[static_cast<std::size_t>(rule.truth)])},
            {"tests", std::move(tests)}};
  }

  object of(const Moment& moment) const {
    object made{{"kind", text(moments[static_cast<std::size_t>(moment.kind)])},
                {"at_ms", milliseconds(moment.at)},
                {"visit", moment.visit}};
    if (!moment.text.empty()) made["text"] = text(moment.text);
    if (moment.span.known()) made["rule"] = of(moment.span);
    if (moment.kind == MomentKind::bytes) made["size"] = moment.size, made["total"] = moment.total;
    if (moment.kind == MomentKind::waits)
      made["until_ms"] = moment.until ? value(milliseconds(*moment.until)) : nullptr;
    if (moment.kind != MomentKind::rules) return made;
    array rules;
    for (const RuleSeen& rule : moment.rules) rules.push_back(of(rule));
    made["list"] = text(name_of(moment.list));
    made["final"] = moment.final;
    made["passed"] = moment.passed;
    made["rules"] = std::move(rules);
    return made;
  }

  const ExplanationNames& names_;
};

}  // namespace

std::string json_form(const Explanation& explanation, const ExplanationNames& names) {
  return boost::json::serialize(Maker(names).make(explanation)) + '\n';
}

}  // namespace shunt::analysis
