// Names that nothing uses, and places where connections have nowhere to go.
#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "acl/alias_rows.hpp"
#include "analysis/lint/families.hpp"
#include "analysis/lint/values.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

// ---- every word of the files that could be a name

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == ':';
}

class Mentions {
 public:
  explicit Mentions(const Model& model) {
    for (const parser::Section& section : model.config->syntax.sections)
      for (const Line& line : section.lines) add(line);
    for (parser::FileId file = 0; file < model.sources->size(); ++file)
      if (has_conditions(model.sources->bytes(file))) add_lines(model.sources->bytes(file));
  }

  [[nodiscard]] bool has(std::string_view name) const { return names_.contains(name); }

 private:
  static bool has_conditions(std::string_view bytes) { return bytes.find(".if") != std::string_view::npos; }

  // Lines that another answer to `.if` would bring in count, too; the heads of sections are no mention.
  void add_lines(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = std::min(bytes.find('\n'), bytes.size());
      std::string_view line = bytes.substr(0, end);
      bytes.remove_prefix(std::min(end + 1, bytes.size()));
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      if (line.starts_with("use_backend") || line.starts_with("default_backend")) add(line);
    }
  }

  // What a line defines isn't a mention of anything else.
  void add(const Line& line) {
    const std::string_view keyword = line.words[0].value;
    const bool defines = keyword == "server" || keyword == "acl" || keyword == "server-template";
    for (std::size_t at = defines ? 2 : 1; at < line.words.size(); ++at) add(line.words[at].value);
  }

  void add(std::string_view text) {
    names_.insert(text);
    while (!text.empty()) {
      const auto begin = std::ranges::find_if(text, is_name_character);
      text.remove_prefix(static_cast<std::size_t>(begin - text.begin()));
      const auto end = std::ranges::find_if_not(text, is_name_character);
      const auto size = static_cast<std::size_t>(end - text.begin());
      if (size != 0) names_.insert(text.substr(0, size));
      text.remove_prefix(size);
    }
  }

  std::unordered_set<std::string_view> names_;
};

bool is_disabled(const Proxy& proxy) {
  return proxy.said->settings.disabled && proxy.said->settings.disabled->value;
}

// ---- ACLs

void judge_acls(const Proxy& proxy, Findings& findings) {
  for (const Acl* acl : proxy.acl_order) {
    if (!acl->used)
      findings.report(codes::unused_acl, acl->names[0],
                      fmt::format("no condition of {} uses the ACL '{}'", proxy.describe(), acl->name));
    const acl::PredefinedRow* row = acl::find_predefined(acl->name);
    if (row != nullptr)
      findings.report(codes::shadows_predefined, acl->names[0],
                      fmt::format("'{}' replaces the predefined ACL, which is '{}'", acl->name, row->text));
  }
}

// ---- backends, userlists, tables

// One of several files of which the others have the frontends.
bool is_fragment(const Model& model) {
  return std::ranges::none_of(model.proxies, [](const Proxy& proxy) { return proxy.said->is_frontend(); });
}

// The configuration of an SPOE agent, a file of its own, names the backend that leads to it.
bool may_be_an_agent(const Model& model, const Proxy& backend) {
  if (backend.http()) return false;
  return std::ranges::any_of(model.proxies,
                             [](const Proxy& proxy) { return proxy.own_line("filter", "spoe") != nullptr; });
}

bool has_table(const Proxy& proxy) { return proxy.own_line("stick-table") != nullptr; }

void judge_backend(const Model& model, const Proxy& proxy, const Mentions& mentions, Findings& findings) {
  if (proxy.said->kind != config::ProxyKind::backend || is_disabled(proxy)) return;
  if (!model.frontends_of[proxy.id].empty() || mentions.has(proxy.said->name.value) || has_table(proxy))
    return;
  if (may_be_an_agent(model, proxy) || is_fragment(model)) return;
  // Its servers' states are what somebody wants to know.
  if (proxy.has_line("email-alert")) return;
  findings.report(codes::unused_backend, proxy.said->span,
                  fmt::format("nothing leads to {}", proxy.describe()));
}

