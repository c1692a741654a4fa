// Maps: which entry answers, values by type, groups in values, defaults, files; and acl().
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "lab.hpp"
#include "parser/expression_tree.hpp"

namespace shunt::acl::testing {
namespace {

// A file that lives as long as the test.
class File {
 public:
  explicit File(std::string_view text) {
    const int descriptor = mkstemp(path_.data());
    EXPECT_EQ(write(descriptor, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(descriptor);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/shunt_map_XXXXXX";
};

std::string printed(const fetchers::Sample& sample, fetchers::Scratch& scratch) {
  fetchers::Sample text = sample;
  EXPECT_TRUE(fetchers::cast(text, fetchers::SampleType::str, scratch));
  return std::string(text.text);
}

// The expression's value as text; "(none)". FILE stands for the file's path.
class Maps {
 public:
  explicit Maps(const File& file) : file_(file) {}

  std::string evaluate(std::string expression) {
    if (const auto at = expression.find("FILE"); at != std::string::npos)
      expression.replace(at, 4, file_.path());
    Lab lab;
    const auto words = lab.texts.words(expression);
    const auto tree = parser::parse_expression(words.at(0), lab.sink);
    const auto id = lab.builder.expressions().compile(*tree, fetchers::Place::fe_tcp_content, lab.sink);
    lab.builder.check_maps(lab.sink);
    faults_ = lab.found();
    if (!id || lab.sink.has_errors()) return "(fault)";
    const Program program = lab.finish();
    fetchers::Scratch scratch;
    fetchers::Context context{.scratch = &scratch};
    fetchers::Sample sample;
    return program.expressions().evaluate(*id, context, sample).found ? printed(sample, scratch) : "(none)";
  }
  [[nodiscard]] const std::string& faults() const { return faults_; }

 private:
  const File& file_;
  std::string faults_;
};

struct Row {
  const char* expression;
  const char* value;
};

void check(std::string_view text, const std::vector<Row>& rows) {
  const File file(text);
  Maps maps(file);
  for (const Row& row : rows)
    EXPECT_EQ(maps.evaluate(row.expression), row.value) << row.expression << maps.faults();
}

// All expectations of this file were read from HAProxy 2.6.
TEST(MapFiles, AreReadLikeHaproxyDoes) {
  check(
      "a va\na va2\n  lead   v with  spaces  \n#c x\nb\ttabval\tx\nnovalue\ntrail \nc \\x41 # comment\n #d "
      "e\n"
      "crlf v2 \r\n\r\n \r\nlast one",
      {{"str(a),map(FILE)", "va"},
       {"str(lead),map(FILE)", "v with  spaces"},
       {"str(#c),map(FILE)", "(none)"},
       {"str(b),map(FILE)", "tabval\tx"},
       {"str(novalue),map(FILE)", ""},
       {"str(novalue),map(FILE,default)", ""},
       {"str(trail),map(FILE)", ""},
       {"str(c),map(FILE)", "\\x41 # comment"},
       {"str(#d),map(FILE)", "e"},
       {"str(crlf),map(FILE)", "v2"},
       {"str(last),map(FILE)", "one"},
       {"str(zz),map(FILE)", "(none)"},
       {"str(zz),map(FILE,default)", "default"}});
}

TEST(MapEntries, AreTheOnesThatHaproxyAnswersWith) {
  check("ab 1\nabc 2\na 3\nab 4\n5\n", {{"str(ab),map_str(FILE,dd)", "1"},
                                        {"str(abcd),map_beg(FILE,dd)", "2"},
                                        {"str(abx),map_beg(FILE,dd)", "1"},
                                        {"str(b),map_beg(FILE,dd)", "dd"},
                                        {"str(abcd),map_sub(FILE,dd)", "1"},
                                        {"str(xa),map_sub(FILE,dd)", "3"},
                                        {"str(dabc),map_end(FILE,dd)", "2"},
                                        {"str(xab),map_end(FILE,dd)", "1"},
                                        {"str(x.abc.a),map_dom(FILE,dd)", "2"},
                                        {"str(/x/a/abc),map_dir(FILE,dd)", "2"},
                                        {"str(zabc),map_reg(FILE)", "1"},
                                        {"str(x5),map_sub(FILE)", ""}});
  check("10 ten\n1:5 r\n3 three\n:9 x\n", {{"int(10),map_int(FILE)", "ten"},
                                           {"int(3),map_int(FILE)", "r"},
                                           {"int(0),map_int(FILE)", "x"},
                                           {"int(-5),map_int(FILE)", "x"},
                                           {"str(10),map_int(FILE)", "ten"},
                                           {"str(x),map_int(FILE)", "x"}});
  check("10.0.0.0/8 a\n10.1.0.0/16 b\n10.1.0.0/16 c\n::/0 six\n", {{"ipv4(10.0.0.1),map_ip(FILE)", "a"},
                                                                   {"ipv4(10.1.0.1),map_ip(FILE)", "b"},
                                                                   {"str(10.1.0.1),map_ip(FILE)", "b"},
                                                                   {"ipv4(11.1.0.0),map_ip(FILE)", "six"},
                                                                   {"ipv6(2001::1),map_ip(FILE)", "six"}});
}

TEST(MapValues, HaveTheTypeThatTheConverterNames) {
  check("k 5\nneg -7\nempty\nlead 010\nplus +3\n", {{"str(k),map_str_int(FILE,77),add(1)", "6"},
                                                    {"str(neg),map_str_int(FILE,77)", "-7"},
                                                    {"str(empty),map_str_int(FILE,77)", "0"},
                                                    {"str(lead),map_str_int(FILE,77)", "10"},
                                                    {"str(plus),map_str_int(FILE,77)", "3"},
                                                    {"str(zz),map_str_int(FILE,77)", "77"},
                                                    {"str(zz),map_str_int(FILE)", "(none)"},
                                                    {"str(xkx),map_sub_key(FILE)", "k"}});
  check("k 1.2.3.4\nv6 ::1\n", {{"str(k),map_str_ip(FILE,9.9.9.9)", "1.2.3.4"},
                                {"str(v6),map_str_ip(FILE,9.9.9.9)", "::1"},
                                {"str(zz),map_str_ip(FILE,9.9.9.9)", "9.9.9.9"},
                                {"str(zz),map_str_ip(FILE,::2)", "::2"}});
}

TEST(MapGroups, ArePutIntoTheValue) {
  check(
      "^a(.)(.)? [\\2-\\1]\n^c(.)(.)? [\\9]\n^d(.) [\\q]\n^e(.) [x\\\\y]\n^f(.) [\\x41\\t]\n^g(.) end\\\n"
      "^h(.) [\\01]\n^i(.) [\\10]\n^m(.) [\\xzz]\n^k(.) \\x4\n^z+$ plain\n",
      {{"str(a1),map_regm(FILE,none)", "[-1]"},
       {"str(a12),map_regm(FILE,none)", "[2-1]"},
       {"str(xa12),map_regm(FILE,none)", "none"},
       {"str(a12),map_reg(FILE,none)", "[\\2-\\1]"},
       {"str(c1),map_regm(FILE,none)", "[]"},
       {"str(d1),map_regm(FILE,none)", "[q]"},
       {"str(e1),map_regm(FILE,none)", "[x\\y]"},
       {"str(f1),map_regm(FILE,none)", "[At]"},
       {"str(g1),map_regm(FILE,none)", "(none)"},
       {"str(h1),map_regm(FILE,none)", "[h11]"},
       {"str(i1),map_regm(FILE,none)", "[10]"},
       {"str(m1),map_regm(FILE,none)", "[S]"},
       {"str(zzz),map_regm(FILE,none)", "plain"}});
}

TEST(MapFaults, NameTheFirstOddLine) {
  const File file("a 1\nb 5x\n");
  Maps maps(file);
  EXPECT_EQ(maps.evaluate("str(a),map_str_int(FILE)"), "(fault)");
  EXPECT_NE(maps.faults().find("invalid-map"), std::string::npos);
  EXPECT_EQ(maps.evaluate("str(a),map(FILE)"), "1");
  EXPECT_EQ(maps.evaluate("str(a),map(/nowhere/at/all)"), "(fault)");
}

// Patterns may change while the program runs; what was made of the old ones is made anew.
TEST(PatternSlots, TakeAnotherVersion) {
  Lab lab;
  const RuleListId list = lab.list({"if { req.payload(0,1) -m str a }", "if { req.payload(0,1) -m str b }"});
  const Program program = lab.finish();
  Arrival b("b", true);
  EXPECT_EQ(program.next(list, 0, b.context).rule, 1u);
  parser::DiagnosticSink sink;
  program.replace_patterns(0, {PatternSet::build({}, {{.text = "b"}}, sink)});
  EXPECT_EQ(program.next(list, 0, b.context).rule, 0u);
  program.reclaim();
  EXPECT_EQ(program.next(list, 0, b.context).rule, 0u);
  EXPECT_EQ(program.next(list, 1, b.context).rule, 1u);
}

TEST(AclFetch, AsksTheAclsOfTheScope) {
  for (const Optimisations& optimisations : {Optimisations{}, Optimisations::none()}) {
    Lab lab;
    lab.define("long req.len gt 1");
    lab.define("a req.payload(0,1) -m str a");
    const RuleListId list =
        lab.list({"if { acl(long,a) }", "if { acl(!long) }", "if { acl(FALSE) }", "if { acl(a) }"});
    lab.builder.check_maps(lab.sink);
    EXPECT_EQ(lab.found(), "");
    const Program program = lab.finish(optimisations);
    Arrival short_a("a", false), long_a("aa", false), end("a", true);
    EXPECT_EQ(program.next(list, 0, short_a.context).kind, ListStep::Kind::wait);
    EXPECT_EQ(program.next(list, 0, long_a.context).rule, 0u);
    EXPECT_EQ(program.next(list, 0, end.context).rule, 1u);
    EXPECT_EQ(program.next(list, 2, end.context).rule, 3u);
  }
}

TEST(AclFetch, AsksNothingInACircle) {
  Lab lab;
  lab.define("a acl(b)");
  lab.define("b acl(!a) -m bool");
  const RuleListId list = lab.list({"if a", "if TRUE"});
  lab.builder.check_maps(lab.sink);
  EXPECT_NE(lab.found().find("unknown-acl"), std::string::npos);
  Arrival arrival("", true);
  EXPECT_NE(lab.finish().next(list, 0, arrival.context).kind, ListStep::Kind::wait);
}

TEST(AclFetch, AConverterCanAskOneToo) {
  Lab lab;
  lab.define("long req.len gt 1");
  const RuleListId list =
      lab.list({"if { req.len,when(acl,long) -m int ge 0 }", "if { str(x),when(!acl,long) -m found }"});
  lab.builder.check_maps(lab.sink);
  EXPECT_EQ(lab.found(), "");
  const Program program = lab.finish();
  Arrival one("a", true), two("aa", true);
  EXPECT_EQ(program.next(list, 0, one.context).rule, 1u);
  EXPECT_EQ(program.next(list, 0, two.context).rule, 0u);
}

TEST(AclFetch, AConverterAsksNothingInACircle) {
  Lab lab;
  lab.define("a str(x),when(acl,a) -m found");
  std::ignore = lab.list({"if a"});
  lab.builder.check_maps(lab.sink);
  EXPECT_NE(lab.found().find("unknown-acl"), std::string::npos);
}

}  // namespace
}  // namespace shunt::acl::testing
