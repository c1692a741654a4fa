// Names that nothing uses, and places where connections have nowhere to go.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "acl/alias_rows.hpp"
#include "analysis/lint/families.hpp"

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
  explicit Mentions(const config::Config& config) {
    for (const parser::Section& section : config.syntax.sections)
      for (const Line& line : section.lines) add(line);
  }

  [[nodiscard]] bool has(std::string_view name) const { return names_.contains(name); }

 private:
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

bool has_table(const Proxy& proxy) { return proxy.own_line("stick-table") != nullptr; }

void judge_backend(const Model& model, const Proxy& proxy, const Mentions& mentions, Findings& findings) {
  if (proxy.said->kind != config::ProxyKind::backend || is_disabled(proxy)) return;
  if (!model.frontends_of[proxy.id].empty() || mentions.has(proxy.said->name.value) || has_table(proxy))
    return;
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

void judge_default(const Proxy& proxy, Findings& findings) {
  if (proxy.said->kind != config::ProxyKind::frontend || is_disabled(proxy) ||
      proxy.said->settings.other_mode)
    return;
  if (proxy.said->settings.default_backend || always_answers(proxy)) return;
  const auto rules = proxy.all_of(List::switches);
  if (std::ranges::any_of(rules, [](const Rule* rule) { return !rule->condition.given; })) return;
  if (rules.empty() && may_answer(proxy)) return;
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
  const Mentions mentions(*input.model.config);
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
