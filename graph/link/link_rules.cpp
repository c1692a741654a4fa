// ACLs, rule lists and the choice of backends, compiled into the rule program.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

using config::ProxyKind;
using config::TcpRule;
using fetchers::Place;

// The rule lists of one section, in the order of `lists`.
struct RuleSet {
  std::vector<TcpRule> config::Proxy::* rules;
  acl::RuleListId Proxy::* list;
  Place frontend_place, backend_place;
};
constexpr RuleSet lists[] = {
    {&config::Proxy::connection_rules, &Proxy::connection_rules, Place::tcp_connection,
     Place::tcp_connection},
    {&config::Proxy::session_rules, &Proxy::session_rules, Place::tcp_session, Place::tcp_session},
    {&config::Proxy::request_rules, &Proxy::request_rules, Place::fe_tcp_content, Place::be_tcp_content},
    {&config::Proxy::response_rules, &Proxy::response_rules, Place::be_tcp_response, Place::be_tcp_response},
};

bool has_rules(const config::Proxy& section) {
  return section.checked.http ||
         std::ranges::any_of(lists, [&](const RuleSet& set) { return !(section.*set.rules).empty(); });
}

class RuleLinker {
 public:
  explicit RuleLinker(Linking& linking) : linking_(linking) {}

  void link(const config::Proxy& from, Proxy& to) {
    check_defaults(from);
    const auto scope = scope_of(from);
    for (const RuleSet& set : lists) {
      std::vector<acl::Rule> rules = inherited(from, set);
      append(from.*set.rules, scope, place_of(from, set), expressions_at(from, set), rules);
      if (!rules.empty()) to.*set.list = linking_.program.add_list(std::move(rules));
    }
    to.request_captures = from.checked.request_captures;
    to.response_captures = from.checked.response_captures;
    link_switches(from, scope, to);
    link_server_rules(from, scope, to);
    to.force_persist = conditions(from.force_persist, scope);
    to.ignore_persist = conditions(from.ignore_persist, scope);
    to.stick_rules = link_stick_rules(from, scope, false);
    to.stick_response_rules = link_stick_rules(from, scope, true);
    link_default_backend(from, to);
  }

  // `set-var` lines of the global section; their rows have reported what is wrong.
  void link_first_values() {
    parser::DiagnosticSink judged;
    fetchers::ExpressionPool& pool = linking_.program.expressions();
    for (const TcpRule& rule : linking_.config.global.variables) {
      Action action{.kind = rule.action, .span = rule.span};
      if (!name_variable(linking_, rule, action)) continue;
      const auto expression =
          rule.expression ? pool.compile(*rule.expression, Place::config, judged) : std::nullopt;
      if (expression) action.expression = *expression;
      if (rule.format)
        action.format = fetchers::compile_log_format(*rule.format, Place::config, pool, judged);
      if (expression || action.format) linking_.first_values.push_back(std::move(action));
    }
  }

  acl::ScopeId scope_of(const config::Proxy& section) {
    const auto [known, fresh] = scopes_.try_emplace(&section, 0);
    if (fresh) known->second = new_scope_of(section);
    return known->second;
  }

 private:
  acl::ScopeId new_scope_of(const config::Proxy& section) {
    // Sections without ACLs of their own share one empty scope.
    if (section.acls.empty()) {
      if (!empty_scope_) empty_scope_ = linking_.program.new_scope();
      return *empty_scope_;
    }
    const acl::ScopeId scope = linking_.program.new_scope();
    for (const config::AclLine& line : section.acls) {
      linking_.program.define(scope, line.words[0], line.words.subspan(1), linking_.sink);
    }
    return scope;
  }

  static Place place_of(const config::Proxy& section, const RuleSet& set) {
    return section.is_frontend() ? set.frontend_place : set.backend_place;
  }

  // Expressions may use what either side of the proxy has; conditions are judged on the front side.
  static Place expressions_at(const config::Proxy& section, const RuleSet& set) {
    std::uint32_t places = 0;
    if (section.is_frontend()) places |= fetchers::bits(set.frontend_place);
    if (section.is_backend()) places |= fetchers::bits(set.backend_place);
    return static_cast<Place>(places);
  }

  // Rules of a named defaults section come before the proxy's own; compiled once for all that inherit them.
  std::vector<acl::Rule> inherited(const config::Proxy& from, const RuleSet& set) {
    const config::Proxy* defaults = from.defaults;
    if (defaults == nullptr || (defaults->*set.rules).empty()) return {};
    const auto [entry, fresh] = compiled_.try_emplace({defaults, &set});
    if (fresh) {
      append(defaults->*set.rules, scope_of(*defaults), place_of(from, set), expressions_at(from, set),
             entry->second);
    }
    return entry->second;
  }

