// What is wrong with `acl` lines and conditions: the code and the exact place of each finding.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "acl/alias_rows.hpp"
#include "acl/codes.hpp"
#include "lab.hpp"

namespace shunt::acl::testing {
namespace {

struct Line {
  std::string_view line;
  std::string_view found;  // "code 'place'\n" for each finding
};

class AclLines : public ::testing::TestWithParam<Line> {};

TEST_P(AclLines, AreJudged) {
  Lab lab;
  lab.define(GetParam().line);
  EXPECT_EQ(lab.found(), GetParam().found) << GetParam().line;
}

INSTANTIATE_TEST_SUITE_P(
    Accepted, AclLines,
    ::testing::Values(
        Line{"a src 1.1.1.1", ""}, Line{"a req.ssl_sni -i -m end .com .org", ""},
        Line{"a req.ssl_sni -m beg -m end x", ""}, Line{"a req.ssl_sni -m found", ""},
        Line{"a req.ssl_sni -m found x y", ""}, Line{"a req.ssl_sni -m str", ""},
        Line{"a req.ssl_sni --", ""}, Line{"a req.ssl_sni -i", ""}, Line{"a req.ssl_sni -u 5", ""},
        Line{"a req.ssl_sni -u", ""}, Line{"a req.ssl_sni -u -5 x", ""}, Line{"a req.ssl_sni -M x", ""},
        Line{"a req.ssl_sni -- -i", ""}, Line{"a req.ssl_sni x -i -m z", ""}, Line{"a always_true", ""},
        Line{"a always_true foo", ""}, Line{"a always_true -m int", ""}, Line{"a req.len gt 5 lt 3", ""},
        Line{"a req.len le", ""}, Line{"a req.len -- -1", ""}, Line{"a req.len gt 5:7", ""},
        Line{"a req.len -m len 3", ""}, Line{"a req.len -m bool", ""}, Line{"a req.len -m ip 1.2.3.4", ""},
        Line{"a req.len -m bin 12", ""}, Line{"a src -m reg 3", ""}, Line{"a src -m bin 3333", ""},
        Line{"a src -m int 3", ""}, Line{"a src localhost/8", ""},
        Line{"a src 1.2.3.4/255.0.255.0 ::1 10", ""}, Line{"a req.ssl_sni -m ip 1.2.3.4", ""},
        Line{"a req.ssl_sni -m bool", ""}, Line{"a payload(0,3) 616263", ""},
        Line{"a payload(0,3),hex 616263", ""}, Line{"a req_ssl_sni,lower -m beg x", ""},
        Line{"a req_ssl_ver 3.0:3.1 gt 3.2 3", ""}, Line{"a req.ssl_ver 3.0-3.1", ""},
        Line{"a req_ssl_ver -m str 196611", ""}, Line{"if src 1.1.1.1", ""},
        Line{"a.b:c-d_e src 1.1.1.1", ""}, Line{"and src 1.1.1.1", ""}, Line{"TRUE src 1.1.1.1", ""}));

INSTANTIATE_TEST_SUITE_P(Names, AclLines,
                         ::testing::Values(Line{"a/b src 1.1.1.1", "invalid-acl-name '/'\n"},
                                           Line{"|| src 1.1.1.1", "invalid-acl-name '|'\n"},
                                           Line{"{ src 1.1.1.1", "invalid-acl-name '{'\n"},
                                           Line{"! src 1.1.1.1", "invalid-acl-name '!'\n"},
                                           Line{"or src 1.1.1.1", "reserved-acl-name 'or'\n"},
                                           Line{"OR src 1.1.1.1", "reserved-acl-name 'OR'\n"},
                                           Line{"a", "missing-criterion 'a'\n"}));

INSTANTIATE_TEST_SUITE_P(
    Flags, AclLines,
    ::testing::Values(
        Line{"a req.ssl_sni -x y", "unknown-acl-flag '-x'\n"},
        Line{"a req.ssl_sni -in y", "unknown-acl-flag '-in'\n"},
        Line{"a req.ssl_sni -", "unknown-acl-flag '-'\n"}, Line{"a req.len -1", "unknown-acl-flag '-1'\n"},
        Line{"a req.ssl_sni -u x y", "invalid-unique-id 'x'\n"},
        Line{"a req.ssl_sni -m foo x", "unknown-match-method 'foo'\n"},
        Line{"a req.ssl_sni -m", "unknown-match-method '-m'\n"},
        Line{"a req.ssl_sni -f", "unreadable-pattern-file '-f'\n"},
        Line{"a req.ssl_sni -f /nonexistent/list", "unreadable-pattern-file '/nonexistent/list'\n"},
        Line{"a req.ssl_sni -f /nonexistent/list -m beg", "late-match-method '-m'\n"},
        Line{"a req.ssl_sni -f opt@/nonexistent/list", ""}, Line{"a req.ssl_sni -f virt@/some/name", ""},
        Line{"a req.ssl_sni -m found -f /nonexistent/list", "unreadable-pattern-file '/nonexistent/list'\n"},
        Line{"a req_ssl_ver lt 0", ""}, Line{"a req_ssl_ver lt 0.0", ""},
        Line{"a req_ssl_ver gt 65535.65535", "invalid-number-pattern '65535.65535'\n"},
        Line{"a req.ssl_sni -u x -m foo -y",
             "invalid-unique-id 'x'\nunknown-match-method 'foo'\nunknown-acl-flag '-y'\n"}));

INSTANTIATE_TEST_SUITE_P(
    Methods, AclLines,
    ::testing::Values(Line{"a req.payload(0,3) abc", "missing-match-method 'req.payload(0,3)'\n"},
                      Line{"a req.payload(0,3)", "missing-match-method 'req.payload(0,3)'\n"},
                      Line{"a var(txn.x) 12", "missing-match-method 'var(txn.x)'\n"},
                      Line{"a req.payload(0,3) -m int 3", "unusable-match-method 'req.payload(0,3)'\n"},
                      Line{"a req.payload(0,3) -m bool", "unusable-match-method 'req.payload(0,3)'\n"},
                      Line{"a always_true -m ip 1.2.3.4", "unusable-match-method 'always_true'\n"},
                      Line{"a ssl_fc_sni_end -m beg x", "overridden-match-method 'ssl_fc_sni_end'\n"},
                      Line{"a ssl_fc_sni_end,lower x", "overridden-match-method 'ssl_fc_sni_end,lower'\n"},
                      Line{"a ssl_fc_sni_end -m end x", ""}));

INSTANTIATE_TEST_SUITE_P(
    Patterns, AclLines,
    ::testing::Values(Line{"a req.ssl_sni", "no-patterns 'req.ssl_sni'\n"},
                      Line{"a src", "no-patterns 'src'\n"}, Line{"a req.len", "no-patterns 'req.len'\n"},
                      Line{"a payload(0,3)", "no-patterns 'payload(0,3)'\n"},
                      Line{"a req.len 5 foo 5:3",
                           "invalid-number-pattern 'foo'\ninvalid-number-pattern '5:3'\n"},
                      Line{"a req.len lt a", "invalid-number-pattern 'a'\n"},
                      Line{"a req.len gt 5 -f 3", "invalid-number-pattern '-f'\n"},
                      Line{"a req.len 1.5", "invalid-number-pattern '1.5'\n"},
                      Line{"a req.ssl_ver -m int 3.1", "invalid-number-pattern '3.1'\n"},
                      Line{"a req.ssl_ver,add(0) 3.1", "invalid-number-pattern '3.1'\n"},
                      Line{"a req_ssl_ver 196611", "invalid-number-pattern '196611'\n"},
                      Line{"a src 1.1.1.1 1.2.3.4/33", "invalid-address-pattern '1.2.3.4/33'\n"},
                      Line{"a src -n localhost", "invalid-address-pattern 'localhost'\n"},
                      Line{"a req.ssl_sni -m bin 0g", "invalid-hex-pattern '0g'\n"},
                      Line{"a req.ssl_sni -m reg [", "invalid-regex-pattern '['\n"}));

class ConditionLines : public ::testing::TestWithParam<Line> {};

TEST_P(ConditionLines, AreJudged) {
  Lab lab;
  lab.define("is_tls req.ssl_hello_type 1");
  lab.define("broken src nonsense/77");
  lab.define("late res.len gt 3");
  lab.define("mixed res.len gt 3");
  lab.define("mixed src 1.1.1.1");
  const std::string before = lab.found();
  lab.compile(GetParam().line);
  EXPECT_EQ(lab.found().substr(before.size()), GetParam().found) << GetParam().line;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConditionLines,
    ::testing::Values(
        Line{"if is_tls or !TRUE || { src 1.1.1.1 }", ""}, Line{"if is_tsl TRUE", "unknown-acl 'is_tsl'\n"},
        Line{"if { req.len 3 } !nope or nope", "unknown-acl '!nope'\nunknown-acl 'nope'\n"},
        Line{"if broken", "unknown-acl 'broken'\n"}, Line{"if TRUE && TRUE", "unknown-acl '&&'\n"},
        Line{"if TRUE and TRUE", "unknown-acl 'and'\n"}, Line{"if late", "acl-never-matches 'late'\n"},
        Line{"if TRUE mixed", "acl-partly-matches 'mixed'\n"},
        Line{"if { res.len 5 }", "acl-never-matches '{ res.len 5 }'\n"},
        Line{"if { src 1.1.1.1/77 }", "invalid-address-pattern '1.1.1.1/77'\n"},
        Line{"if { }", "empty-anonymous-acl '{ }'\n"}));

TEST(UnknownAcls, SuggestTheNearestName) {
  Lab lab;
  lab.define("is_tls req.ssl_hello_type 1");
  lab.compile("if is_tsl or LOCALHOSTS");
  ASSERT_EQ(lab.sink.all().size(), 2u);
  ASSERT_EQ(lab.sink.all()[0].notes.size(), 1u);
  EXPECT_EQ(lab.sink.all()[0].notes[0].message, "did you mean 'is_tls'?");
  EXPECT_EQ(lab.sink.all()[1].notes.at(0).message, "did you mean 'LOCALHOST'?");
}

TEST(UnknownAcls, SayWhenTheDefinitionWasRefused) {
  Lab lab;
  lab.define("broken src 1.1.1.1/77");
  lab.compile("if broken");
  ASSERT_EQ(lab.sink.all().size(), 2u);
  ASSERT_EQ(lab.sink.all()[1].notes.size(), 1u);
  EXPECT_EQ(lab.texts.text(lab.sink.all()[1].notes[0].span), "broken");
}

TEST(Places, AreNamedWhereACriterionHasNoValue) {
  Lab lab;
  lab.compile("if { req.len gt 3 }", fetchers::Place::tcp_connection);
  ASSERT_EQ(lab.sink.all().size(), 1u);
  EXPECT_NE(lab.sink.all()[0].message.find("'req.len'"), std::string::npos);
  EXPECT_NE(lab.sink.all()[0].message.find("frontend tcp-request connection rule"), std::string::npos);
}

TEST(Unused, ListsOwnNamesInOrder) {
  Lab lab;
  for (const char* line : {"z src 1.1.1.1", "a src 1.1.1.1", "z src 2.2.2.2", "b src 1.1.1.1"})
    lab.define(line);
  lab.compile("if TRUE !a");
  std::string names;
  for (const auto& [name, span] : lab.builder.unused(lab.scope)) names += name + " ";
  EXPECT_EQ(names, "z b ");
}

// Every alias and predefined ACL compiles, or says that its fetch can't run yet.
TEST(Rows, NameFetchesThatExist) {
  for (const AliasRow& row : alias_rows()) EXPECT_NE(fetchers::find_fetch(row.fetch), nullptr) << row.name;
  for (const PredefinedRow& row : predefined_rows()) {
    Lab lab;
    lab.compile("if " + std::string(row.name));
    for (const auto& found : lab.sink.all()) {
      EXPECT_EQ(found.code->name, "unsupported-fetch") << row.name << ": " << found.message;
      EXPECT_EQ(lab.texts.text(found.span),
                std::string(row.name).substr(0, found.span.end - found.span.begin))
          << found.message;
    }
  }
}

TEST(Codes, AreUnique) {
  std::vector<std::string_view> names;
  for (const parser::Code* code : codes::all) names.push_back(code->name);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

class PatternFiles : public ::testing::Test {
 protected:
  PatternFiles() {
    std::filesystem::create_directories(folder_);
    write("list", "a\r\nb \n c\n\t#x\n#y\n  \nz z\nlast");
    write("map", " key one\nb\ttwo\n");
    write("numbers", "1:3\ngt 5\n7");
  }
  ~PatternFiles() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, std::string_view bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::vector<std::string> texts(const PatternSet& set) {
    std::vector<std::string> result;
    for (const auto& entry : set.entries()) result.push_back(entry.text);
    return result;
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("acl_" + std::to_string(::getpid()));
};

TEST_F(PatternFiles, AreCutIntoLines) {
  Lab lab;
  lab.define("a req.ssl_sni -f " + path("list"));
  lab.define("b req.ssl_sni -M -f " + path("map"));
  EXPECT_EQ(lab.found(), "");
  const Program program = lab.finish();
  EXPECT_EQ(texts(program.pattern_set(0)), (std::vector<std::string>{"a", "b ", "c", "#x", "z z", "last"}));
  EXPECT_EQ(texts(program.pattern_set(1)), (std::vector<std::string>{"key", "b"}));
}

TEST_F(PatternFiles, AreLoadedOnceForEachWayOfReading) {
  Lab lab;
  lab.define("a req.ssl_sni -f " + path("list"));
  lab.define("b req.ssl_alpn -f " + path("list") + " more");
  lab.define("c req.ssl_sni -i -f " + path("list"));
  lab.define("d req.ssl_sni -m end -f " + path("list"));
  EXPECT_EQ(lab.found(), "");
  const Program program = lab.finish();
  EXPECT_EQ(program.pattern_set_count(), 4u);
  EXPECT_EQ(program.acl(0).tests[0].pattern_sets, std::vector<std::uint32_t>{0});
  EXPECT_EQ(program.acl(1).tests[0].pattern_sets, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(program.acl(2).tests[0].pattern_sets, std::vector<std::uint32_t>{2});
}

// -i counts for what stands behind it only.
TEST_F(PatternFiles, KeepTheCaseWhereTheFlagComesLater) {
  Lab lab;
  lab.define("a req.payload(0,4) -m str -f " + path("list") + " -i word");
  const ConditionId id = lab.compile("if a");
  const Program program = lab.finish();
  for (const auto& [bytes, truth] :
       {std::pair{"last", Truth::yes}, {"LAST", Truth::no}, {"WORD", Truth::yes}}) {
    Arrival arrival(bytes);
    EXPECT_EQ(name(program.evaluate(id, arrival.context)), name(truth)) << bytes;
  }
}

TEST_F(PatternFiles, SayWhichLineIsWrong) {
  Lab lab;
  lab.define("a req.len -f " + path("numbers"));
  ASSERT_EQ(lab.found(), "invalid-number-pattern '" + path("numbers") + "'\n");
  EXPECT_EQ(lab.sink.all()[0].message, "'gt 5' is not a number at line 2 of file '" + path("numbers") + "'");
}

TEST_F(PatternFiles, AreEitherListOrMap) {
  Lab lab;
  lab.define("a req.ssl_sni -f " + path("map"));
  lab.define("b req.ssl_sni -M -f " + path("map"));
  EXPECT_EQ(lab.found(), "pattern-file-columns '" + path("map") + "'\n");
}

TEST_F(PatternFiles, CannotBeFolders) {
  Lab lab;
  lab.define("a req.ssl_sni -f " + ::testing::TempDir());
  EXPECT_EQ(lab.found(), "unreadable-pattern-file '" + ::testing::TempDir() + "'\n");
  EXPECT_NE(lab.sink.all().at(0).message.find("Is a directory"), std::string::npos);
}

}  // namespace
}  // namespace shunt::acl::testing
