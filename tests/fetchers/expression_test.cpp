// Values, casts and converters against HAProxy's own results; faults of expressions; sharing of equal ones.
#include <gtest/gtest.h>

#include "fetchers/codes.hpp"
#include "harness.hpp"
#include "measured_expressions.hpp"

namespace shunt::fetchers::test {
namespace {

class MeasuredValue : public testing::TestWithParam<Measured> {};

TEST_P(MeasuredValue, EqualsHaproxys) {
  Bench bench;
  EXPECT_EQ(bench.value(std::string(GetParam().expression)).value_or(""), GetParam().value)
      << GetParam().expression;
  EXPECT_EQ(bench.first_message(), "") << GetParam().expression;
}

INSTANTIATE_TEST_SUITE_P(Haproxy, MeasuredValue, testing::ValuesIn(measured));

struct Fault {
  std::string_view expression;
  const parser::Code* code;
  std::string_view message;
};

class FaultyExpression : public testing::TestWithParam<Fault> {};

TEST_P(FaultyExpression, IsReported) {
  Bench bench;
  EXPECT_FALSE(bench.compile(std::string(GetParam().expression)).has_value());
  ASSERT_FALSE(bench.sink.all().empty());
  EXPECT_EQ(bench.first_code(), GetParam().code->name);
  EXPECT_EQ(bench.first_message(), GetParam().message);
}

constexpr std::array faults = {
    Fault{"nope", &codes::unknown_fetch, "unknown fetch method 'nope'"},
    Fault{"str(a),nope", &codes::unknown_converter, "unknown converter 'nope'"},
    Fault{"lower", &codes::unknown_fetch, "unknown fetch method 'lower'"},
    Fault{"int", &codes::missing_argument,
          "fetch method 'int': argument 1 is empty; a whole number is expected"},
    Fault{"int()", &codes::missing_argument,
          "fetch method 'int': argument 1 is empty; a whole number is expected"},
    Fault{"int(x)", &codes::invalid_argument,
          "fetch method 'int': argument 1 is 'x', but a whole number is expected"},
    Fault{"int(0x10)", &codes::invalid_argument,
          "fetch method 'int': argument 1 is '0x10', but a whole number is expected"},
    Fault{"payload(1)", &codes::missing_argument,
          "fetch method 'payload' needs 2 arguments, but only 1 was found: a whole number is missing"},
    Fault{"str(a,b)", &codes::excess_argument,
          "fetch method 'str' takes at most 1 argument, but 2 were found"},
    Fault{"src(1)", &codes::excess_argument, "fetch method 'src' takes no argument, but '1' was found"},
    Fault{"ipv4(1.2.3)", &codes::invalid_argument,
          "fetch method 'ipv4': argument 1 is '1.2.3', but an IPv4 address is expected"},
    Fault{"bin(6)", &codes::invalid_argument, "fetch method 'bin': an even number of hex digit is expected"},
    Fault{"bin(zz)", &codes::invalid_argument, "fetch method 'bin': an hex digit is expected (found 'z')"},
    Fault{"bool(5)", &codes::invalid_argument, "fetch method 'bool': Expects 'true', 'false', '0' or '1'"},
    Fault{"date(0,x)", &codes::invalid_argument, "fetch method 'date': expects 's', 'ms' or 'us', got 'x'"},
    Fault{"int(1),add(x)", &codes::invalid_argument,
          "converter 'add': 'x' is neither a whole number nor a variable such as 'txn.name'"},
    Fault{"int(1),add(1x)", &codes::invalid_argument,
          "converter 'add': '1x' is neither a whole number nor a variable such as 'txn.name'"},
    Fault{"str(a),field(0,_)", &codes::invalid_argument, "converter 'field': Unexpected value 0 for index"},
    Fault{"str(a),field(1,)", &codes::invalid_argument, "converter 'field': Empty separators list"},
    Fault{"str(a),field(1)", &codes::missing_argument,
          "converter 'field' needs 2 arguments, but only 1 was found: a string is missing"},
    Fault{"ipv4(1.2.3.4),ipmask(33)", &codes::invalid_argument,
          "converter 'ipmask': argument 1 is '33', but an IPv4 mask is expected"},
    Fault{"ipv4(1.2.3.4),ipmask", &codes::missing_argument,
          "converter 'ipmask': argument 1 is empty; an IPv4 mask is expected"},
    Fault{"always_true,ipmask(24)", &codes::inapplicable_converter, "converter 'ipmask' cannot be applied"},
    Fault{"ipv4(1.2.3.4),iif(y,n)", &codes::inapplicable_converter, "converter 'iif' cannot be applied"},
    Fault{"ipv6(::1),add(1)", &codes::inapplicable_converter, "converter 'add' cannot be applied"},
    Fault{"bin(01),add(1)", &codes::inapplicable_converter, "converter 'add' cannot be applied"},
    Fault{"meth(GET),add(1)", &codes::inapplicable_converter, "converter 'add' cannot be applied"},
    Fault{"var()", &codes::invalid_argument,
          "fetch method 'var': the name of a variable is empty; it looks like 'txn.name'"},
    Fault{
        "var(foo)", &codes::invalid_argument,
        "fetch method 'var': 'foo' is no variable: its name begins with a scope and a dot, as in 'txn.name'; "
        "the scopes are 'proc', 'sess', 'txn', 'req', 'res' and 'check'"},
    Fault{"req.payload_lv(0,0)", &codes::invalid_argument,
          "fetch method 'req.payload_lv': payload length must be > 0"},
    Fault{"req.payload_lv(-1,2)", &codes::invalid_argument,
          "fetch method 'req.payload_lv': payload offset1 must be positive"},
    Fault{"req.payload_lv(0,2,x)", &codes::invalid_argument,
          "fetch method 'req.payload_lv': payload offset2 is not a number"},
    Fault{"req.payload_lv(0,2,-3)", &codes::invalid_argument,
          "fetch method 'req.payload_lv': payload offset2 too negative"},
};

INSTANTIATE_TEST_SUITE_P(Messages, FaultyExpression, testing::ValuesIn(faults));

TEST(Expression, SuggestsTheNearestName) {
  Bench bench;
  EXPECT_FALSE(bench.compile("req.ssl_sn").has_value());
  ASSERT_FALSE(bench.sink.all().front().notes.empty());
  EXPECT_NE(bench.sink.all().front().notes.front().message.find("req.ssl_sni"), std::string::npos);
}

TEST(Expression, ReportsEveryFaultOfOneExpression) {
  Bench bench;
  EXPECT_FALSE(bench.compile("str(a),nope,field(0,_)").has_value());
  EXPECT_EQ(bench.sink.all().size(), 2u);
}

TEST(Expression, PointsAtTheFaultyArgument) {
  Bench bench;
  EXPECT_FALSE(bench.compile("str(abc),field(x,_)").has_value());
  EXPECT_EQ(bench.sources.text(bench.sink.all().front().span), "x");
}

TEST(Expression, UnsupportedNamesAreErrorsAndStillCompile) {
  Bench bench;
  const auto id = bench.compile("http_auth_user,lower");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(bench.first_code(), codes::unsupported_fetch.name);
  EXPECT_FALSE(bench.pool[*id].runs);
  EXPECT_FALSE(bench.pool.evaluate(*id, bench.context, bench.sample).found);
}

TEST(Expression, EqualPureOnesAreOne) {
  Bench bench;
  EXPECT_EQ(bench.compile("req.ssl_sni,lower"), bench.compile("req_ssl_sni,lower"));
  EXPECT_EQ(bench.compile("payload(0,7)"), bench.compile("req.payload(0,7)"));
  EXPECT_NE(bench.compile("payload(0,7)"), bench.compile("payload(0,8)"));
  EXPECT_NE(bench.compile("payload(0,7)"), bench.compile("payload(0,7)", Place::be_tcp_response));
  EXPECT_NE(bench.compile("rand(2)"), bench.compile("rand(2)"));
  EXPECT_NE(bench.compile("var(txn.a)"), bench.compile("var(txn.a)"));
  EXPECT_NE(bench.compile("str(a)"), bench.compile("str(A)"));
}

TEST(Expression, PlaceDecidesTheDirection) {
  Bench bench;
  bench.context.request.data = "request";
  bench.context.response.data = "response";
  EXPECT_EQ(bench.value("payload(0,3)"), "req");
  EXPECT_EQ(bench.value("payload(0,3)", Place::be_tcp_response), "res");
}

TEST(Expression, MisplacedFetchesAreReportedAsAsked) {
  Bench silent;
  EXPECT_TRUE(silent.compile("req.len", Place::tcp_connection, Misplaced::silent).has_value());
  EXPECT_TRUE(silent.sink.all().empty());
  Bench refused;
  EXPECT_TRUE(refused.compile("res.len", Place::fe_tcp_content, Misplaced::error).has_value());
  EXPECT_TRUE(refused.sink.has_errors());
  EXPECT_EQ(
      refused.first_message(),
      "fetch method 'res.len' extracts information from 'response buffer', none of which is available here");
  Bench format;
  EXPECT_TRUE(format.compile("req.len", Place::fe_log_end, Misplaced::unreliable).has_value());
  EXPECT_EQ(format.first_message(),
            "sample fetch <req.len> may not be reliably used here because it needs 'request buffer' "
            "which is not available here.");
}

TEST(Expression, NamesOfProxiesAreLeftToTheLinker) {
  Bench bench;
  ASSERT_TRUE(bench.compile("nbsrv(be)").has_value());
  ASSERT_EQ(bench.pool.unresolved().size(), 1u);
  const UnresolvedArgument& name = bench.pool.unresolved().front();
  EXPECT_EQ(bench.pool.argument(name.argument).text, "be");
  EXPECT_EQ(bench.sources.text(name.span), "be");
}

TEST(Expression, RandomStaysInItsRange) {
  Bench bench;
  const auto id = bench.compile("rand(3)");
  bool seen[3] = {};
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(bench.pool.evaluate(*id, bench.context, bench.sample).found);
    ASSERT_TRUE(bench.sample.integer >= 0 && bench.sample.integer < 3);
    seen[bench.sample.integer] = true;
  }
  EXPECT_TRUE(seen[0] && seen[1] && seen[2]);
}

TEST(Expression, DatesAreThoseOfTheContext) {
  Bench bench;
  bench.context.date = std::chrono::system_clock::time_point(std::chrono::microseconds(1795253601217042));
  EXPECT_EQ(bench.value("date"), "1795253601");
  EXPECT_EQ(bench.value("date(-1)"), "1795253600");
  EXPECT_EQ(bench.value("date(0,ms)"), "1795253601217");
  EXPECT_EQ(bench.value("date(0,us)"), "1795253601217042");
  EXPECT_EQ(bench.value("date_us"), "217042");
}

}  // namespace
}  // namespace shunt::fetchers::test