  void check_defaults(const config::Proxy& from) {
    if (from.defaults == nullptr || !has_rules(*from.defaults)) return;
    if (from.kind == ProxyKind::listen) {
      linking_.report(
          codes::defaults_rules_shared, from.name.span,
          fmt::format("a listen section can't inherit from defaults section '{}', which has rules",
                      from.defaults->name.value));
      return;
    }
    const auto [user, first] = users_.try_emplace(from.defaults, &from);
    if (first || user->second->kind == from.kind) return;
    linking_.report(codes::defaults_rules_shared, from.name.span,
                    fmt::format("defaults section '{}' has rules and can't be used by both {} and {}",
                                from.defaults->name.value, describe(*user->second), describe(from)));
  }

  std::optional<acl::ConditionId> condition_of(const std::optional<parser::ConditionTree>& tree,
                                               acl::ScopeId scope, Place place) {
    if (!tree) return acl::always;
    return linking_.program.compile(scope, *tree, place, linking_.sink);
  }

  void append(const std::vector<TcpRule>& from, acl::ScopeId scope, Place place, Place expressions_at,
              std::vector<acl::Rule>& rules) {
    for (const TcpRule& rule : from) {
      const auto condition = condition_of(rule.condition, scope, place);
      auto action = link_action(linking_, rule, expressions_at);
      if (!condition || !action) continue;
      rules.push_back({.condition = *condition,
                       .payload = static_cast<std::uint32_t>(linking_.actions.size()),
                       .span = rule.span,
                       .final = ends_the_list(rule.action),
                       .rewrites = rewrites_addresses(rule.action)});
      linking_.actions.push_back(std::move(*action));
    }
  }

  void link_switches(const config::Proxy& from, acl::ScopeId scope, Proxy& to) {
    std::vector<acl::Rule> rules;
    for (const config::SwitchRule& rule : from.switches) {
      const auto condition = condition_of(rule.condition, scope, Place::fe_set_backend);
      auto target = switch_of(from, rule);
      if (!condition || !target) continue;
      rules.push_back({.condition = *condition,
                       .payload = static_cast<std::uint32_t>(linking_.switches.size()),
                       .span = rule.span,
                       .final = true});
      if (target->backend != none) linking_.static_targets[to.id].push_back(target->backend);
      linking_.switches.push_back(std::move(*target));
    }
    if (!rules.empty()) to.switches = linking_.program.add_list(std::move(rules));
  }

  // What is wrong with these lines is told when their names are looked up (link_uses).
  void link_server_rules(const config::Proxy& from, acl::ScopeId scope, Proxy& to) {
    std::vector<acl::Rule> rules;
    for (const config::ServerRule& rule : from.server_rules) {
      parser::DiagnosticSink unheard;
      const auto condition = linking_.program.compile(scope, rule.condition, Place::be_set_server, unheard);
      ServerRule made{.server = rule.computed ? none : server_named(to, rule.server.value),
                      .span = rule.span};
      if (rule.computed)
        made.name = fetchers::compile_log_format(*rule.computed, Place::be_set_server,
                                                 linking_.program.expressions(), unheard);
      if (!condition || (made.server == none && !made.name)) continue;
      rules.push_back({.condition = *condition,
                       .payload = static_cast<std::uint32_t>(linking_.server_rules.size()),
                       .span = rule.span});
      linking_.server_rules.push_back(std::move(made));
    }
    if (!rules.empty()) to.server_rules = linking_.program.add_list(std::move(rules));
  }

  [[nodiscard]] ServerId server_named(const Proxy& proxy, std::string_view name) const {
    for (ServerId id = proxy.first_server; id < proxy.first_server + proxy.server_count; ++id)
      if (linking_.servers[id].name == name) return id;
    return none;
  }

  [[nodiscard]] acl::RuleListId conditions(const std::vector<config::PersistRule>& lines,
                                           acl::ScopeId scope) {
    std::vector<acl::Rule> rules;
    parser::DiagnosticSink unheard;
    for (const config::PersistRule& line : lines)
      if (const auto condition =
              linking_.program.compile(scope, line.condition, Place::be_tcp_content, unheard))
        rules.push_back({.condition = *condition, .span = line.span});
    return rules.empty() ? acl::no_rules : linking_.program.add_list(std::move(rules));
  }

  acl::RuleListId link_stick_rules(const config::Proxy& from, acl::ScopeId scope, bool response) {
    std::vector<acl::Rule> rules;
    const Place place = response ? Place::be_tcp_response : Place::be_set_server;
    for (const config::StickRuleLine& line : from.stick_rules) {
      if (line.response != response) continue;
      parser::DiagnosticSink unheard;
      const auto condition = line.condition ? linking_.program.compile(scope, *line.condition, place, unheard)
                                            : std::optional(acl::always);
      const auto made = link_stick_rule(linking_, line);
      if (!condition || !made) continue;
      rules.push_back({.condition = *condition,
                       .payload = static_cast<std::uint32_t>(linking_.stick_rules.size()),
                       .span = line.span});
      linking_.stick_rules.push_back(*made);
    }
    return rules.empty() ? acl::no_rules : linking_.program.add_list(std::move(rules));
  }

