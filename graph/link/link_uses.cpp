// Names, expressions and conditions of lines that nothing executes yet: they must exist and compile all the
// same.
#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "graph/link/linking.hpp"
#include "graph/proxy_section.hpp"
#include "graph/read/expression_words.hpp"
#include "graph/table_types.hpp"
#include "parser/expression_tree.hpp"
#include "parser/log_format_tree.hpp"

namespace shunt::graph {
namespace {

using config::Definition;
using config::Use;

constexpr std::string_view definition_names[] = {"userlist",    "peers",       "resolvers",   "mailers",
                                                 "cache",       "ring",        "http-errors", "fcgi-app",
                                                 "log-profile", "log-forward", "crt-store",   "acme",
                                                 "healthcheck", "stick table", "traces",      "program"};

class UseChecker {
 public:
  UseChecker(Linking& linking, const ScopeLookup& scope_of) : linking_(linking), scope_of_(scope_of) {
    for (const Definition& each : linking.config.definitions) defined_.emplace(each.kind, each.name);
    define_sections();
  }

  void check(const Use& use) {
    // A proxy that is not started resolves no names of other sections [seen].
    const bool name = use.kind == Use::Kind::definition || use.kind == Use::Kind::backend;
    if (name && use.proxy != nullptr && value_or(use.proxy->settings.disabled, false)) return;
    switch (use.kind) {
      case Use::Kind::definition: return check_definition(use);
      case Use::Kind::expression: return check_expression(use);
      case Use::Kind::format: return check_format(use);
      case Use::Kind::condition: return check_condition(use);
      case Use::Kind::backend: return check_backend(use);
      case Use::Kind::address: return check_address(use);
      case Use::Kind::server: return check_server(use);
      case Use::Kind::frontend: return;
    }
  }

 private:
  // A section exists under its name even where nothing reads its lines yet.
  void define_sections() {
    for (const parser::Section& section : linking_.config.syntax.sections) {
      const auto kind = std::ranges::find(definition_names, section.head.keyword().value);
      if (kind == std::end(definition_names) || section.head.words.size() < 2) continue;
      defined_.emplace(static_cast<Definition::Kind>(kind - definition_names),
                       std::string(section.head.words[1].value));
    }
  }

  void check_definition(const Use& use) {
    const std::string name(use.words[0].value);
    if (defined_.contains({use.definition, name}) || users_of(use.proxy).empty()) return;
    linking_.report(codes::undefined_name, use.words[0].span,
                    fmt::format("'{}' names the {} '{}', which is nowhere defined", use.keyword,
                                definition_names[static_cast<std::size_t>(use.definition)], name));
  }

  // The proxies whose settings hold the line: that of the line, or those that inherit it.
  [[nodiscard]] std::vector<const config::Proxy*> users_of(const config::Proxy* proxy) const {
    if (proxy == nullptr || proxy->kind != config::ProxyKind::defaults) return {proxy};
    std::vector<const config::Proxy*> users;
    for (const config::Proxy* each : linking_.proxies)
      if (each->defaults == proxy) users.push_back(each);
    return users;
  }

  void check_late(Use use) {
    const auto* section = use.proxy;
    use.late = false;
    for (const config::Proxy* user : users_of(section)) {
      if (!user->is_backend() && section != user) continue;
      parser::DiagnosticSink found;
      if (const auto tree = parse_expression_words(use.words, found))
        std::ignore = linking_.program.expressions().compile(*tree, use.place, found);
      for (const parser::Diagnostic& each : found.all()) {
        auto& made = linking_.sink.report(each.severity, *each.code, user->span, each.message);
        made.notes.push_back({"the expression stands here", each.span});
        made.late = true;
      }
    }
  }

  void check_expression(const Use& use) {
    if (use.late && use.proxy != nullptr) return check_late(use);
    const auto tree = parse_expression_words(use.words, linking_.sink);
    if (!tree) return;
    const auto id = linking_.program.expressions().compile(*tree, use.place, linking_.sink);
    if (id && !use.table.empty()) check_key(use, linking_.program.expressions()[*id].out);
  }

