// The optimisations: random rule lists answer alike with each of them, and what each does to a small program.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "lab.hpp"

namespace shunt::acl::testing {
namespace {

struct RandomRule {
  std::string condition;
  bool final = false;
};

class RuleMaker {
 public:
  explicit RuleMaker(unsigned seed) : random_(seed) {}

  std::vector<RandomRule> list() {
    std::vector<RandomRule> rules(1 + below(below(3) == 0 ? 200 : 25));
    // Runs are what ladders are made of, so one kind of rule goes on for a while.
    for (std::size_t i = 0; i < rules.size();) {
      const std::size_t kind = below(10), end = std::min(rules.size(), i + 1 + below(30));
      for (; i < end; ++i) rules[i] = {condition(kind), below(3) != 0};
    }
    return rules;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string word(std::size_t size) {
    std::string text(1 + below(size), ' ');
    for (char& c : text) c = "abAB"[below(4)];
    return text;
  }

  std::string pick(std::initializer_list<const char*> words) {
    return *(words.begin() + below(words.size()));
  }

  // A test of the first bytes.
  std::string bytes(std::string_view fetch) {
    const std::string method = pick({"str", "str", "str", "beg", "end", "sub", "dom", "reg", "len"});
    const std::string flag = pick({"", "-i "});
    std::string text = "{ " + std::string(fetch) + " -m " + method + " " + flag;
    for (std::size_t i = 0, count = 1 + below(3); i < count; ++i)
      text += (method == "len" ? std::to_string(below(4)) : word(3)) + " ";
    return text + "}";
  }

  std::string other() {
    return pick({"{ req.len gt 2 }", "!{ req.len gt 2 }", "TRUE", "FALSE", "!TRUE", "named", "!named",
                 "{ src 127.0.0.0/8 }", "{ str(ab) -m sub b }", "{ str(ab),upper -m str ab }", "WAIT_END",
                 "{ int(5) gt 4 }", "{ req.payload(0,0) -m found }"});
  }

  std::string condition(std::size_t kind) {
    switch (kind) {
      case 0: return "";
      case 1: return "if " + other();
      case 2: return "unless " + other() + " or " + bytes("req.payload(0,2)");
      case 3: return "if " + other() + " " + other() + " or " + other();
      case 4: return "if { req.len gt 1 } " + bytes("req.payload(0,3)");
      case 5: return "if named " + bytes("req.payload(0,3)") + " " + other();
      case 6: return "if " + bytes("req.payload(0,0)");
      case 7: return "if { src 127.0.0." + std::to_string(below(3)) + " 10.0.0.0/8 }";
      case 8: return "if { req.len " + pick({"eq ", "gt ", "lt "}) + std::to_string(below(5)) + " }";
      default: return "if " + bytes("req.payload(0,3)") + (below(4) == 0 ? " " + other() : "");
    }
  }

  std::mt19937 random_;
};

Program build(const std::vector<std::vector<RandomRule>>& lists, const Optimisations& optimisations) {
  Lab lab;
  lab.define("named req.payload(0,2) -m str ab");
  lab.define("named req.payload(0,2) -m beg -i BB");
  for (const auto& list : lists) {
    std::vector<Rule> rules;
    for (const RandomRule& rule : list)
      rules.push_back({.condition = lab.compile(rule.condition), .final = rule.final});
    (void)lab.builder.add_list(std::move(rules));
  }
  EXPECT_EQ(lab.found(), "");
  return lab.finish(optimisations);
}

// What a list comes to when it is walked as a session does: on after each rule that does not end it.
std::string walk(const Program& program, RuleListId list, fetchers::Context& context) {
  std::string trace;
  for (std::uint32_t from = 0;;) {
    const ListStep step = program.next(list, from, context);
    if (step.kind == ListStep::Kind::end) return trace + "end";
    trace += std::to_string(step.rule);
    if (step.kind == ListStep::Kind::wait) return trace + " waits";
    if (program.rules(list)[step.rule].final) return trace + " ends";
    trace += ' ';
    from = step.rule + 1;
  }
}

class Passes : public ::testing::TestWithParam<Optimisations> {};

TEST_P(Passes, ChangeNoAnswer) {
  std::vector<std::vector<RandomRule>> lists;
  RuleMaker maker(7);
  for (int i = 0; i < 150; ++i) lists.push_back(maker.list());
  const Program plain = build(lists, Optimisations::none()), quick = build(lists, GetParam());
  std::size_t traces = 0, waits = 0;
  for (const char* bytes : {"", "a", "ab", "aB", "bb", "BB", "abb", "BAb", "zz", "a.b", "aabab"}) {
    for (const auto& [final, complete] : {std::pair{false, false}, {true, false}, {true, true}}) {
      Arrival arrival(bytes, final, complete);
      for (RuleListId id = 0; id < lists.size(); ++id) {
        const std::string expected = walk(plain, id, arrival.context);
        ASSERT_EQ(walk(quick, id, arrival.context), expected) << "list " << id << " with '" << bytes << "'";
        ++(expected.ends_with("waits") ? waits : traces);
      }
    }
  }
  EXPECT_GT(traces, 1000u);
  EXPECT_GT(waits, 100u);
}

INSTANTIATE_TEST_SUITE_P(Switches, Passes, ::testing::ValuesIn(combinations()));

// What is recorded before the first pass, and what each changes in it.
std::string recorded(std::vector<RandomRule> rules) {
  const Program program = build({std::move(rules)}, {.record = true});
  std::string text;
  std::string before;
  for (const PassText& pass : program.passes()) {
    text += "--- " + std::string(pass.name) + "\n";
    // Only lines that were not there before.
    for (std::size_t at = 0, end = 0; at < pass.text.size(); at = end + 1) {
      end = pass.text.find('\n', at);
      const std::string line = pass.text.substr(at, end + 1 - at);
      if (("\n" + before).find("\n" + line) == std::string::npos) text += line;
    }
    before = pass.text;
  }
  return text;
}

TEST(PassTexts, ShowWhatEachPassDoes) {
  EXPECT_EQ(recorded({{"if TRUE FALSE", true},
                      {"if { req.len gt 2 } { req.payload(0,1) -m str a }", true},
                      {"if { req.len gt 2 } { req.payload(0,1) -m str -i B }", true},
                      {"if { req.len gt 2 } { req.payload(0,1) -m str b }", true},
                      {"if { req.len lt 2 } or { str(a) -m str a }", true},
                      {"", true}}),
            R"(--- written
acl 0 [req.payload(0,2) -m str patterns 0] [req.payload(0,2) -m beg patterns 1]
acl 1 [always_true -m bool]
acl 2 [always_false -m bool]
acl 3 [req.len -m int patterns 2]
acl 4 [req.payload(0,1) -m str patterns 3]
acl 5 [req.len -m int patterns 4]
acl 6 [req.payload(0,1) -m str patterns 5]
acl 7 [req.len -m int patterns 6]
acl 8 [req.payload(0,1) -m str patterns 7]
acl 9 [req.len -m int patterns 8]
acl 10 [str(a) -m str patterns 9]
condition 0 if acl:1 acl:2
condition 1 if acl:3 acl:4
condition 2 if acl:5 acl:6
condition 3 if acl:7 acl:8
condition 4 if acl:9 or acl:10
list 0
  rule 0 condition 0 final
  rule 1 condition 1 final
  rule 2 condition 2 final
  rule 3 condition 3 final
  rule 4 condition 4 final
  rule 5 final
--- fold_constants
acl 1 yes [always_true -m bool]
acl 2 no
acl 10 yes [str(a) -m str patterns 9]
condition 0 no
condition 4 yes
--- drop_unreachable
  rule 0 condition 0 final (never applies)
  rule 5 final (behind rule 4)
--- share_values
acl 3 decided once [req.len -m int patterns 2]
acl 5 like acl 3 [req.len -m int patterns 4]
acl 7 like acl 3 [req.len -m int patterns 6]
value 0: req.len as sint
value 1: req.payload(0,1) as str
--- ladders
  ladder 1..3 on req.payload(0,1) with 3 patterns behind 1 terms
--- drop_shadowed
  rule 3 condition 3 final (shadowed by rule 2)
)");
}

TEST(Unreachable, SaysWhichRulesAndWhy) {
  const Program program = build({{{"if FALSE", true},
                                  {"if { req.payload(0,1) -m str a }", true},
                                  {"if { req.payload(0,1) -m str -i B }", false},
                                  {"if { req.payload(0,1) -m str a B }", true},
                                  {"if { req.payload(0,1) -m str a }", true},
                                  {"unless FALSE", true},
                                  {"", true}}},
                                {});
  std::string text;
  for (const Unreachable& each : program.unreachable(0))
    text += std::to_string(each.rule) + ":" + std::to_string(static_cast<int>(each.why)) + ":" +
            std::to_string(each.by) + " ";
  EXPECT_EQ(text, "0:0:0 4:2:1 6:1:5 ");
}

// What draws or writes runs as often as it is written, whatever its answer is good for.
TEST(Purity, KeepsWhatReadsState) {
  Lab lab;
  lab.define("state var(txn.x) -m str a");
  (void)lab.list({"if state TRUE", "if TRUE state or TRUE", "if { int(1),add(txn.x) gt 1 }",
                  "if { int(1),add(txn.x) gt 2 }"});
  const Program program = lab.finish({.record = true});
  EXPECT_EQ(program.passes().back().text.find("decided once"), std::string::npos);
  EXPECT_EQ(program.passes().back().text.find("value "), std::string::npos);
}

}  // namespace
}  // namespace shunt::acl::testing
