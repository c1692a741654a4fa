// The YAML of routing tests: what it becomes, and where faults are.
#include "cli/test_file.hpp"

#include <gtest/gtest.h>

namespace shunt::cli {
namespace {

TEST(TestFile, SharesTheConnectionOfTheFile) {
  const auto read = parse_tests("t.yaml",
                                "connection: {to: ':443', from: 10.0.0.5}\n"
                                "tests:\n"
                                "- name: a\n"
                                "  connection: {sni: x, alpn: [h2, http/1.1], segment: [100@0ms, rest@5ms]}\n"
                                "  expect: {backend: web, servers: [s1, s2], waits-at-most: 5ms}\n"
                                "- name: b\n"
                                "  connection: {silent: true, close-after: 2s, tls: false}\n"
                                "  expect: {closed: true, ending: rejected}\n");
  ASSERT_TRUE(read.has_value()) << read.assume_error();
  const auto& tests = read.assume_value();
  ASSERT_EQ(tests.size(), 2u);
  EXPECT_EQ(tests[0].place, "t.yaml:3");
  EXPECT_EQ(tests[0].client.to, ":443");
  EXPECT_EQ(tests[0].client.hello->alpn, (std::vector<std::string>{"h2", "http/1.1"}));
  EXPECT_EQ(tests[0].client.segments.size(), 2u);
  EXPECT_EQ(tests[0].expected.servers, (std::set<std::string>{"s1", "s2"}));
  EXPECT_EQ(tests[0].expected.waits_at_most, analysis::Offset(5000));
  EXPECT_TRUE(tests[1].client.silent);
  EXPECT_FALSE(tests[1].client.hello.has_value());
  EXPECT_EQ(tests[1].expected.ending, "rejected");
}

struct Faulty {
  const char* text;
  const char* message;
};
class FaultyFile : public testing::TestWithParam<Faulty> {};

TEST_P(FaultyFile, NamesLineAndColumn) {
  const auto read = parse_tests("t.yaml", GetParam().text);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.assume_error(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultyFile,
    testing::Values(
        Faulty{"", "t.yaml:1:1: expects a map with 'tests', a list"},
        Faulty{"tests: 5\n", "t.yaml:1:1: expects a map with 'tests', a list"},
        Faulty{"other: 1\ntests: []\n", "t.yaml:1:1: the file has 'connection' and 'tests', not 'other'"},
        Faulty{"tests:\n- expect: {backend: a}\n", "t.yaml:2:3: the test has no name"},
        Faulty{"tests:\n- name: a\n", "t.yaml:2:3: the test 'a' expects nothing"},
        Faulty{"tests:\n- name: a\n  expect: {}\n", "t.yaml:3:11: 'expect' is a map that is not empty"},
        Faulty{"tests:\n- name: a\n  expect: {bakend: b}\n",
               "t.yaml:3:12: there is no expectation 'bakend'; did you mean 'backend'?"},
        Faulty{"tests:\n- name: a\n  connection: {snii: b}\n  expect: {backend: b}\n",
               "t.yaml:3:16: there is no 'snii' in a connection; did you mean 'sni'?"},
        Faulty{"tests:\n- name: a\n  connection: {segment: 5}\n  expect: {backend: b}\n",
               "t.yaml:3:25: 'segment': expects SIZE@TIME,... such as 517@0ms,rest@40ms, not '5'"},
        Faulty{"tests:\n- name: a\n  expect: {closed: maybe}\n", "t.yaml:3:20: expects true or false"},
        Faulty{"tests:\n- name: a\n  expect: {waits-at-most: soon}\n",
               "t.yaml:3:27: expects a time such as 40ms, 1s or 250us, not 'soon'"},
        Faulty{
            "tests:\n- name: a\n  connection: {silent: true, bytes: x}\n  expect: {backend: b}\n",
            "t.yaml:3:15: a client sends TLS, or given bytes, or a capture, or is silent: only one of them"},
        Faulty{"tests: [\n", "t.yaml:2:1: end of sequence flow not found"}));

}  // namespace
}  // namespace shunt::cli
