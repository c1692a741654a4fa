// Collects ACLs, conditions and rule lists, and makes a Program of them.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "acl/acl_line.hpp"
#include "acl/acl_lookup.hpp"
#include "acl/alias_rows.hpp"
#include "acl/codes.hpp"
#include "acl/place_names.hpp"
#include "acl/program_data.hpp"
#include "parser/suggest.hpp"

namespace shunt::acl {
namespace {

using parser::DiagnosticSink;
using parser::Span;
using parser::Word;

struct NamedAcl {
  AclId id = 0;
  bool own = false;  // defined by an `acl` line; otherwise a predefined one that a condition asked for
  bool used = false;
};

struct Scope {
  std::map<std::string, NamedAcl, std::less<>> names;
  std::map<std::string, AclId, std::less<>> predefined;  // used above an `acl` line of the same name
  std::map<std::string, Span, std::less<>> refused;      // definitions with faults
  std::vector<std::string> order;                        // own names as they were defined first
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.:").find(c) != std::string_view::npos;
}

bool is_or(std::string_view name) {
  return name.size() == 2 && (name[0] | 0x20) == 'o' && (name[1] | 0x20) == 'r';
}

bool check_name(const Word& name, DiagnosticSink& sink) {
  const auto bad = std::ranges::find_if_not(name.value, is_name_character);
  if (name.value.empty()) {
    sink.report(codes::missing_acl_name, name.span, "an ACL needs a name");
  } else if (bad != name.value.end()) {
    const auto at = static_cast<std::size_t>(bad - name.value.begin());
    sink.report(codes::invalid_acl_name, name.slice(at, at + 1),
                fmt::format("character '{}' is not permitted in the ACL name '{}'", *bad, name.value));
  } else if (is_or(name.value)) {
    sink.report(
        codes::reserved_acl_name, name.span,
        fmt::format("an ACL named '{}' can never be used: '{}' divides the alternatives of a condition",
                    name.value, name.value));
  } else {
    return true;
  }
  return false;
}

// Words of a predefined ACL: all their bytes come from the place that named it.
class BorrowedWords {
 public:
  BorrowedWords(std::string_view text, Span span) : origins_(text.size(), span.begin) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(' '), text.size());
      words_.push_back({text.substr(0, end), span, std::span(origins_).first(end)});
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  [[nodiscard]] const std::vector<Word>& words() const { return words_; }

 private:
  std::vector<std::uint32_t> origins_;
  std::vector<Word> words_;
};

}  // namespace

struct ProgramBuilder::Data {
  fetchers::ExpressionPool pool;
  PatternStore patterns;
  std::vector<Acl> acls;
  std::vector<Condition> conditions;
  std::vector<std::vector<Rule>> lists;
  std::vector<std::unique_ptr<const fetchers::Lookup>> lookups;
  bool maps_checked = false;
  struct AclUse {
    AclLookup* lookup = nullptr;
    fetchers::ExpressionId expression = 0;
    Span span = {};
  };
  std::vector<AclUse> acl_lookups;          // among them
  std::map<std::uint32_t, ScopeId> owners;  // the scope of each proxy that expressions name ACLs in
  std::vector<Scope> scopes;


  AclId add_acl(std::string name, Span span) {
    acls.push_back({std::move(name), {}, span});
    return static_cast<AclId>(acls.size() - 1);
  }

  // The ACL of that name in the scope; a new one if there is none. A predefined one that was used goes on
  // [seen].
  AclId own_acl(Scope& scope, const Word& name) {
    auto found = scope.names.find(name.value);
    if (found == scope.names.end()) {
      const AclId id = add_acl(std::string(name.value), name.span);
      found = scope.names.emplace(std::string(name.value), NamedAcl{.id = id}).first;
    }
    if (!found->second.own) scope.order.emplace_back(name.value);
    found->second.own = true;
    return found->second.id;
  }

