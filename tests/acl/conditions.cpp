// Conditions in three values: every condition of up to four terms, over ACLs that become decided as bytes
// arrive.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "lab.hpp"
#include "reference_evaluator.hpp"

namespace shunt::acl::testing {
namespace {

// ACL `aN` looks at byte N of the request: yes for 'y', no for 'n', unknown until it has come.
constexpr int acl_count = 3;

void define_acls(Lab& lab) {
  for (int i = 0; i < acl_count; ++i)
    lab.define("a" + std::to_string(i) + " req.payload(" + std::to_string(i) + ",1) -m str y");
}

std::vector<Truth> values_of(std::string_view bytes) {
  std::vector<Truth> values(acl_count, Truth::unknown);
  for (std::size_t i = 0; i < bytes.size(); ++i) values[i] = bytes[i] == 'y' ? Truth::yes : Truth::no;
  return values;
}

std::vector<std::string> all_arrivals() {
  std::vector<std::string> result{""};
  for (std::size_t i = 0; i < result.size(); ++i)
    if (result[i].size() < acl_count)
      for (const char c : {'y', 'n'}) result.push_back(result[i] + c);
  return result;
}

std::string text_of(const ReferenceCondition& condition) {
  std::string text = condition.unless ? "unless" : "if";
  for (std::size_t i = 0; i < condition.alternatives.size(); ++i) {
    if (i > 0) text += " or";
    for (const ReferenceTerm& term : condition.alternatives[i])
      text += std::string(term.negated ? " !a" : " a") + std::to_string(term.acl);
  }
  return text;
}

// All conditions of `count` terms: each names any ACL, negated or not, after `and` or `or`.
void add_conditions(int count, std::vector<ReferenceCondition>& result) {
  const int choices = acl_count * 2 * 2;
  int total = 1;
  for (int i = 0; i < count; ++i) total *= choices;
  for (int code = 0; code < total; ++code) {
    ReferenceCondition condition;
    bool first_is_or = false;
    for (int i = 0, rest = code; i < count; ++i, rest /= choices) {
      const bool opens = rest % 2 != 0;
      if (i == 0) first_is_or = opens;
      if (i == 0 || opens) condition.alternatives.emplace_back();
      condition.alternatives.back().push_back({.acl = rest / 4 % acl_count, .negated = rest / 2 % 2 != 0});
    }
    if (first_is_or) continue;  // the same as without
    result.push_back(condition);
    condition.unless = true;
    result.push_back(condition);
  }
}

class Conditions : public ::testing::TestWithParam<Optimisations> {};

TEST_P(Conditions, AgreeWithTheReferenceWhateverArrives) {
  std::vector<ReferenceCondition> conditions;
  // Which ACL is decided first is no restriction: every term names every ACL.
  // Four terms are a hundred thousand conditions, so single optimisations are content with three.
  const bool long_run = GetParam().ladders == GetParam().fold_constants &&
                        GetParam().share_values == GetParam().drop_shadowed &&
                        GetParam().drop_unreachable == GetParam().pattern_indexes &&
                        GetParam().ladders == GetParam().share_values &&
                        GetParam().ladders == GetParam().drop_unreachable;
  for (int count = 1; count <= (long_run ? 4 : 3); ++count) add_conditions(count, conditions);
  Lab lab;
  define_acls(lab);
  std::vector<ConditionId> ids;
  for (const ReferenceCondition& condition : conditions) ids.push_back(lab.compile(text_of(condition)));
  ASSERT_EQ(lab.found(), "");
  const Program program = lab.finish(GetParam());
  std::array<int, 3> seen{};
  for (const std::string& bytes : all_arrivals()) {
    for (const bool final : {false, true}) {
      Arrival arrival(bytes, final);
      for (std::size_t i = 0; i < conditions.size(); ++i) {
        const Truth expected = reference_evaluate(conditions[i], values_of(bytes), final);
        ASSERT_EQ(name(program.evaluate(ids[i], arrival.context)), name(expected))
            << text_of(conditions[i]) << " with '" << bytes << "'" << (final ? ", final" : "");
        ++seen[static_cast<std::size_t>(expected)];
      }
    }
  }
  for (const int count : seen) EXPECT_GT(count, 1000);
}

TEST_P(Conditions, RandomRuleListsAgreeWithTheReference) {
  std::vector<ReferenceCondition> pool;
  for (int count = 1; count <= 3; ++count) add_conditions(count, pool);
  unsigned random = 4711;
  const auto below = [&](std::size_t limit) {
    return (random = random * 1664525 + 1013904223) / 65536 % limit;
  };
  Lab lab;
  define_acls(lab);
  std::vector<std::vector<ReferenceCondition>> lists(60);
  for (auto& list : lists) {
    list.resize(1 + below(below(4) == 0 ? 200 : 20));
    std::vector<std::string> texts;
    for (ReferenceCondition& condition : list) texts.push_back(text_of(condition = pool[below(pool.size())]));
    lab.list(texts);
  }
  ASSERT_EQ(lab.found(), "");
  const Program program = lab.finish(GetParam());
  for (RuleListId id = 0; id < lists.size(); ++id) {
    for (const std::string& bytes : all_arrivals()) {
      for (const bool final : {false, true}) {
        Arrival arrival(bytes, final);
        for (std::uint32_t from = 0; from <= lists[id].size(); ++from) {
          const ListStep expected = reference_next(lists[id], from, values_of(bytes), final);
          const ListStep step = program.next(id, from, arrival.context);
          ASSERT_EQ(step.kind, expected.kind)
              << "list " << id << " from " << from << " with '" << bytes << "'";
          ASSERT_EQ(step.rule, expected.rule);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Optimisations, Conditions, ::testing::ValuesIn(combinations()));

struct Single {
  std::string_view condition;
  std::string_view bytes;
  bool final;
  Truth truth;
};

class SingleConditions : public ::testing::TestWithParam<Single> {};

TEST_P(SingleConditions, AreDecidedAsHaproxyDoes) {
  Lab lab;
  const ConditionId id = lab.compile(GetParam().condition);
  ASSERT_FALSE(lab.sink.has_errors()) << lab.found();
  const Program program = lab.finish();
  Arrival arrival{std::string(GetParam().bytes), GetParam().final};
  EXPECT_EQ(name(program.evaluate(id, arrival.context)), name(GetParam().truth)) << GetParam().condition;
}

// The table of the measured rules (algorithms.md 6.2), and empty conditions.
INSTANTIATE_TEST_SUITE_P(
    Measured, SingleConditions,
    ::testing::Values(
        Single{"if { req.len ge 5 }", "abc", false, Truth::unknown},
        Single{"if { req.len ge 5 }", "abc", true, Truth::no},
        Single{"if { req.len ge 5 }", "abcdef", false, Truth::yes},
        Single{"if { req.len lt 5 }", "abc", false, Truth::yes},
        Single{"if { req.len lt 5 }", "abcdefg", false, Truth::unknown},
        Single{"if { req.len lt 5 }", "abcdefg", true, Truth::no},
        Single{"if !{ req.len ge 5 }", "abc", false, Truth::unknown},
        Single{"if !{ req.len ge 5 }", "abc", true, Truth::yes},
        Single{"if !{ req.len ge 5 }", "abcdefg", false, Truth::no},
        Single{"if { req.len ge 5 } { src 9.9.9.9 }", "abc", false, Truth::unknown},
        Single{"if { src 9.9.9.9 } { req.len ge 5 }", "abc", false, Truth::no},
        Single{"if { req.len ge 5 } or { src 127.0.0.1 }", "abc", false, Truth::yes},
        Single{"if { src 127.0.0.1 } or { req.len ge 5 }", "abc", false, Truth::yes},
        Single{"unless { req.len ge 5 }", "abc", false, Truth::unknown},
        Single{"unless { req.len ge 5 }", "abc", true, Truth::yes},
        Single{"if WAIT_END", "abc", false, Truth::unknown}, Single{"if WAIT_END", "abc", true, Truth::yes},
        Single{"if", "abc", false, Truth::no}, Single{"unless", "abc", false, Truth::yes},
        Single{"if TRUE or", "", false, Truth::yes}, Single{"if or TRUE", "", false, Truth::yes},
        Single{"if FALSE or", "", false, Truth::no}, Single{"if or", "", false, Truth::no},
        Single{"unless or", "", false, Truth::yes}, Single{"if FALSE || TRUE", "", false, Truth::yes},
        Single{"if LOCALHOST", "", false, Truth::yes}, Single{"if REQ_CONTENT", "", false, Truth::unknown},
        Single{"if REQ_CONTENT", "x", false, Truth::yes},
        Single{"if { req.payload(0,0) -m found }", "", false, Truth::yes},
        Single{"if { req.payload(0,0) -m beg ab }", "ab", false, Truth::yes},
        Single{"if { req.payload(0,0) -m beg xx }", "ab", false, Truth::unknown},
        Single{"if { req.payload(0,17000) -m found }", "ab", false, Truth::no},
        Single{"if { req.payload(2,2) -m str cd }", "abc", false, Truth::unknown},
        Single{"if { req.payload(2,2) -m str cd }", "abcde", false, Truth::yes},
        Single{"if { req.payload(0,7) -m bin 5353482d322e30 }", "SSH-2.0-x", false, Truth::yes},
        Single{"if { payload(0,7) 5353482d322e30 }", "SSH-2.0-x", false, Truth::yes},
        Single{"if { req.len }", "abc", true, Truth::no},
        Single{"if { req.len -m bool }", "abc", true, Truth::yes},
        Single{"if { req.len -m found }", "", true, Truth::yes},
        Single{"if { req.len gt 2 lt 1 }", "abc", true, Truth::yes},
        Single{"if { req.len gt 3 lt 3 }", "abc", true, Truth::no},
        Single{"if { src -m beg 127. }", "", true, Truth::yes},
        Single{"if { src -m bin 7f000001 }", "", true, Truth::yes},
        Single{"if { src -m int 2130706433 }", "", true, Truth::yes},
        Single{"if { src_port -m len 4 }", "", true, Truth::yes},
        Single{"if { always_true nonsense }", "", true, Truth::yes},
        Single{"if { always_false -m found }", "", true, Truth::yes},
        Single{"if { always_true -m int 1 }", "", true, Truth::yes},
        Single{"if { always_true -m int }", "", true, Truth::no},
        Single{"if { always_false -m str 0 }", "", true, Truth::yes}));

// Lines of one name are alternatives, and the better one counts: yes over unknown over no.
TEST(Acls, LinesAreAlternatives) {
  Lab lab;
  lab.define("a req.payload(0,1) -m str x");
  lab.define("a req.payload(1,1) -m str y");
  const ConditionId id = lab.compile("if a");
  const Program program = lab.finish();
  for (const auto& [bytes, truth] : {std::pair{"", Truth::unknown},
                                     {"x", Truth::yes},
                                     {"n", Truth::unknown},
                                     {"ny", Truth::yes},
                                     {"nn", Truth::no}}) {
    Arrival arrival(bytes);
    EXPECT_EQ(name(program.evaluate(id, arrival.context)), name(truth)) << bytes;
  }
}

TEST(Acls, LaterLinesExtendWhatEarlierRulesUse) {
  Lab lab;
  lab.define("a src 9.9.9.9");
  const ConditionId own = lab.compile("if a"), predefined = lab.compile("if FALSE");
  lab.define("a src 127.0.0.1");
  lab.define("FALSE src 127.0.0.1");
  const Program program = lab.finish();
  Arrival arrival("");
  EXPECT_EQ(name(program.evaluate(own, arrival.context)), "yes");
  EXPECT_EQ(name(program.evaluate(predefined, arrival.context)), "yes");
}

TEST(Acls, OwnDefinitionReplacesAPredefinedOne) {
  Lab lab;
  lab.define("TRUE src 9.9.9.9");
  const ConditionId id = lab.compile("if TRUE");
  lab.scope = lab.builder.new_scope();
  const ConditionId elsewhere = lab.compile("if TRUE");
  const Program program = lab.finish();
  Arrival arrival("");
  EXPECT_EQ(name(program.evaluate(id, arrival.context)), "no");
  EXPECT_EQ(name(program.evaluate(elsewhere, arrival.context)), "yes");
}

TEST(Rules, WithoutConditionAlwaysApply) {
  Lab lab;
  const RuleListId list = lab.list({"if FALSE", "", "if TRUE"});
  const Program program = lab.finish();
  Arrival arrival("");
  EXPECT_EQ(program.next(list, 0, arrival.context).rule, 1u);
  EXPECT_EQ(program.next(list, 2, arrival.context).rule, 2u);
  EXPECT_EQ(program.next(list, 3, arrival.context).kind, ListStep::Kind::end);
  EXPECT_EQ(program.next(no_rules, 0, arrival.context).kind, ListStep::Kind::end);
}

}  // namespace
}  // namespace shunt::acl::testing
