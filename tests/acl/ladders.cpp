// Ladders: runs of rules on one value answer like the rules one by one, whatever arrives.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "lab.hpp"

namespace shunt::acl::testing {
namespace {

std::string condition(std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return random() % limit; };
  const auto word = [&] {
    std::string text(2, ' ');
    for (char& c : text) c = "abAB"[below(4)];
    return text;
  };
  const std::string flag = below(2) != 0 ? "-i " : "";
  switch (below(12)) {
    case 0: return "";
    case 1: return "unless { req.payload(0,2) -m str " + word() + " }";
    case 2: return "if !{ req.payload(0,2) -m str " + word() + " }";
    case 3: return "if { req.payload(1,2) -m str " + flag + word() + " }";
    case 4: return "if { req.payload(0,2) -m beg " + word() + " }";
    case 5: return "if { req.payload(0,0) -m str " + flag + word() + " }";
    case 6: return "if { req.payload(0,2) -m str " + word() + " } { req.len gt 2 }";
    case 7: return "if named";
    default: return "if { req.payload(0,2) -m str " + flag + word() + " " + word() + " }";
  }
}

Program build(const std::vector<std::vector<std::string>>& lists, const Optimisations& optimisations) {
  Lab lab;
  lab.define("named req.payload(0,2) -m str ab");
  lab.define("named req.payload(0,2) -m str -i BB");
  for (const auto& list : lists) lab.list(list);
  EXPECT_EQ(lab.found(), "");
  return lab.finish(optimisations);
}

TEST(Ladders, AnswerLikeTheRulesOneByOne) {
  std::mt19937 random(42);
  std::vector<std::vector<std::string>> lists(150);
  for (auto& list : lists)
    for (std::size_t i = 0, size = 1 + random() % 60; i < size; ++i) list.push_back(condition(random));
  const Program plain = build(lists, Optimisations::none());
  const Program quick = build(lists, {});
  EXPECT_NE(dump(quick).find("ladder"), std::string::npos);
  EXPECT_EQ(dump(plain).find("ladder"), std::string::npos);
  std::size_t kinds[3] = {};
  for (const char* bytes : {"", "a", "ab", "aB", "bb", "BB", "abb", "zz", "aab"}) {
    for (const auto& [final, complete] : {std::pair{false, false}, {true, false}, {true, true}}) {
      Arrival arrival(bytes, final, complete);
      for (RuleListId id = 0; id < lists.size(); ++id) {
        for (std::uint32_t from = 0; from < lists[id].size(); ++from) {
          const ListStep expected = plain.next(id, from, arrival.context);
          const ListStep step = quick.next(id, from, arrival.context);
          ASSERT_EQ(step.kind, expected.kind)
              << "list " << id << " from " << from << " with '" << bytes << "'";
          ASSERT_EQ(step.rule, expected.rule)
              << "list " << id << " from " << from << " with '" << bytes << "'";
          ++kinds[static_cast<std::size_t>(step.kind)];
        }
      }
    }
  }
  for (const std::size_t count : kinds) EXPECT_GT(count, 500u);
}

// A value that may still change makes every rule above the matching one wait.
TEST(Ladders, WaitAtTheFirstRuleThatDoesNotMatch) {
  Lab lab;
  const RuleListId list = lab.list({"if { req.payload(0,0) -m str a }", "if { req.payload(0,0) -m str b }"});
  const Program program = lab.finish();
  ASSERT_NE(dump(program).find("ladder 0..1"), std::string::npos);
  Arrival first("a"), second("b"), last("b", true);
  EXPECT_EQ(program.next(list, 0, first.context).kind, ListStep::Kind::apply);
  EXPECT_EQ(program.next(list, 0, second.context).kind, ListStep::Kind::wait);
  EXPECT_EQ(program.next(list, 0, second.context).rule, 0u);
  EXPECT_EQ(program.next(list, 1, second.context).kind, ListStep::Kind::apply);
  EXPECT_EQ(program.next(list, 0, last.context).rule, 1u);
}

TEST(Ladders, TakeOneNameInSeveralRulesInOrder) {
  Lab lab;
  const RuleListId list =
      lab.list({"if { req.payload(0,1) -m str a }", "if { req.payload(0,1) -m str -i A b }",
                "if { req.payload(0,1) -m str b a }"});
  const Program program = lab.finish();
  Arrival arrival("a"), other("b");
  EXPECT_EQ(program.next(list, 0, arrival.context).rule, 0u);
  EXPECT_EQ(program.next(list, 1, arrival.context).rule, 1u);
  EXPECT_EQ(program.next(list, 2, arrival.context).rule, 2u);
  EXPECT_EQ(program.next(list, 0, other.context).rule, 1u);
}

// What draws or writes must run as often as the rules say.
TEST(Ladders, LeaveImpureExpressionsAlone) {
  Lab lab;
  lab.list({"if { var(txn.x) -m str a }", "if { var(txn.x) -m str b }"});
  EXPECT_EQ(dump(lab.finish()).find("ladder"), std::string::npos);
}

TEST(Dump, ShowsTheWholeProgram) {
  Lab lab;
  lab.define("internal src 10.0.0.0/8 127.1");
  lab.define("internal req.ssl_sni -m end -i .corp");
  lab.list(
      {"if internal !TRUE or { req.len gt 3 }", "", "if { req.ssl_sni a }", "if { req.ssl_sni -i b c }"});
  EXPECT_EQ(dump(lab.finish()), R"(acl 0 internal
  test src -m ip patterns 0
  test req.ssl_sni -m end patterns 1
acl 1 TRUE
  test always_true -m bool
acl 2 (anonymous)
  test req.len -m int patterns 2
acl 3 (anonymous)
  test req.ssl_sni -m str patterns 3
acl 4 (anonymous)
  test req.ssl_sni -m str patterns 4
patterns 0 -m ip
  "10.0.0.0/8"
  "127.1"
patterns 1 -m end -i
  ".corp"
patterns 2 -m int
  "4:"
patterns 3 -m str
  "a"
patterns 4 -m str -i
  "b"
  "c"
condition 0 if acl:0 !acl:1 or acl:2
condition 1 if acl:3
condition 2 if acl:4
list 0
  rule 0 payload 0 condition 0
  rule 1 payload 1
  rule 2 payload 2 condition 1
  rule 3 payload 3 condition 2
  ladder 2..3 on req.ssl_sni with 3 patterns
)");
}

}  // namespace
}  // namespace shunt::acl::testing