  std::optional<Switch> switch_of(const config::Proxy& from, const config::SwitchRule& rule) {
    Switch result{.span = rule.span};
    if (rule.computed) {
      result.name = fetchers::compile_log_format(*rule.computed, Place::fe_set_backend,
                                                 linking_.program.expressions(), linking_.sink);
      if (!result.name) return std::nullopt;
      return result;
    }
    result.backend = find_backend(from, rule.backend, "use_backend");
    if (result.backend == none) return std::nullopt;
    return result;
  }

  ProxyId find_backend(const config::Proxy& from, const config::Text& name, std::string_view keyword) {
    const auto found = linking_.backends.find(name.value);
    if (found != linking_.backends.end()) return not_itself(from, name, keyword, found->second);
    const auto frontend = linking_.frontends.find(name.value);
    if (value_or(from.settings.disabled, false)) return none;  // not started, so HAProxy doesn't look [seen]
    if (frontend == linking_.frontends.end()) {
      suggest_backend(linking_,
                      linking_.report(codes::undefined_backend, name.span,
                                      fmt::format("{}: '{}' names the backend '{}', which is nowhere defined",
                                                  describe(from), keyword, name.value)),
                      name.value);
    } else {
      linking_
          .report(
              codes::not_a_backend, name.span,
              fmt::format("{}: '{}' names '{}', which is a frontend", describe(from), keyword, name.value))
          .notes.push_back({"defined here", linking_.proxies[frontend->second]->name.span});
    }
    return none;
  }

  ProxyId not_itself(const config::Proxy& from, const config::Text& name, std::string_view keyword,
                     ProxyId id) {
    if (linking_.proxies[id] != &from) return id;
    linking_.report(codes::backend_loop, name.span,
                    fmt::format("{}: '{}' names the section itself", describe(from), keyword));
    return none;
  }

  void link_default_backend(const config::Proxy& from, Proxy& to) {
    if (!from.is_frontend()) return;
    if (from.kind == ProxyKind::listen) to.default_backend = to.id;
    const auto& setting = from.settings.default_backend;
    if (!setting) return;
    const ProxyId found = find_backend(from, *setting, "default_backend");
    if (found != none) to.default_backend = found;
  }

  Linking& linking_;
  std::optional<acl::ScopeId> empty_scope_;
  std::map<std::pair<const config::Proxy*, const RuleSet*>, std::vector<acl::Rule>> compiled_;
  std::unordered_map<const config::Proxy*, acl::ScopeId> scopes_;
  std::unordered_map<const config::Proxy*, const config::Proxy*> users_;
};

}  // namespace

namespace {

// A tenth of what the frontends that lead there may accept; 0 where one has no limit of its own.
void link_full_load(Linking& linking) {
  std::vector<std::uint64_t> sums(linking.out.size(), 0);
  std::vector<bool> unknown(linking.out.size(), false);
  for (const Proxy& proxy : linking.out) {
    if (!proxy.is_frontend) continue;
    const std::uint32_t maxconn = proxy.maxconn != 0 ? proxy.maxconn : linking.global.maxconn;
    std::set<ProxyId> targets;
    if (proxy.default_backend != none) targets.insert(proxy.default_backend);
    if (proxy.is_backend) targets.insert(proxy.id);
    if (proxy.switches != acl::no_rules)
      for (const ProxyId target : linking.static_targets[proxy.id]) targets.insert(target);
    for (const ProxyId target : targets) {
      sums[target] += maxconn;
      unknown[target] = unknown[target] || maxconn == 0;
    }
  }
  for (std::size_t i = 0; i < linking.out.size(); ++i) {
    const auto& own = linking.proxies[i]->settings.fullconn;
    const auto tenth = static_cast<std::uint32_t>(std::min<std::uint64_t>((sums[i] + 9) / 10, 0xffffffff));
    linking.out[i].fullconn = own && own->value != 0 ? own->value : unknown[i] ? 0 : tenth;
  }
}

}  // namespace

void link_rules(Linking& linking) {
  RuleLinker linker(linking);
  linker.link_first_values();
  for (std::size_t i = 0; i < linking.proxies.size(); ++i) {
    linking.program.expressions().set_owner(static_cast<std::uint32_t>(i));
    linker.link(*linking.proxies[i], linking.out[i]);
  }
  link_full_load(linking);
  link_uses(linking, [&](const config::Proxy& section) { return linker.scope_of(section); });
}

}  // namespace shunt::graph
