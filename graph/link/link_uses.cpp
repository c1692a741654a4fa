// Names, expressions and conditions of lines that nothing executes yet: they must exist and compile all the
// same.
#include <fmt/format.h>

#include <set>

#include "graph/link/linking.hpp"
#include "parser/expression_tree.hpp"
#include "parser/log_format_tree.hpp"

namespace shunt::graph {
namespace {

using config::Definition;
using config::Use;

constexpr std::string_view definition_names[] = {
    "userlist", "peers",       "resolvers",   "mailers",   "cache", "ring",        "http-errors",
    "fcgi-app", "log-profile", "log-forward", "crt-store", "acme",  "healthcheck", "stick table"};

class UseChecker {
 public:
  UseChecker(Linking& linking, const ScopeLookup& scope_of) : linking_(linking), scope_of_(scope_of) {
    for (const Definition& each : linking.config.definitions) defined_.emplace(each.kind, each.name);
  }

  void check(const Use& use) {
    switch (use.kind) {
      case Use::Kind::definition: return check_definition(use);
      case Use::Kind::expression: return check_expression(use);
      case Use::Kind::format: return check_format(use);
      case Use::Kind::condition: return check_condition(use);
      case Use::Kind::backend: return check_backend(use);
      case Use::Kind::frontend:
      case Use::Kind::server: return;
    }
  }

 private:
  void check_definition(const Use& use) {
    const std::string name(use.words[0].value);
    if (defined_.contains({use.definition, name})) return;
    linking_.report(codes::undefined_name, use.words[0].span,
                    fmt::format("'{}' names the {} '{}', which is nowhere defined", use.keyword,
                                definition_names[static_cast<std::size_t>(use.definition)], name));
  }

  void check_expression(const Use& use) {
    const auto tree = parser::parse_expression(use.words[0], linking_.sink);
    if (tree) std::ignore = linking_.program.expressions().compile(*tree, use.place, linking_.sink);
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
    if (linking_.backends.contains(name)) return;
    linking_.report(codes::undefined_backend, use.words[0].span,
                    fmt::format("'{}' names the backend '{}', which is nowhere defined", use.keyword, name));
  }

  Linking& linking_;
  const ScopeLookup& scope_of_;
  std::set<std::pair<Definition::Kind, std::string>> defined_;
};

}  // namespace

void link_uses(Linking& linking, const ScopeLookup& scope_of) {
  UseChecker checker(linking, scope_of);
  for (const Use& use : linking.config.uses) checker.check(use);
}

}  // namespace shunt::graph