// Counters are kept by track-sc without a name, and read by fetches without an argument.
bool uses_own_table(const Proxy& proxy) {
  constexpr std::string_view parts[] = {"track-sc", "sc0_", "sc1_",   "sc2_",   "sc_",
                                        "sc-",      "src_", "table_", "set-gpt"};
  const auto mentions = [&](const Word& word) {
    return std::ranges::any_of(
        parts, [&](std::string_view part) { return word.value.find(part) != std::string_view::npos; });
  };
  return std::ranges::any_of(proxy.section->lines, [&](const Line& line) {
    return line.words[0].value == "stick" || std::ranges::any_of(line.words, mentions);
  });
}

void judge_table(const Proxy& proxy, const Mentions& mentions, Findings& findings) {
  const Line* line = proxy.own_line("stick-table");
  if (line == nullptr || proxy.said->kind == config::ProxyKind::defaults) return;
  if (uses_own_table(proxy) || (proxy.defaults != nullptr && uses_own_table(*proxy.defaults))) return;
  if (mentions.has(proxy.said->name.value)) return;
  findings.report(codes::unused_table, line->span,
                  fmt::format("no rule stores anything in the table of {} or looks something up in it",
                              proxy.describe()));
}

void judge_userlists(const Model& model, const Mentions& mentions, Findings& findings) {
  for (const config::Definition& definition : model.config->definitions) {
    if (definition.kind != config::Definition::Kind::userlist || mentions.has(definition.name)) continue;
    findings.report(codes::unused_userlist, definition.span,
                    fmt::format("nothing asks for the users of '{}'", definition.name));
  }
}

// ---- nowhere to go

bool answers(const Rule& rule) {
  constexpr std::string_view actions[] = {"return", "redirect",    "deny",       "tarpit",
                                          "reject", "use-service", "silent-drop"};
  return rule.list == List::redirects || std::ranges::find(actions, rule.action) != std::end(actions);
}

// Every connection or request gets an answer from a rule.
bool always_answers(const Proxy& proxy) {
  for (const List list :
       {List::connection, List::session, List::content, List::http_request, List::redirects})
    for (const Rule* rule : proxy.all_of(list))
      if (!rule->condition.given && answers(*rule)) return true;
  return false;
}

// A proxy whose purpose may be what it answers by itself.
bool may_answer(const Proxy& proxy) {
  constexpr std::string_view lines[] = {"stats",       "errorfile",   "errorfiles", "http-error",
                                        "monitor-uri", "dispatch",    "errorloc",   "errorloc302",
                                        "errorloc303", "use-fcgi-app"};
  if (std::ranges::any_of(lines, [&](std::string_view each) { return proxy.has_line(each); })) return true;
  if (proxy.has_line("option", "transparent") || proxy.has_line("option", "http_proxy")) return true;
  for (const List list : {List::content, List::http_request, List::redirects})
    if (std::ranges::any_of(proxy.all_of(list), [](const Rule* rule) { return answers(*rule); })) return true;
  return false;
}

// What is known where no use_backend rule holds: of rules with one term, that it doesn't.
Conjunction left_over(const std::vector<const Rule*>& switches) {
  Conjunction known;
  for (const Rule* rule : switches)
    for (const Conjunction& all : rule->condition.alternatives) {
      if (all.size() != 1 || rule->condition.unless) continue;
      known.push_back(all[0]);
      known.back().negated = !known.back().negated;
    }
  return known;
}

// `http-request deny unless known_host` beside `use_backend x if known_host`.
bool answers_the_rest(const Proxy& proxy, const std::vector<const Rule*>& switches) {
  const Conjunction known = left_over(switches);
  const auto holds = [&](const Term& term) {
    return std::ranges::any_of(known, [&](const Term& each) { return implies(each, term); });
  };
  for (const List list :
       {List::connection, List::session, List::content, List::http_request, List::redirects})
    for (const Rule* rule : proxy.all_of(list)) {
      if (!answers(*rule) || rule->condition.alternatives.empty()) continue;
      Conjunction terms = rule->condition.alternatives[0];
      if (rule->condition.unless)
        for (Term& term : terms) term.negated = !term.negated;
      const bool any = rule->condition.unless;
      if (rule->condition.alternatives.size() > 1 && any) continue;
      if (any ? std::ranges::any_of(terms, holds) : std::ranges::all_of(terms, holds)) return true;
    }
  return false;
}

