// Comparisons of two configurations: what is found, what is noise, and that random changes don't get away.
#include "analysis/diff/comparison.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "analysis/diff/bind_pairs.hpp"
#include "analysis/diff/fate_key.hpp"
#include "parser/joined.hpp"

namespace shunt::analysis {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::string_view head =
    "defaults\n mode tcp\n timeout connect 5s\n timeout client 10s\n timeout server 10s\n";
constexpr std::string_view backends =
    "backend a\n server s 192.0.2.10:1\nbackend b\n server s 192.0.2.11:1\nbackend c\n server s "
    "192.0.2.12:1\n";

std::unique_ptr<graph::Loaded> load(std::string_view text) {
  auto loaded = graph::load_text("t.cfg", std::string(head) + std::string(text), {.resolve_names = false});
  for (const parser::Diagnostic& finding : loaded->sink.all())
    if (finding.severity == parser::Severity::error) ADD_FAILURE() << finding.message;
  return loaded;
}

std::string frontend(std::string_view rules, std::string_view bind = ":443") {
  return fmt::format(
      "frontend f\n bind {}\n tcp-request inspect-delay 2s\n tcp-request content accept if {{ "
      "req.ssl_hello_type 1 }}\n{} default_backend c\n{}",
      bind, rules, backends);
}

std::string named_by_variable(std::string_view backend) {
  return fmt::format(
      "frontend f\n bind :443\n tcp-request inspect-delay 2s\n tcp-request content set-var(txn.n) "
      "req.ssl_sni "
      "if {{ req.ssl_hello_type 1 }}\n use_backend {} if {{ var(txn.n) -m str q.example }}\n default_backend "
      "c\n{}",
      backend, backends);
}

Comparison compared(std::string_view before, std::string_view after, CompareOptions options = {}) {
  return compare(*load(before), *load(after), options);
}

struct Case {
  const char* name;
  std::string before, after;
  const char* what;     // of one change; null: none may be found
  const char* witness;  // part of its flags
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class Changes : public ::testing::TestWithParam<Case> {};

TEST_P(Changes, AreFound) {
  const Case& one = GetParam();
  const Comparison made = compared(one.before, one.after);
  if (one.what == nullptr) {
    EXPECT_FALSE(made.differs()) << text_form(made);
    EXPECT_GT(made.witnesses, 10u);
    return;
  }
  EXPECT_TRUE(std::ranges::any_of(made.changes, [&](const Change& change) {
    return std::ranges::find(change.what, one.what) != change.what.end() &&
           change.witness.find(one.witness) != std::string::npos;
  })) << text_form(made);
}

const std::string one_name = frontend(" use_backend a if { req.ssl_sni -i www.example.com }\n");

INSTANTIATE_TEST_SUITE_P(
    Table, Changes,
    ::testing::Values(
        Case{"same", one_name, one_name, nullptr, ""},
        Case{"name_of_an_acl", frontend(" acl x req.ssl_sni -i www.example.com\n use_backend a if x\n"),
             frontend(" # said otherwise\n acl y req.ssl_sni -i www.example.com\n use_backend a if y\n"),
             nullptr, ""},
        Case{"anonymous_or_named", one_name,
             frontend(" acl y req.ssl_sni -i www.example.com\n use_backend a if y\n"), nullptr, ""},
        Case{"order_of_sections", frontend(""),
             fmt::format("{}frontend f\n bind :443\n tcp-request inspect-delay 2s\n tcp-request content "
                         "accept if {{ req.ssl_hello_type 1 }}\n default_backend c\n",
                         backends),
             nullptr, ""},
        Case{
            "order_of_disjoint_rules",
            frontend(
                " use_backend a if { req.ssl_sni x.example }\n use_backend b if { req.ssl_sni y.example }\n"),
            frontend(
                " use_backend b if { req.ssl_sni y.example }\n use_backend a if { req.ssl_sni x.example }\n"),
            nullptr, ""},
        Case{"order_of_overlapping_rules",
             frontend(" use_backend a if { req.ssl_sni x.example }\n use_backend b if { req.ssl_sni -m end "
                      ".example }\n"),
             frontend(" use_backend b if { req.ssl_sni -m end .example }\n use_backend a if { req.ssl_sni "
                      "x.example }\n"),
             "backend", "--sni x.example"},
        Case{"case", one_name, frontend(" use_backend a if { req.ssl_sni www.example.com }\n"), "backend",
             "WWW.EXAMPLE.COM"},
        Case{"suffix_without_dot", frontend(" use_backend a if { req.ssl_sni -m end .example.com }\n"),
             frontend(" use_backend a if { req.ssl_sni -m end example.com }\n"), "backend", "--sni"},
        Case{"network_border", frontend(" use_backend a if { src 10.0.0.0/8 }\n"),
             frontend(" use_backend a if { src 10.0.0.0/9 }\n"), "backend", "--from 10."},
        Case{"three_conditions",
             frontend(" use_backend a if { src 10.0.0.0/8 } { req.ssl_alpn h2 } { req.ssl_sni x }\n"),
             frontend(" use_backend b if { src 10.0.0.0/8 } { req.ssl_alpn h2 } { req.ssl_sni x }\n"),
             "backend", "--alpn h2"},
        Case{"negated", one_name, frontend(" use_backend a if !{ req.ssl_sni -i www.example.com }\n"),
             "backend", "--"},
        Case{"first_bytes",
             frontend(" tcp-request content accept if { req.payload(0,3) -m bin 535348 }\n use_backend a if "
                      "{ req.payload(0,3) -m bin 535348 }\n"),
             frontend(" tcp-request content accept if { req.payload(0,3) -m bin 535348 }\n use_backend b if "
                      "{ req.payload(0,3) -m bin 535348 }\n"),
             "backend", "--bytes SSH"},
        Case{"delay", frontend(""),
             fmt::format("frontend f\n bind :443\n tcp-request inspect-delay 3s\n tcp-request content accept "
                         "if {{ req.ssl_hello_type 1 }}\n default_backend c\n{}",
                         backends),
             "time", "--silent"},
        Case{"server", frontend(""), frontend("") + " server t 192.0.2.13:1\n", "servers", "--to"},
        Case{"header", frontend(""), frontend("") + " default-server send-proxy\n server t 192.0.2.13:1\n",
             "servers", "--to"},
        Case{"rejection", frontend(" tcp-request connection reject if { src 10.0.0.1 }\n"),
             frontend(" tcp-request connection silent-drop if { src 10.0.0.1 }\n"), "way of rejecting",
             "--from 10.0.0.1"},
        Case{"regex", frontend(" use_backend a if { req.ssl_sni -m reg ^w+[.]example$ }\n"), frontend(""),
             "backend", "--sni w.example"},
        Case{"announced_source", frontend(" use_backend a if { src 10.0.0.0/8 }\n", ":443 accept-proxy"),
             frontend(" use_backend b if { src 10.0.0.0/8 }\n", ":443 accept-proxy"), "backend",
             "--proxy-header v2:10."},
        Case{"variable", named_by_variable("a"), named_by_variable("b"), "backend", "--sni q.example"}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(Comparing, TellsBindsThatAreNotInBoth) {
  const Comparison made = compared(frontend("", ":443"), frontend("", ":444"));
  ASSERT_EQ(made.binds.size(), 2u);
  EXPECT_FALSE(made.binds[0].added);
  EXPECT_TRUE(made.binds[1].added);
  EXPECT_THAT(text_form(made), HasSubstr("only in the old file"));
}

TEST(Comparing, TellsItsLimits) {
  const std::string chance = frontend(" use_backend a if { rand(2) 0 } { req.ssl_sni -m reg ^(?=a)b }\n");
  const Comparison made = compared(chance, chance);
  EXPECT_THAT(text_form(made), HasSubstr("depends on chance: rand(2)"));
  EXPECT_THAT(text_form(made), HasSubstr("regular expression"));
  EXPECT_THAT(text_form(made), HasSubstr("no witness came to"));
}

TEST(Comparing, StopsAtTheLimit) {
  const Comparison made = compared(one_name, one_name, {.limit = 5});
  EXPECT_EQ(made.witnesses, 5u);
  EXPECT_TRUE(made.limited);
}

TEST(Comparing, IsTheSameEachTime) {
  const std::string other = frontend(" use_backend b if { req.ssl_sni -m dom example }\n");
  EXPECT_EQ(json_form(compared(one_name, other)), json_form(compared(one_name, other)));
}

// ---- random files with one change each

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937 engine_;
};

struct Rule {
  std::string target;
  std::vector<std::string> terms;
};

const std::vector<std::string> labels = {"a", "b", "a.b", "b.a", "ab"};
const std::vector<std::string> methods = {"-m str", "-i", "-m end", "-m beg", "-m sub", "-m dom"};
const std::vector<std::string> networks = {"10.0.0.0/8", "10.128.0.0/9", "10.0.0.1", "192.0.2.0/24"};

std::string term(Dice& dice) {
  const std::string sign = dice.below(5) == 0 ? "!" : "";
  if (dice.below(3) == 0) return fmt::format("{}{{ src {} }}", sign, dice.one_of(networks));
  return fmt::format("{}{{ req.ssl_sni {} {} }}", sign, dice.one_of(methods), dice.one_of(labels));
}

Rule rule(Dice& dice) {
  Rule made{.target = std::string(1, static_cast<char>('a' + dice.below(3))), .terms = {term(dice)}};
  if (dice.below(2) == 0) made.terms.push_back(term(dice));
  return made;
}

void mutate(std::vector<Rule>& rules, Dice& dice) {
  Rule& hit = rules[dice.below(rules.size())];
  switch (dice.below(5)) {
    case 0: hit.target = hit.target == "a" ? "b" : "a"; break;
    case 1: hit.terms[dice.below(hit.terms.size())] = term(dice); break;
    case 2: hit.terms.push_back(term(dice)); break;
    case 3: std::swap(hit, rules[dice.below(rules.size())]); break;
    default: rules.erase(rules.begin() + (&hit - rules.data())); break;
  }
}

std::string written(const std::vector<Rule>& rules) {
  std::string text;
  for (const Rule& each : rules)
    text += fmt::format(" use_backend {} if {}\n", each.target, joined(each.terms, " "));
  return frontend(text);
}

// Whether any client of a small world is treated otherwise.
bool differs_somewhere(const std::string& before, const std::string& after) {
  const auto old = load(before), now = load(after);
  Simulation one(*old->graph), other(*now->graph);
  FateNames names;
  FateKeys old_keys(*old->graph, names), new_keys(*now->graph, names);
  std::vector<std::string> snis = {"",   "x",   "A",   "B",  "A.B", "x.a",   "a.x",  "xa",
                                   "ax", "x.b", "b.x", "xb", "bx",  "a.b.x", "x.a.b"};
  snis.insert(snis.end(), labels.begin(), labels.end());
  for (const std::string& sni : snis)
    for (const std::array<std::uint8_t, 4> from : {std::array<std::uint8_t, 4>{10, 0, 0, 1},
                                                   {10, 0, 0, 2},
                                                   {10, 200, 0, 1},
                                                   {192, 0, 2, 5},
                                                   {8, 8, 8, 8}}) {
      ClientDescription client{.hello = HelloDescription{}};
      if (!sni.empty()) client.hello->sni = sni;
      client.from = fetchers::Endpoint{
          .family = fetchers::Family::ipv4, .port = 50000, .address = {from[0], from[1], from[2], from[3]}};
      const Scenario scenario = make_scenario(client, *old->graph, one).value();
      if (!(old_keys.key_of(one.fate(scenario)) == new_keys.key_of(other.fate(scenario)))) return true;
    }
  return false;
}

TEST(RandomChange, IsFoundUnlessNobodyNotices) {
  std::size_t changed = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Dice dice(seed);
    std::vector<Rule> rules(2 + dice.below(4));
    for (Rule& each : rules) each = rule(dice);
    const std::string before = written(rules);
    mutate(rules, dice);
    const std::string after = written(rules);
    if (!differs_somewhere(before, after)) continue;
    ++changed;
    EXPECT_TRUE(compared(before, after).differs()) << "seed " << seed << "\n" << before << "\n" << after;
  }
  EXPECT_GT(changed, 100u);
}

}  // namespace
}  // namespace shunt::analysis
