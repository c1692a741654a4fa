// Log lines as JSON and CBOR objects of their named items.
#include <gtest/gtest.h>

#include "fetchers/log_record.hpp"
#include "harness.hpp"

namespace shunt::fetchers::test {
namespace {

struct Line {
  std::string_view format, text;
};
class EncodedLine : public testing::TestWithParam<Line> {};

TEST_P(EncodedLine, HoldsTheNamedItems) {
  Bench bench;
  LogRecord record;
  record.client = bench.client.from;
  record.backend = "b\"e\\\n\x01";
  record.queue_ms = -1;
  record.bytes_to_client = 500;
  record.as_soon_as_possible = false;
  bench.context.log = &record;
  const auto tree = parser::parse_log_format(bench.word(std::string(GetParam().format)), bench.sink);
  ASSERT_TRUE(tree);
  const auto format = compile_log_format(*tree, Place::fe_log_end, bench.pool, bench.sink);
  ASSERT_TRUE(format) << bench.first_message();
  std::string out;
  write(*format, bench.pool, bench.context, out);
  EXPECT_EQ(out, GetParam().text);
}

using std::string_view_literals::operator""sv;
INSTANTIATE_TEST_SUITE_P(
    Formats, EncodedLine,
    testing::Values(
        Line{"%{+json}o %(client)ci text %cp %(port)cp", R"({"client": "192.0.2.1", "port": 1234})"},
        Line{"%{+json}o %(b)b", R"({"b": "b\"e\\\n\u0001"})"}, Line{"%{+json}o", "{}"},
        Line{"%{+json}o %(w)Tw %(w2:str)Tw %(id)ID", R"({"w": -1, "w2": "-1", "id": null})"},
        Line{"%{+json}o %(n)[int(5)] %(t)[always_true] %(s:str)[int(5)] %(b:bool)[int(5)] %(x)[var(txn.x)]",
             R"({"n": 5, "t": true, "s": "5", "b": true, "x": null})"},
        Line{"%{+json}o %(n:sint)[str(12)]", R"({"n": 12})"}, Line{"%(name)ci %{+json}cp", "192.0.2.1 1234"},
        Line{"%{+cbor}o %(ip)ci %(B)B %(w)Tw",
             "BF6269706931"
             "39322E302E322E31614219"
             "01F4617720FF"},
        Line{"%{+cbor}o %(t)[always_true] %(x)[var(txn.x)]", "BF6174F56178F6FF"},
        Line{"%{+cbor,+bin}o %(a)[str(b)]",
             "\xBF\x61"
             "a\x61"
             "b\xFF"sv}));

}  // namespace
}  // namespace shunt::fetchers::test