// One of them holds whatever the others leave over: always, or as `if known` beside `unless known`.
bool leave_nothing(const std::vector<const Rule*>& switches) {
  const Conjunction known = left_over(switches);
  const auto holds = [&](const Term& term) {
    return is_always_true(term) ||
           std::ranges::any_of(known, [&](const Term& each) { return implies(each, term); });
  };
  const auto fails = [&](Term term) {
    term.negated = !term.negated;
    return holds(term);
  };
  return std::ranges::any_of(switches, [&](const Rule* rule) {
    const auto& alternatives = rule->condition.alternatives;
    if (rule->condition.unless)
      return std::ranges::all_of(alternatives,
                                 [&](const auto& all) { return std::ranges::any_of(all, fails); });
    return std::ranges::any_of(
        alternatives, [&](const auto& all) { return !all.empty() && std::ranges::all_of(all, holds); });
  });
}

// Whoever writes nothing but where to listen wants no more than that, as for a check of a port.
bool only_listens(const Proxy& proxy) {
  constexpr std::string_view lines[] = {"bind", "mode", "log", "maxconn", "description", "id"};
  return std::ranges::all_of(proxy.section->lines, [&](const Line& line) {
    const bool logs =
        line.words[0].value == "option" && line.words.size() > 1 && line.words[1].value.ends_with("log");
    return logs || std::ranges::find(lines, line.words[0].value) != std::end(lines);
  });
}

void judge_default(const Proxy& proxy, Findings& findings) {
  if (proxy.said->kind != config::ProxyKind::frontend || is_disabled(proxy) ||
      proxy.said->settings.other_mode)
    return;
  if (proxy.said->settings.default_backend || always_answers(proxy) || only_listens(proxy)) return;
  const auto rules = proxy.all_of(List::switches);
  if (std::ranges::any_of(rules, [](const Rule* rule) { return !rule->condition.given; })) return;
  if (rules.empty() ? may_answer(proxy) : leave_nothing(rules) || answers_the_rest(proxy, rules)) return;
  const bool none = rules.empty();
  findings.report(
      none ? parser::Severity::warning : parser::Severity::notice, codes::no_default_backend,
      proxy.said->span,
      none ? fmt::format("{} has neither a default_backend nor a use_backend rule", proxy.describe())
           : fmt::format("connections of {} for which no use_backend rule holds are {}", proxy.describe(),
                         proxy.http() ? "answered with 503" : "closed"));
}

bool usable(const config::Server& server) {
  return !(server.parameters.disabled && server.parameters.disabled->value);
}

void judge_servers(const Model& model, const Proxy& proxy, Findings& findings) {
  if (!proxy.said->is_backend() || is_disabled(proxy) || proxy.said->settings.other_mode) return;
  const bool reached = proxy.said->kind == config::ProxyKind::listen ? !proxy.said->settings.default_backend
                                                                     : !model.frontends_of[proxy.id].empty();
  if (!reached || may_answer(proxy) || proxy.own_line("server-template") != nullptr) return;
  const bool switches = proxy.said->kind == config::ProxyKind::listen && !proxy.of(List::switches).empty();
  const bool has_lines = proxy.own_line("server") != nullptr;
  if (switches || std::ranges::any_of(proxy.said->servers, usable)) return;
  if (has_lines && proxy.said->servers.empty()) return;
  findings.report(codes::no_usable_server, proxy.said->span,
                  has_lines ? fmt::format("every server of {} is disabled", proxy.describe())
                            : fmt::format("{} has no server", proxy.describe()));
}

}  // namespace

void lint_names(const LintInput& input, Findings& findings) {
  const Mentions mentions(input.model);
  for (const Proxy& proxy : input.model.proxies) {
    judge_acls(proxy, findings);
    if (proxy.said->kind == config::ProxyKind::defaults) continue;
    judge_backend(input.model, proxy, mentions, findings);
    judge_table(proxy, mentions, findings);
    judge_default(proxy, findings);
    judge_servers(input.model, proxy, findings);
  }
  judge_userlists(input.model, mentions, findings);
}

}  // namespace shunt::analysis
