// Times, sizes, integers.
#include "parser/scalar.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace shunt::parser {
namespace {

constexpr std::int64_t fault = -1;

struct TimeRow {
  std::string_view text;
  TimeUnit unit;
  std::int64_t ms;  // or `fault`
  std::string_view message = "";
  std::size_t junk = 0;  // bytes behind number and unit
};

void PrintTo(const TimeRow& row, std::ostream* out) { *out << row.text; }

class Times : public testing::TestWithParam<TimeRow> {};

TEST_P(Times, are_read_as_haproxy_does) {
  const TimeRow& row = GetParam();
  const auto read = read_time(row.text, row.unit);
  ASSERT_EQ(read.has_value(), row.ms != fault);
  if (!read) {
    EXPECT_EQ(read.error().message, row.message);
    return;
  }
  EXPECT_EQ(read.value().value.count(), row.ms);
  EXPECT_EQ(row.text.size() - read.value().junk_at, row.junk);
  EXPECT_EQ(parse_time(row.text, row.unit).value().count(), row.ms);
}

constexpr std::string_view overflow_25d =
    "timer overflow in '25d' (maximum value is 2147483647 ms or ~24.8 days)";
constexpr TimeRow times[] = {
    {"0", TimeUnit::ms, 0},
    {"5", TimeUnit::ms, 5},
    {"5", TimeUnit::s, 5000},
    {"5", TimeUnit::us, 1},
    {"5ms", TimeUnit::s, 5},
    {"1us", TimeUnit::ms, 1},
    {"1000us", TimeUnit::ms, 1},
    {"1001us", TimeUnit::ms, 2},
    {"1500us", TimeUnit::ms, 2},
    {"10s", TimeUnit::ms, 10'000},
    {"2m", TimeUnit::ms, 120'000},
    {"1h", TimeUnit::ms, 3'600'000},
    {"24d", TimeUnit::ms, 2'073'600'000},
    {"2147483647", TimeUnit::ms, 2'147'483'647},
    {"2147483647000us", TimeUnit::ms, 2'147'483'647},
    {"007", TimeUnit::ms, 7},
    {"1m1s", TimeUnit::ms, 60'000, "", 2},
    {"1sec", TimeUnit::ms, 1000, "", 2},
    {"1msx", TimeUnit::ms, 1, "", 1},
    {"25d", TimeUnit::ms, fault, overflow_25d},
    {"2147483648", TimeUnit::ms, fault,
     "timer overflow in '2147483648' (maximum value is 2147483647 ms or ~24.8 days)"},
    {"99999999999999999999999", TimeUnit::ms, fault,
     "timer overflow in '99999999999999999999999' (maximum value is 2147483647 ms or ~24.8 days)"},
    {"18446744073709551615d", TimeUnit::ms, fault,
     "timer overflow in '18446744073709551615d' (maximum value is 2147483647 ms or ~24.8 days)"},
    {"1.5s", TimeUnit::ms, fault, "unexpected character '.'"},
    {"-1", TimeUnit::ms, fault, "unexpected character '-'"},
    {"+1", TimeUnit::ms, fault, "unexpected character '+'"},
    {"5S", TimeUnit::ms, fault, "unexpected character 'S'"},
    {"5 s", TimeUnit::ms, fault, "unexpected character ' '"},
    {"s", TimeUnit::ms, fault, "unexpected character 's'"},
    {"5u", TimeUnit::ms, fault, "unexpected character 'u'"},
    {"", TimeUnit::ms, fault, "expected a number"},
};
INSTANTIATE_TEST_SUITE_P(Texts, Times, testing::ValuesIn(times));

TEST(Times, tell_whether_a_unit_was_written) {
  EXPECT_FALSE(read_time("5").value().has_unit);
  EXPECT_TRUE(read_time("5ms").value().has_unit);
}

TEST(Times, point_at_the_offending_byte) {
  EXPECT_EQ(read_time("12x").error().at, 2U);
  EXPECT_EQ(read_time("25d").error().kind, ScalarError::Kind::overflow);
}

struct SizeRow {
  std::string_view text;
  std::int64_t bytes;
  std::size_t at = 0;
};

void PrintTo(const SizeRow& row, std::ostream* out) { *out << row.text; }

class Sizes : public testing::TestWithParam<SizeRow> {};

TEST_P(Sizes, know_three_units) {
  const auto read = parse_size(GetParam().text);
  ASSERT_EQ(read.has_value(), GetParam().bytes != fault);
  if (read)
    EXPECT_EQ(read.value(), GetParam().bytes);
  else
    EXPECT_EQ(read.error().at, GetParam().at);
}

constexpr SizeRow sizes[] = {
    {"0", 0},
    {"1", 1},
    {"16384", 16384},
    {"1k", 1024},
    {"1K", 1024},
    {"3m", 3 << 20},
    {"3M", 3 << 20},
    {"3g", 3LL << 30},
    {"3G", 3LL << 30},
    {"4294967295", 4294967295},
    {"4294967296", fault, 9},
    {"4g", fault, 1},
    {"4194303k", 4294966272},
    {"4194304k", fault, 7},
    {"99999999999999999999", fault, 9},
    {"1kb", fault, 2},
    {"1t", fault, 1},
    {"1.5k", fault, 1},
    {"-1", fault, 0},
    {"", fault, 0},
    {"k", fault, 0},
    {"1m1", fault, 2},
};
INSTANTIATE_TEST_SUITE_P(Texts, Sizes, testing::ValuesIn(sizes));

TEST(Integers, are_strict) {
  EXPECT_EQ(parse_integer("42").value(), 42);
  EXPECT_EQ(parse_integer("-42").value(), -42);
  EXPECT_EQ(parse_integer("+42").value(), 42);
  EXPECT_EQ(parse_integer("010").value(), 10);
  EXPECT_EQ(parse_integer("9223372036854775807").value(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_integer("-9223372036854775808").value(), std::numeric_limits<std::int64_t>::min());
  for (const std::string_view text :
       {"", "-", "+", "0x10", "1.5", "a", "1 ", " 1", "+-1", "9223372036854775808", "20000000000000000000"})
    EXPECT_FALSE(parse_integer(text)) << text;
  EXPECT_EQ(parse_integer("0x10").error().at, 1U);
}

TEST(LeadingIntegers, are_what_atol_reads) {
  EXPECT_EQ(leading_integer("1k"), 1);
  EXPECT_EQ(leading_integer("1.5"), 1);
  EXPECT_EQ(leading_integer("abc"), 0);
  EXPECT_EQ(leading_integer(""), 0);
  EXPECT_EQ(leading_integer("-"), 0);
  EXPECT_EQ(leading_integer("0x10"), 0);
  EXPECT_EQ(leading_integer(" \t-12z"), -12);
  EXPECT_EQ(leading_integer("+7"), 7);
  EXPECT_EQ(leading_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(leading_integer("9223372036854775806"), std::numeric_limits<std::int64_t>::max() - 1);
  EXPECT_EQ(leading_integer("99999999999999999999"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(leading_integer("-9223372036854775807"), std::numeric_limits<std::int64_t>::min() + 1);
  EXPECT_EQ(leading_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(leading_integer("-99999999999999999999"), std::numeric_limits<std::int64_t>::min());
}

}  // namespace
}  // namespace shunt::parser
