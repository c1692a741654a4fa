// Walks from a bind through rules, backends and hops, and notes what each rule compares.
#include "analysis/diff/asked.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "graph/pki/certificate_store.hpp"

namespace shunt::analysis {
namespace {

using acl::MatchMethod;
using fetchers::ExpressionId;
using graph::Graph;

class Walker {
 public:
  Walker(const Graph& graph, const Simulation& simulation) : graph_(graph), simulation_(simulation) {
    for (const graph::Action& action : graph.actions)
      if (action.kind == graph::ActionKind::set_var && !action.format) assigned_.push_back(action.expression);
  }

  AskedOfBind walk(graph::ListenerId listener) {
    visit_listener(listener);
    return std::move(made_);
  }

 private:
  // Sets that no ACL names are those of maps. Few binds ask.
  const std::vector<const acl::PatternSet*>& maps() {
    if (maps_) return *maps_;
    maps_.emplace();
    std::vector<bool> named(graph_.program.pattern_set_count());
    for (acl::AclId id = 0; id < graph_.program.acl_count(); ++id)
      for (const acl::AclTest& test : graph_.program.acl(id).tests)
        for (const std::uint32_t set : test.pattern_sets) named[set] = true;
    for (std::uint32_t set = 0; set < named.size(); ++set)
      if (!named[set]) maps_->push_back(&graph_.program.pattern_set(set));
    return *maps_;
  }

  void visit_listener(graph::ListenerId id) {
    if (!seen_listeners_.insert(id).second) return;
    const graph::Listener& listener = graph_.listeners[id];
    if (listener.tls) note_tls(*listener.tls);
    const graph::Proxy& frontend = graph_.proxies[listener.frontend];
    add_list("connection", frontend.connection_rules);
    add_list("session", frontend.session_rules);
    add_list("content", frontend.request_rules);
    add_switches(frontend);
    if (frontend.default_backend != graph::none) visit_backend(frontend.default_backend);
  }

  void note_tls(const graph::TlsBind& tls) {
    for (const graph::TlsCertificate& certificate : tls.certificates) {
      const auto& names =
          certificate.names ? *certificate.names : (*graph_.certificates)[certificate.id].names;
      made_.names.insert(made_.names.end(), names.begin(), names.end());
      made_.names.insert(made_.names.end(), certificate.excluded.begin(), certificate.excluded.end());
    }
    for (std::string_view rest = tls.alpn; !rest.empty();) {
      const auto size = static_cast<unsigned char>(rest.front());
      made_.protocols.emplace_back(rest.substr(1, size));
      rest.remove_prefix(std::min<std::size_t>(rest.size(), size + std::size_t{1}));
    }
  }

  void visit_backend(graph::ProxyId id) {
    if (!seen_backends_.insert(id).second) return;
    const graph::Proxy& backend = graph_.proxies[id];
    if (!backend.is_frontend) add_list("backend content", backend.request_rules);
    add_server_rules(backend);
    if (backend.balance.key) ask_value(*backend.balance.key, nullptr);
    for (graph::ServerId server = backend.first_server; server < backend.first_server + backend.server_count;
         ++server)
      if (const auto inner = simulation_.listener_behind(graph_.servers[server])) visit_listener(*inner);
  }

  void add_list(std::string_view kind, acl::RuleListId list) {
    if (list == acl::no_rules) return;
    for (const acl::Rule& rule : graph_.program.rules(list)) {
      const graph::Action& action = graph_.actions[rule.payload];
      const bool reads = !action.format && (action.kind == graph::ActionKind::set_var ||
                                            action.kind == graph::ActionKind::capture);
      add_rule(rule, fmt::format("{}/{}/{}", kind, static_cast<int>(action.kind),
                                 reads ? graph_.program.expressions().text(action.expression) : ""));
    }
  }

  void add_switches(const graph::Proxy& frontend) {
    if (frontend.switches == acl::no_rules) return;
    for (const acl::Rule& rule : graph_.program.rules(frontend.switches)) {
      const graph::Switch& target = graph_.switches[rule.payload];
      if (target.backend != graph::none) visit_backend(target.backend);
      AskedRule& made = add_rule(
          rule,
          "switch/" + (target.backend == graph::none ? std::string() : graph_.proxies[target.backend].name));
      made.chooses = true;
      if (target.name) add_computed(*target.name, made);
    }
  }

  void add_server_rules(const graph::Proxy& backend) {
    if (backend.server_rules == acl::no_rules) return;
    for (const acl::Rule& rule : graph_.program.rules(backend.server_rules)) {
      const graph::ServerRule& target = graph_.server_rules[rule.payload];
      AskedRule& made = add_rule(
          rule,
          "server/" + (target.server == graph::none ? std::string() : graph_.servers[target.server].name));
      if (target.name) add_computed(*target.name, made);
    }
  }