  // The value must be one that can be made a key of the table.
  void check_key(const Use& use, fetchers::SampleType type) {
    const auto table = std::ranges::find_if(linking_.config.definitions, [&](const Definition& each) {
      return each.kind == Definition::Kind::table && each.name == use.table;
    });
    if (table == linking_.config.definitions.end()) return;
    const TableType* const key = find_table_type(table->type);
    if (key == nullptr || fetchers::castable(type, key->type)) return;
    const parser::Span span = parser::cover(use.words.front().span, use.words.back().span);
    auto& found = linking_.report(
        codes::incompatible, span,
        fmt::format("'{}': a value of type '{}' can't be a key of the stick table '{}', whose type is '{}'",
                    use.keyword, fetchers::type_name(type), use.table, table->type));
    found.notes.push_back({"the table is defined here", table->span});
    found.late = true;
  }

  void check_format(const Use& use) {
    const auto tree = parser::parse_log_format(use.words[0], linking_.sink);
    if (tree)
      std::ignore =
          fetchers::compile_log_format(*tree, use.place, linking_.program.expressions(), linking_.sink);
  }

  void check_condition(const Use& use) {
    const auto tree = parser::parse_condition(use.words, linking_.sink);
    if (tree && use.proxy != nullptr)
      std::ignore = linking_.program.compile(scope_of_(*use.proxy), *tree, use.place, linking_.sink);
  }

  // A computed name is a log format.
  void check_backend(const Use& use) {
    const std::string name(use.words[0].value);
    if (name.find("%[") != std::string::npos) return check_format(use);
    if (use.proxy != nullptr && use.proxy->is_backend() && use.proxy->name.value == name)
      linking_.report(codes::backend_loop, use.words[0].span,
                      fmt::format("'{}' names the section itself", use.keyword));
    if (linking_.backends.contains(name)) return;
    suggest_backend(linking_,
                    linking_.report(codes::undefined_backend, use.words[0].span,
                                    fmt::format("'{}' names the backend '{}', which is nowhere defined",
                                                use.keyword, name)),
                    name);
  }

  void check_address(const Use& use) {
    const parser::Word& word = use.words[0];
    const auto address = parser::parse_address(word.value);
    if (address && linking_.resolver.resolve(address.value())) return;
    linking_.report(codes::unresolved_address, word.span,
                    fmt::format("'{}': the host '{}' has no address", use.keyword, word.value));
  }

  // Servers that a template makes have names that no line shows.
  [[nodiscard]] bool has_templates(const config::Proxy& proxy) const {
    const parser::Section* const section = section_of(linking_.config, proxy);
    return section != nullptr && std::ranges::any_of(section->lines, [](const parser::Line& line) {
             return line.keyword() == "server-template";
           });
  }

  void check_server(const Use& use) {
    const std::string name(use.words[0].value);
    if (name.find("%[") != std::string::npos) return check_format(use);
    if (use.proxy == nullptr || has_templates(*use.proxy)) return;
    const auto is_named = [&](const config::Server& server) { return server.name.value == name; };
    if (std::ranges::any_of(use.proxy->servers, is_named)) return;
    linking_.report(codes::undefined_name, use.words[0].span,
                    fmt::format("'{}' names the server '{}', which {} doesn't have", use.keyword, name,
                                describe(*use.proxy)));
  }

  Linking& linking_;
  const ScopeLookup& scope_of_;
  std::set<std::pair<Definition::Kind, std::string>> defined_;
};

}  // namespace

void link_uses(Linking& linking, const ScopeLookup& scope_of) {
  UseChecker checker(linking, scope_of);
  for (const config::Proxy& aside : linking.config.asides) std::ignore = scope_of(aside);
  std::unordered_map<const config::Proxy*, std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < linking.proxies.size(); ++i) numbers.emplace(linking.proxies[i], i);
  for (const Use& use : linking.config.uses) {
    const auto owner = numbers.find(use.proxy);
    linking.program.expressions().set_owner(owner == numbers.end() ? fetchers::UnresolvedArgument::no_owner
                                                                   : owner->second);
    checker.check(use);
  }
}

}  // namespace shunt::graph