  // An ACL is known from its first line on.
  [[nodiscard]] bool stands_above(const NamedAcl& acl, const parser::ConditionTerm& term) const {
    const Span definition = acls[acl.id].span, use = term.span;
    if (!acl.own || !definition.known() || !use.known()) return true;
    return definition.file != use.file ? definition.file < use.file : definition.begin < use.begin;
  }

  std::optional<AclId> named(Scope& scope, const parser::ConditionTerm& term, DiagnosticSink& sink) {
    if (const auto found = scope.names.find(term.name); found != scope.names.end()) {
      found->second.used = true;
      if (stands_above(found->second, term)) return found->second.id;
    }
    if (const auto known = scope.predefined.find(term.name); known != scope.predefined.end())
      return known->second;
    const PredefinedRow* row = find_predefined(term.name);
    if (row == nullptr || fetchers::language_number(row->since) > pool.language()) {
      report_unknown(scope, term, sink);
      return std::nullopt;
    }
    const BorrowedWords words(row->text, term.span);
    auto test = compile_line(words.words(), term.span, {pool, patterns, sink});
    if (!test) return std::nullopt;
    const AclId id = add_acl(term.name, term.span);
    acls[id].tests.push_back(std::move(*test));
    if (!scope.names.emplace(term.name, NamedAcl{.id = id, .used = true}).second)
      scope.predefined.emplace(term.name, id);
    return id;
  }

  std::optional<AclId> anonymous(const parser::ConditionTerm& term, DiagnosticSink& sink) {
    auto test = compile_line(term.anonymous, term.span, {pool, patterns, sink});
    if (!test) return std::nullopt;
    const AclId id = add_acl({}, term.span);
    acls[id].tests.push_back(std::move(*test));
    return id;
  }

  void report_unknown(const Scope& scope, const parser::ConditionTerm& term, DiagnosticSink& sink) const {
    auto& finding = sink.report(codes::unknown_acl, term.span, fmt::format("no such ACL: '{}'", term.name));
    if (const auto refused = scope.refused.find(term.name); refused != scope.refused.end()) {
      finding.notes.push_back({"its definition has errors", refused->second});
      return;
    }
    if (const auto below = scope.names.find(term.name); below != scope.names.end()) {
      finding.notes.push_back({"it is defined only below; move the line up", acls[below->second.id].span});
      return;
    }
    const std::string_view wanted = term.name;
    if (fetchers::find_fetch(wanted.substr(0, wanted.find_first_of("(,"))) != nullptr) {
      finding.notes.push_back(
          {fmt::format("'{}' is a fetch; to test it here write {{ {} }}", wanted, wanted)});
      return;
    }
    std::vector<std::string_view> known;
    for (const auto& [name, acl] : scope.names) known.emplace_back(name);
    for (const PredefinedRow& row : predefined_rows()) known.emplace_back(row.name);
    if (const auto near = parser::nearest(term.name, known))
      finding.notes.push_back({fmt::format("did you mean '{}'?", *near)});
  }

  // HAProxy warns, and goes on with an ACL that never matches.
  void check_place(const Acl& acl, const parser::ConditionTerm& term, fetchers::Place place,
                   DiagnosticSink& sink) const {
    const auto unfit = [&](const AclTest& test) {
      const fetchers::FetchRow* row = pool[test.expression].fetch;
      return row != nullptr && !fetchers::usable_at(*row, place);
    };
    const auto first = std::ranges::find_if(acl.tests, unfit);
    if (first == acl.tests.end()) return;
    const bool all = std::ranges::all_of(acl.tests, unfit);
    const std::string who = term.name.empty() ? "this anonymous ACL" : fmt::format("ACL '{}'", term.name);
    sink.report(all ? codes::acl_never_matches : codes::acl_partly_matches, term.span,
                fmt::format("{} {} '{}', which has no value in a {}", who,
                            all ? "never matches here: it uses" : "uses", pool[first->expression].fetch->name,
                            place_name(place)));
  }

