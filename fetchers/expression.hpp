// Compiled sample expressions: a fetch and its converters as flat arrays of {function, arguments}.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "fetchers/rows.hpp"
#include "parser/diagnostic.hpp"
#include "parser/expression_tree.hpp"

namespace shunt::fetchers {

using ExpressionId = std::uint32_t;

struct ConvertStep {
  ConvertFunction function = nullptr;
  SampleType in = SampleType::any;  // cast to this first
  std::uint32_t first_argument = 0;
  std::uint32_t argument_count = 0;
};

struct Expression {
  FetchFunction function = nullptr;
  std::uint32_t first_argument = 0;
  std::uint32_t argument_count = 0;
  std::uint32_t first_step = 0;
  std::uint32_t step_count = 0;
  SampleType out = SampleType::any;
  Purity purity = Purity::pure;
  bool constant = false;            // always the same value
  bool runs = true;                 // false: a row that this build can't execute (already reported)
  const FetchRow* fetch = nullptr;  // the one that runs, not one that stands for it
};

// What Lua programs registered: names that may stand behind "lua.".
struct ScriptNames {
  using Names = std::set<std::string, std::less<>>;
  Names actions = {}, services = {}, fetches = {}, converters = {};
  bool open = false;  // a program may register more than its text shows

  [[nodiscard]] bool knows(const Names& names, std::string_view word) const {
    constexpr std::string_view prefix = "lua.";
    return word.starts_with(prefix) && (open || names.contains(word.substr(prefix.size())));
  }
};

// A name in an argument that the linker must turn into an id (`nbsrv(be)`).
struct UnresolvedArgument {
  ExpressionId expression = 0;
  std::uint32_t argument = 0;  // index into the pool's arguments
  parser::Span span = {};
  std::string_view function = {};  // the fetch or converter that takes it
  std::uint32_t owner = no_owner;  // the proxy that stands for an empty name

  static constexpr std::uint32_t no_owner = 0xffffffff;
};

// What to say about a fetch that can't have a value at its place. ACLs have words of their own (`silent`,
// then usable_at()); actions (`error`) and formats (`unreliable`) refuse it, each in HAProxy's words.
enum class Misplaced : std::uint8_t { silent, unreliable, error };

// All expressions of one graph. Equal pure expressions get one id.
class ExpressionPool {
 public:
  // Checks names, arguments and types. `place`: exactly one bit. nullopt: faults were reported. A valid name
  // that can't run yet is reported as `unsupported` (error) and still yields an id, so that checking goes on.
  [[nodiscard]] std::optional<ExpressionId> compile(const parser::ExpressionTree& tree, Place place,
                                                    parser::DiagnosticSink& sink,
                                                    Misplaced misplaced = Misplaced::error);
  // Yields the value; the sample's bytes live until the Context's scratch is reset or its buffers change.
  [[nodiscard]] Fetched evaluate(ExpressionId id, Context& context, Sample& out) const;
  // The same, cast to `to` at the end; a failing cast is "no value".
  [[nodiscard]] Fetched evaluate(ExpressionId id, Context& context, SampleType to, Sample& out) const;

  [[nodiscard]] const Expression& operator[](ExpressionId id) const { return expressions_[id]; }
  [[nodiscard]] std::size_t size() const { return expressions_.size(); }
  [[nodiscard]] const std::string& text(ExpressionId id) const {
    return texts_[id];
  }  // canonical form, for dumps
  [[nodiscard]] std::vector<UnresolvedArgument>& unresolved() { return unresolved_; }
  [[nodiscard]] ArgumentValue& argument(std::uint32_t index) { return arguments_[index]; }
  // The version of the language whose names are known; the newest by default.
  void set_language(int language) { language_ = language; }
  [[nodiscard]] int language() const { return language_; }
  void set_scripts(const ScriptNames& names) { scripts_ = names; }
  // Whose expressions are compiled from now on (UnresolvedArgument::owner).
  void set_owner(std::uint32_t proxy) { owner_ = proxy; }
  [[nodiscard]] std::uint32_t owner() const { return owner_; }
  [[nodiscard]] VariableNames& variable_names() { return variable_names_; }
  [[nodiscard]] const VariableNames& variable_names() const { return variable_names_; }

 private:
  std::vector<Expression> expressions_;
  std::vector<ConvertStep> steps_;
  std::vector<ArgumentValue> arguments_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, ExpressionId> shared_;  // pure ones by canonical text
  std::vector<UnresolvedArgument> unresolved_;
  VariableNames variable_names_;
  int language_ = newest_language;
  ScriptNames scripts_;
  std::uint32_t owner_ = UnresolvedArgument::no_owner;

  friend class ExpressionCompiler;  // expression_compiler.cpp
};

}  // namespace shunt::fetchers
