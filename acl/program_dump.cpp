// The stable text of a Program.
#include <fmt/core.h>

#include <iterator>
#include <utility>

#include "acl/program_data.hpp"

namespace shunt::acl {
namespace {

// Bytes that would spoil a line are written as \xHH.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      fmt::format_to(std::back_inserter(result), "\\x{:02x}", c);
    else
      result += c;
  }
  return result + '"';
}

class Dumper {
 public:
  explicit Dumper(const Program& program) : program_(program) {}

  void tables() {
    for (AclId id = 0; id < program_.acl_count(); ++id) acl(id);
    for (std::uint32_t id = 0; id < program_.pattern_set_count(); ++id) pattern_set(id);
    for (ConditionId id = 0; id < program_.condition_count(); ++id) condition(id);
  }

  void list(RuleListId id, const FlatList& code) {
    add("list {}\n", id);
    const std::vector<Rule>& rules = program_.rules(id);
    auto dead = code.unreachable.begin();
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
      add("  rule {} payload {}", i, rules[i].payload);
      if (rules[i].condition != always) add(" condition {}", rules[i].condition);
      if (dead != code.unreachable.end() && dead->rule == i) add(" ({})", reason(*dead++));
      add("\n");
    }
    for (const auto& ladder : code.ladders) add("  {}\n", ladder->text(program_.expressions()));
  }

  std::string take() { return std::move(text_); }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void acl(AclId id) {
    const Acl& acl = program_.acl(id);
    add("acl {} {}\n", id, acl.name.empty() ? "(anonymous)" : acl.name);
    for (const AclTest& test : acl.tests) {
      add("  test {} -m {}", program_.expressions().text(test.expression), method_name(test.method));
      for (const std::uint32_t set : test.pattern_sets) add(" patterns {}", set);
      add("\n");
    }
  }

  void pattern_set(std::uint32_t id) {
    const PatternSet& set = program_.pattern_set(id);
    add("patterns {} -m {}{}{}\n", id, method_name(set.options().method),
        set.options().ignore_case ? " -i" : "", set.options().index ? "" : " (not indexed)");
    for (const PatternText& entry : set.entries()) add("  {}\n", quoted(entry.text));
  }

  void condition(ConditionId id) {
    const Condition& condition = program_.condition(id);
    add("condition {} {}", id, condition.unless ? "unless" : "if");
    bool first = true;
    for (const auto& alternative : condition.alternatives) {
      if (!std::exchange(first, false)) add(" or");
      for (const Term& term : alternative) add(" {}acl:{}", term.negated ? "!" : "", term.acl);
    }
    add("\n");
  }

  const Program& program_;
  std::string text_;
};

}  // namespace

std::string dump(const Program& program) {
  Dumper dumper(program);
  dumper.tables();
  for (RuleListId id = 0; id < program.list_count(); ++id) dumper.list(id, program.data_->code().lists[id]);
  return dumper.take();
}

}  // namespace shunt::acl