  void link_map(const fetchers::UnresolvedArgument& use, DiagnosticSink& sink) {
    fetchers::ArgumentValue& file = pool.argument(use.argument);
    static const fetchers::ArgumentValue nothing;
    const bool has_default = read_map_kind(use.function).output != MapOutput::key;
    const auto& otherwise = has_default ? pool.argument(use.argument + 1) : nothing;
    auto lookup = make_map_lookup(use, file, otherwise, patterns, sink);
    file.lookup = lookup.get();
    if (lookup) lookups.push_back(std::move(lookup));
  }

  // One name of `acl(a,!b)`, which all belong to the lookup behind the first, or the one of `when(acl,a)`.
  void link_acl(const fetchers::UnresolvedArgument& use, DiagnosticSink& sink) {
    const bool fetch = use.function == "acl";
    const std::uint32_t first = fetch ? pool[use.expression].first_argument : use.argument;
    if (pool.argument(first).lookup == nullptr) {
      auto made = std::make_unique<AclLookup>();
      acl_lookups.push_back({made.get(), use.expression, use.span});
      pool.argument(first).lookup = made.get();
      lookups.push_back(std::move(made));
    }
    std::string_view name = pool.argument(use.argument).text;
    const bool negated = name.starts_with('!');
    if (negated) name.remove_prefix(1);
    const auto owner = owners.find(use.owner);
    Scope none;
    Scope& scope = owner == owners.end() ? none : scopes[owner->second];
    const auto id = named(scope, {.name = std::string(name), .span = use.span}, sink);
    if (!id) return;
    const fetchers::Lookup* lookup = pool.argument(first).lookup;
    std::ranges::find(acl_lookups, lookup, &AclUse::lookup)->lookup->add({*id, negated});
  }

  // Whether asking one would ask the other; `seen` were looked at.
  [[nodiscard]] bool reaches(const AclLookup& from, const AclLookup& target, std::set<AclId>& seen) {
    for (const Term& term : from.terms()) {
      if (!seen.insert(term.acl).second) continue;
      for (const AclTest& test : acls[term.acl].tests)
        for (const AclUse& use : acl_lookups)
          if (use.expression == test.expression &&
              (use.lookup == &target || reaches(*use.lookup, target, seen)))
            return true;
    }
    return false;
  }

  // `acl a acl(a)` would never end.
  void break_circles(DiagnosticSink& sink) {
    for (const AclUse& use : acl_lookups) {
      std::set<AclId> seen;
      if (!reaches(*use.lookup, *use.lookup, seen)) continue;
      sink.report(codes::unknown_acl, use.span, "an ACL that is named here asks for itself again");
      use.lookup->forget();
    }
  }

  std::optional<Term> compile_term(Scope& scope, const parser::ConditionTerm& term, fetchers::Place place,
                                   DiagnosticSink& sink) {
    const auto id = term.name.empty() ? anonymous(term, sink) : named(scope, term, sink);
    if (!id) return std::nullopt;
    check_place(acls[*id], term, place, sink);
    return Term{*id, term.negated};
  }
};

ProgramBuilder::ProgramBuilder() : data_(std::make_unique<Data>()) {}
ProgramBuilder::~ProgramBuilder() = default;

ScopeId ProgramBuilder::new_scope() {
  data_->scopes.emplace_back();
  return static_cast<ScopeId>(data_->scopes.size() - 1);
}

void ProgramBuilder::define(ScopeId scope, const Word& name, std::span<const Word> words,
                            DiagnosticSink& sink) {
  data_->owners[data_->pool.owner()] = scope;
  if (!check_name(name, sink)) return;
  Scope& target = data_->scopes[scope];
  auto test = compile_line(words, name.span, {data_->pool, data_->patterns, sink});
  if (!test) {
    target.refused.emplace(std::string(name.value), name.span);
    return;
  }
  data_->acls[data_->own_acl(target, name)].tests.push_back(std::move(*test));
}

