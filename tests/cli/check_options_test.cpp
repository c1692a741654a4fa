// The words behind `shunt check`.
#include "cli/check_options.hpp"

#include <gtest/gtest.h>

namespace shunt::cli {
namespace {

TEST(CheckOptions, StandAnywhereWithTheirValueInEitherForm) {
  const auto result = parse_check_options(
      {"a", "--format", "json", "b", "--fail-on=notice", "--target", "haproxy-2.6", "--assume-files"});
  ASSERT_TRUE(result.has_value());
  const CheckOptions& options = result.assume_value();
  EXPECT_EQ(options.files, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(options.format, ReportFormat::json);
  EXPECT_EQ(options.fail_on, parser::Severity::notice);
  EXPECT_EQ(options.load.target, graph::Target::haproxy_2_6);
  EXPECT_TRUE(options.load.assume_files);
  EXPECT_FALSE(options.load.resolve_names);
}

TEST(CheckOptions, DefaultsAreErrorsAsTextForThisProgram) {
  const auto options = parse_check_options({"a"}).value();
  EXPECT_EQ(options.format, ReportFormat::text);
  EXPECT_EQ(options.fail_on, parser::Severity::error);
  EXPECT_EQ(options.load.target, graph::Target::shunt);
  EXPECT_FALSE(options.load.assume_files);
}

struct Refused {
  std::vector<std::string_view> words;
  std::string_view says;
};
class RefusedCheckOptions : public testing::TestWithParam<Refused> {};

TEST_P(RefusedCheckOptions, SayWhatIsWrong) {
  const auto result = parse_check_options(GetParam().words);
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.assume_error().find(GetParam().says), std::string::npos) << result.assume_error();
}

const Refused refused[] = {
    {{"--formt", "json", "a"}, "did you mean '--format'"},
    {{"--format", "xml", "a"}, "xml"},
    {{"--format"}, "--format"},
    {{"--fail-on", "never", "a"}, "never"},
    {{"--target", "haproxy-1.8", "a"}, "haproxy-1.8"},
};
INSTANTIATE_TEST_SUITE_P(Words, RefusedCheckOptions, testing::ValuesIn(refused));

}  // namespace
}  // namespace shunt::cli
