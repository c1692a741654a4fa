// The compiled rules of one graph: conditions -> terms -> ACLs -> expressions -> pattern sets, as flat
// arrays.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acl/pattern_files.hpp"
#include "acl/pattern_set.hpp"
#include "acl/pattern_slot.hpp"
#include "fetchers/expression.hpp"
#include "parser/condition_tree.hpp"
#include "parser/diagnostic.hpp"
#include "parser/syntax.hpp"

namespace shunt::acl {

// `unknown`: undecided until more arrives. In a final evaluation (Context.final) an unknown ACL is `no`
// before its `!` applies.
enum class Truth : std::uint8_t { no, unknown, yes };

using AclId = std::uint32_t;
using ConditionId = std::uint32_t;
using RuleListId = std::uint32_t;
inline constexpr ConditionId always = 0xffffffff;  // a rule without condition
inline constexpr RuleListId no_rules = 0xffffffff;

// One `acl` line (or anonymous ACL): true when the value matches one of the patterns.
struct AclTest {
  fetchers::ExpressionId expression = 0;
  MatchMethod method = MatchMethod::found;
  std::vector<std::uint32_t> pattern_sets =
      {};  // one for each -f, one for the words; unused by `found` and `bool`
};
// Lines of one name are alternatives.
struct Acl {
  std::string name;  // empty for an anonymous one
  std::vector<AclTest> tests;
  parser::Span span = {};
};
struct Term {
  AclId acl = 0;
  bool negated = false;
};
struct Condition {
  bool unless = false;
  std::vector<std::vector<Term>> alternatives;  // "or" of "and"
  parser::Span span = {};
};
struct Rule {
  ConditionId condition = always;
  std::uint32_t payload = 0;  // the caller's: index of an action, a backend, ...
  parser::Span span = {};
  bool final = false;     // where it applies, no rule behind it is looked at
  bool rewrites = false;  // its action changes what pure expressions read (set-src)
};

// Which optimisations are on; every test runs with all off and all on.
struct Optimisations {
  bool fold_constants = true;    // what never changes is decided when the file is read
  bool drop_unreachable = true;  // rules that can't apply are not looked at
  bool share_values = true;      // pure tests and values are computed once in one walk through a list
  bool ladders = true;           // runs of rules on one pure expression become one lookup
  bool drop_shadowed = true;     // nor those of a ladder whose patterns all belong to rules above
  bool pattern_indexes = true;   // off: patterns are compared one by one
  bool record = false;           // keeps the text of the program before and after each of them
  [[nodiscard]] static Optimisations none() { return {false, false, false, false, false, false, false}; }
};

// The program as text, after one of the optimisations ("written": before the first).
struct PassText {
  std::string_view name;
  std::string text;
};

// A rule that can never apply, and why.
struct Unreachable {
  enum class Why : std::uint8_t {
    never,     // its condition can't hold
    behind,    // rule `by` always applies and ends the list
    shadowed,  // rule `by` and others above take all that it asks for
  };
  std::uint32_t rule = 0;
  Why why = Why::never;
  std::uint32_t by = 0;
};

// What walking a rule list came to: the next rule that applies, a wait for more input, or the end.
struct ListStep {
  enum class Kind : std::uint8_t { apply, wait, end } kind = Kind::end;
  std::uint32_t rule = 0;  // index in the list: the one that applies, or the one that waits
};

struct FileSet;      // acl/file_sets.hpp
struct ProgramData;  // acl/program_data.hpp, for this room only

class Program {
 public:
  [[nodiscard]] Truth evaluate(ConditionId condition, fetchers::Context& context) const;

  // From rule `from` on, the first one whose condition holds (`apply`), or that can't be decided yet
  // (`wait`). To go on after executing rule n, call again with n + 1.
  [[nodiscard]] ListStep next(RuleListId list, std::uint32_t from, fetchers::Context& context) const;

  [[nodiscard]] const std::vector<Rule>& rules(RuleListId list) const;
  [[nodiscard]] const fetchers::ExpressionPool& expressions() const;
  [[nodiscard]] const Acl& acl(AclId id) const;
  [[nodiscard]] const Condition& condition(ConditionId id) const;
  [[nodiscard]] const PatternSet& pattern_set(std::uint32_t id) const;
  [[nodiscard]] std::size_t acl_count() const;
  [[nodiscard]] std::size_t condition_count() const;
  [[nodiscard]] std::size_t pattern_set_count() const;
  [[nodiscard]] std::size_t list_count() const;
  // What the optimisations found out about a list; for lint. Empty where they are off.
  [[nodiscard]] std::vector<Unreachable> unreachable(RuleListId list) const;
  [[nodiscard]] const std::vector<PassText>& passes() const;  // with Optimisations::record

  // Puts other patterns in the place of a set while the program runs; what was derived from the old ones is
  // made anew. One caller at a time. Readers that are in an evaluation go on with the old ones until
  // reclaim(), which the caller may use when all evaluations that began before have ended.
  void replace_patterns(std::uint32_t id, PatternVersion version) const;
  void reclaim() const;

  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

 private:
  friend class ProgramBuilder;
  friend std::string dump(const Program& program);
  friend const std::vector<FileSet>& file_sets(const Program& program);  // acl/file_sets.hpp
  friend void replace_sets(const Program& program, const std::vector<FileSet>& fresh);
  explicit Program(std::unique_ptr<ProgramData> data);
  std::unique_ptr<ProgramData> data_;
};

// The names of ACLs that one proxy's rules can use: its own, then HAProxy's predefined ones.
using ScopeId = std::uint32_t;

// Turns what the configuration says into a Program. All faults go to the sink.
class ProgramBuilder {
 public:
  ProgramBuilder();
  ~ProgramBuilder();

  [[nodiscard]] ScopeId new_scope();
  // `acl NAME CRITERION [flags] [patterns]`: `words` begins with the criterion. A second line of the name is
  // an alternative.
  void define(ScopeId scope, const parser::Word& name, std::span<const parser::Word> words,
              parser::DiagnosticSink& sink);
  // nullopt: faults were reported. The condition's fetches are checked against `place` (one bit).
  [[nodiscard]] std::optional<ConditionId> compile(ScopeId scope, const parser::ConditionTree& tree,
                                                   fetchers::Place place, parser::DiagnosticSink& sink);
  [[nodiscard]] RuleListId add_list(std::vector<Rule> rules);
  [[nodiscard]] fetchers::ExpressionPool& expressions();
  // Whose language is read and how pattern and map files are found; before anything is defined.
  void set_files(const PatternFiles& files);
  // Loads the files of map converters among the expressions (those that nothing was reported about); finds
  // the ACLs that `acl()` names.
  void check_maps(parser::DiagnosticSink& sink);
  // Names of the scope's own ACLs that no condition used (for lint), in order of definition.
  [[nodiscard]] std::vector<std::pair<std::string, parser::Span>> unused(ScopeId scope) const;

  [[nodiscard]] Program finish(const Optimisations& optimisations) &&;

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

// Stable text of conditions, ACLs, pattern sets, rule lists and the passes' result (part of `shunt dump
// --stage=graph`).
[[nodiscard]] std::string dump(const Program& program);

}  // namespace shunt::acl