  // Names of backends are what a computed name can yield.
  void add_computed(const fetchers::LogFormat& format, AskedRule& rule) {
    for (const auto& item : format.items) {
      if (item.kind != fetchers::LogFormat::Item::Kind::expression) continue;
      rule.key += graph_.program.expressions().text(item.expression);
      for (const acl::PatternSet* map : maps())
        for (Asked asked : ask_value(item.expression, map)) rule.cases.push_back({{asked}});
    }
    for (const auto& [name, id] : graph_.backends_by_name) visit_backend(id);
  }

  AskedRule& add_rule(const acl::Rule& rule, std::string key) {
    AskedRule made{.span = rule.span};
    if (rule.condition != acl::always) {
      const acl::Condition& condition = graph_.program.condition(rule.condition);
      key += condition.unless ? " unless" : " if";
      for (const auto& terms : condition.alternatives) {
        AskedCase each;
        std::vector<AskedCase> negations;
        key += " |";
        for (const acl::Term& term : terms) {
          const auto& [text, asked] = acl(term.acl);
          key += (term.negated ? " !" : " ") + text;
          if (term.negated == condition.unless && !asked.empty()) each.push_back(asked);
          if (term.negated != condition.unless && !asked.empty()) negations.push_back({asked});
        }
        made.cases.push_back(std::move(each));
        std::ranges::move(negations, std::back_inserter(made.cases));
      }
    }
    made.key = std::move(key);
    return made_.rules.emplace_back(std::move(made));
  }

  using Known = std::pair<std::string, AskedTerm>;
  const Known& acl(acl::AclId id) {
    const auto found = acls_.find(id);
    if (found != acls_.end()) return found->second;
    Known& made = acls_[id];
    for (const acl::AclTest& test : graph_.program.acl(id).tests) {
      made.first += fmt::format("<{} {}", graph_.program.expressions().text(test.expression),
                                acl::method_name(test.method));
      if (test.method == MatchMethod::reg)
        made_.caveats.regexes.insert(graph_.program.expressions().text(test.expression));
      if (test.pattern_sets.empty()) add(test, nullptr, made.second);
      for (const std::uint32_t id_of_set : test.pattern_sets) {
        const acl::PatternSet& set = graph_.program.pattern_set(id_of_set);
        if (set.options().ignore_case) made.first += " -i";
        for (const acl::PatternText& entry : set.entries()) made.first += " '" + entry.text + '\'';
        add(test, &set, made.second);
      }
      made.first += '>';
    }
    return made;
  }

  void add(const acl::AclTest& test, const acl::PatternSet* set, AskedTerm& term) {
    for (Asked asked : ask_value(test.expression, set)) {
      asked.method = test.method;
      term.push_back(asked);
    }
  }

  std::vector<Asked> ask_value(ExpressionId id, const acl::PatternSet* set, bool through_variables = true) {
    const fetchers::Expression& expression = graph_.program.expressions()[id];
    const std::string& text = graph_.program.expressions().text(id);
    const std::vector<std::string> names = names_in(text);
    if (expression.constant) return {};
    note_caveats(expression, text, names);
    if (names.front() == "var" && through_variables) {
      std::vector<Asked> all;
      for (const ExpressionId source : assigned_)
        for (const Asked& asked : ask_value(source, set, false)) all.push_back(asked);
      return all;
    }
    Asked asked{.aspect = aspect_of(names.front()), .patterns = set, .offset = first_argument(text)};
    if (set != nullptr) asked.method = set->options().method;
    if (asked.aspect == Aspect::none || asked.aspect == Aspect::fixed) return {};
    for (std::size_t i = 1; i < names.size(); ++i) {
      asked.hexadecimal |= names[i] == "hex";
      asked.cut |= !keeps_shape(names[i]);
    }
    return {asked};
  }

  void note_caveats(const fetchers::Expression& expression, const std::string& text,
                    const std::vector<std::string>& names) {
    Caveats& caveats = made_.caveats;
    const bool random = names.front() == "rand" || names.front() == "uuid" || names.front() == "unique-id";
    if (random)
      caveats.randoms.insert(text);
    else if (expression.purity != fetchers::Purity::pure && names.front() != "var" &&
             aspect_of(names.front()) == Aspect::none)
      caveats.states.insert(text);
    else if (aspect_of(names.front()) == Aspect::none && names.front() != "var")
      caveats.unsteered.insert(text);
    for (std::size_t i = 1; i < names.size(); ++i) {
      if (names[i] == "regsub" || names[i].starts_with("map_reg")) caveats.regexes.insert(text);
      if (!keeps_shape(names[i])) caveats.unsteered.insert(text);
    }
  }

  const Graph& graph_;
  const Simulation& simulation_;
  AskedOfBind made_ = {};
  std::optional<std::vector<const acl::PatternSet*>> maps_ = {};
  std::vector<ExpressionId> assigned_ = {};
  std::set<graph::ListenerId> seen_listeners_ = {};
  std::set<graph::ProxyId> seen_backends_ = {};
  std::map<acl::AclId, Known> acls_ = {};
};

}  // namespace

AskedOfBind asked_behind(const Graph& graph, const Simulation& simulation, graph::ListenerId listener) {
  return Walker(graph, simulation).walk(listener);
}

}  // namespace shunt::analysis
