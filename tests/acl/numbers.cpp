// Patterns of integer matches, as HAProxy reads them.
#include <gtest/gtest.h>

#include <limits>

#include "acl/number_pattern.hpp"

namespace shunt::acl {
namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

struct Good {
  std::string_view text;
  std::int64_t low;
  std::int64_t high;
  NumberForm form = NumberForm::plain;
};

class GoodNumber : public ::testing::TestWithParam<Good> {};

TEST_P(GoodNumber, IsRead) {
  const auto range = parse_number_pattern(GetParam().text, GetParam().form);
  ASSERT_TRUE(range.has_value()) << range.error().message;
  EXPECT_EQ(range.value().low, GetParam().low);
  EXPECT_EQ(range.value().high, GetParam().high);
}

INSTANTIATE_TEST_SUITE_P(Patterns, GoodNumber,
                         ::testing::Values(Good{"0", 0, 0}, Good{"5", 5, 5}, Good{"05", 5, 5},
                                           Good{"00000000000000000000000005", 5, 5},
                                           Good{"9223372036854775807", most, most}, Good{"1:9", 1, 9},
                                           Good{"5:5", 5, 5}, Good{"1:", 1, most}, Good{":3", least, 3},
                                           Good{"5-7", 5, 7}, Good{"1-", 1, most}, Good{"-5", least, 5},
                                           Good{":-10", least, -10}, Good{"--9", least, -9},
                                           Good{"--", least, 0}, Good{":-", least, 0}, Good{"0:-", 0, 0},
                                           Good{"--9223372036854775808", least, least},
                                           Good{"3", 0x30000, 0x30000, NumberForm::dotted},
                                           Good{"3.3", 0x30003, 0x30003, NumberForm::dotted},
                                           Good{"3.0-3.1", 0x30000, 0x30001, NumberForm::dotted},
                                           Good{":3.1", least, 0x30001, NumberForm::dotted},
                                           Good{"3.1:", 0x30001, most, NumberForm::dotted},
                                           Good{"3:4", 0x30000, 0x40000, NumberForm::dotted},
                                           Good{"65535.65535", 0xffffffff, 0xffffffff, NumberForm::dotted}));

struct Bad {
  std::string_view text;
  std::string_view message;
  NumberForm form = NumberForm::plain;
};

class BadNumber : public ::testing::TestWithParam<Bad> {};

TEST_P(BadNumber, IsRefused) {
  const auto range = parse_number_pattern(GetParam().text, GetParam().form);
  ASSERT_FALSE(range.has_value());
  EXPECT_EQ(range.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Patterns, BadNumber,
    ::testing::Values(
        Bad{"", "'' is not a number"}, Bad{"foo", "'foo' is not a number"},
        Bad{"0x10", "'0x10' is not a number"}, Bad{"1.5", "'1.5' is not a number"},
        Bad{"+5", "'+5' is not a number"}, Bad{"5 ", "'5 ' is not a number"},
        Bad{"9223372036854775808", "'9223372036854775808' is not a number"},
        Bad{"99999999999999999999", "'99999999999999999999' is not a number"},
        Bad{"5:3", "'5:3' is not a valid number range"}, Bad{":", "':' is not a valid number range"},
        Bad{"-", "'-' is not a valid number range"}, Bad{"1:2:3", "'1:2:3' is not a valid number range"},
        Bad{"-a", "'-a' is not a valid number range"}, Bad{"a:5", "'a:5' is not a valid number range"},
        Bad{"5:a", "'5:a' is not a valid number range"}, Bad{"-5:3", "'-5:3' is not a valid number range"},
        Bad{"3:-8", "'3:-8' is not a valid number range"}, Bad{"1:-", "'1:-' is not a valid number range"},
        Bad{":--9", "':--9' is not a valid number range"}, Bad{"1:+9", "'1:+9' is not a valid number range"},
        Bad{"1:9223372036854775808", "'1:9223372036854775808' is not a valid number range"},
        Bad{"196611", "'196611' is not a dotted number", NumberForm::dotted},
        Bad{"3.", "'3.' is not a dotted number", NumberForm::dotted},
        Bad{".1", "'.1' is not a dotted number", NumberForm::dotted},
        Bad{"3.a", "'3.a' is not a dotted number", NumberForm::dotted},
        Bad{"3.65536", "'3.65536' is not a dotted number", NumberForm::dotted},
        Bad{"3.1.2", "'3.1.2' is not a dotted number", NumberForm::dotted},
        Bad{"3.3:3.1", "'3.3:3.1' is not a valid dotted number range", NumberForm::dotted}));

struct Operated {
  std::string_view op;
  std::string_view text;
  std::string_view pattern;
  NumberForm form = NumberForm::plain;
};

class OperatedNumber : public ::testing::TestWithParam<Operated> {};

TEST_P(OperatedNumber, BecomesARange) {
  const auto op = find_operator(GetParam().op);
  ASSERT_TRUE(op.has_value());
  const auto pattern = apply_operator(*op, GetParam().text, GetParam().form);
  ASSERT_TRUE(pattern.has_value()) << pattern.error().message;
  EXPECT_EQ(pattern.value(), GetParam().pattern);
}

INSTANTIATE_TEST_SUITE_P(Operators, OperatedNumber,
                         ::testing::Values(Operated{"eq", "5", "5"}, Operated{"ge", "5", "5:"},
                                           Operated{"gt", "5", "6:"}, Operated{"le", "5", ":5"},
                                           Operated{"lt", "5", ":4"}, Operated{"lt", "0", ":-1"},
                                           Operated{"gt", "5:7", "5:7"}, Operated{"lt", "8:", "8:"},
                                           Operated{"gt", "-9", "-9"},
                                           Operated{"gt", "3.3", "3.4:", NumberForm::dotted},
                                           Operated{"lt", "4", ":3.65535", NumberForm::dotted},
                                           Operated{"ge", "3", "3.0:", NumberForm::dotted}));

TEST(NumberOperators, AreLowerCaseAndFew) {
  for (const std::string_view word : {"GT", "ne", "EQ", "", "g", "gtt"})
    EXPECT_FALSE(find_operator(word).has_value()) << word;
}

TEST(NumberOperators, RefuseWhatIsNoNumber) {
  const auto word = apply_operator(NumberOperator::lt, "5a", NumberForm::plain);
  ASSERT_FALSE(word.has_value());
  EXPECT_EQ(word.error().message, "'5a' is neither a number nor a supported operator");
  EXPECT_FALSE(apply_operator(NumberOperator::gt, "9223372036854775807", NumberForm::plain).has_value());
}

}  // namespace
}  // namespace shunt::acl