std::optional<ConditionId> ProgramBuilder::compile(ScopeId scope, const parser::ConditionTree& tree,
                                                   fetchers::Place place, DiagnosticSink& sink) {
  data_->owners.try_emplace(data_->pool.owner(), scope);
  Condition condition{.unless = tree.unless, .alternatives = {}, .span = tree.span};
  bool good = true;
  for (const auto& alternative : tree.alternatives) {
    auto& terms = condition.alternatives.emplace_back();
    for (const parser::ConditionTerm& written : alternative) {
      const auto term = data_->compile_term(data_->scopes[scope], written, place, sink);
      good = good && term.has_value();
      if (term) terms.push_back(*term);
    }
  }
  if (!good) return std::nullopt;
  data_->conditions.push_back(std::move(condition));
  return static_cast<ConditionId>(data_->conditions.size() - 1);
}

RuleListId ProgramBuilder::add_list(std::vector<Rule> rules) {
  data_->lists.push_back(std::move(rules));
  return static_cast<RuleListId>(data_->lists.size() - 1);
}

fetchers::ExpressionPool& ProgramBuilder::expressions() { return data_->pool; }

void ProgramBuilder::set_files(const PatternFiles& files) {
  data_->pool.set_language(files.language);
  data_->patterns.set_files(files);
}

void ProgramBuilder::check_maps(DiagnosticSink& sink) {
  if (std::exchange(data_->maps_checked, true)) return;
  for (std::size_t i = 0; i < data_->pool.unresolved().size(); ++i) {
    const fetchers::UnresolvedArgument use = data_->pool.unresolved()[i];
    const fetchers::ArgumentValue& argument = data_->pool.argument(use.argument);
    switch (argument.type) {
      case fetchers::ArgumentType::map: data_->link_map(use, sink); break;
      case fetchers::ArgumentType::pattern: data_->link_acl(use, sink); break;
      default: break;
    }
  }
  data_->break_circles(sink);
}

std::vector<std::pair<std::string, Span>> ProgramBuilder::unused(ScopeId scope) const {
  std::vector<std::pair<std::string, Span>> result;
  for (const std::string& name : data_->scopes[scope].order) {
    const NamedAcl& acl = data_->scopes[scope].names.find(name)->second;
    if (!acl.used) result.emplace_back(name, data_->acls[acl.id].span);
  }
  return result;
}

namespace {

// The switch of the indexes: the same patterns again, compared one by one.
void drop_indexes(const PatternSlots& slots) {
  DiagnosticSink ignored;  // these patterns were read without fault before
  for (const auto& slot : slots) {
    PatternVersion version = slot->current();
    PatternOptions options = version.set->options();
    options.index = false;
    version.set = PatternSet::build(options, version.set->entries(), ignored);
    slot->replace(std::move(version));
    slot->reclaim();
  }
}

}  // namespace

Program ProgramBuilder::finish(const Optimisations& optimisations) && {
  DiagnosticSink unheard;  // who wants to know has called check_maps() before
  check_maps(unheard);
  auto data = std::make_unique<ProgramData>();
  data->pool = std::move(data_->pool);
  data->acls = std::move(data_->acls);
  data->conditions = std::move(data_->conditions);
  data->slots = data_->patterns.take();
  data->file_sets = data_->patterns.take_file_sets();
  data->lists = std::move(data_->lists);
  data->lookups = std::move(data_->lookups);
  data->optimisations = optimisations;
  if (!optimisations.pattern_indexes) drop_indexes(data->slots);
  for (FileSet& set : data->file_sets) {
    set.version = data->slots[set.id]->current();
    set.options = set.version.set->options();
  }
  for (const Data::AclUse& use : data_->acl_lookups) use.lookup->attach(*data);
  data->compile();
  return Program(std::move(data));
}

}  // namespace shunt::acl
