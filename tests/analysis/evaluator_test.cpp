// Expressions, conditions and formats over described connections.
#include "analysis/evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/hello_builder.hpp"

namespace shunt::analysis {
namespace {

std::string evaluated(TypedKind kind, const std::string& text, const ConnectionDescription& description,
                      const std::string& file = {}) {
  Evaluator evaluator({});
  if (!file.empty()) evaluator.use_acls({{"test.cfg", file}}, "f");
  const auto typed = evaluator.compile(kind, text);
  if (!typed) return evaluator.sink().all().empty() ? "error" : evaluator.sink().all().front().message;
  if (!evaluator.finish()) return evaluator.sink().all().back().message;
  DescribedConnection connection(description);
  return text_form(evaluator.evaluate(*typed, connection));
}

ConnectionDescription with_bytes(const std::string& bytes, bool final = true, bool ended = false) {
  ConnectionDescription description;
  description.request = {bytes, ended};
  description.final = final;
  return description;
}

TEST(Evaluator, ValuesHaveTheirType) {
  const auto none = ConnectionDescription{};
  EXPECT_EQ(evaluated(TypedKind::expression, "str(a\\ b),upper", none), "str A B");
  EXPECT_EQ(evaluated(TypedKind::expression, "int(5),neg", none), "sint -5");
  EXPECT_EQ(evaluated(TypedKind::expression, "bool(1)", none), "bool true");
  EXPECT_EQ(evaluated(TypedKind::expression, "ipv4(192.0.2.1)", none), "ipv4 192.0.2.1");
  EXPECT_EQ(evaluated(TypedKind::expression, "bin(00ff)", none), "bin 00ff");
  EXPECT_EQ(evaluated(TypedKind::expression, "str(\xc3\xa9\\\\)", none), "str \\xc3\\xa9\\\\");
}

TEST(Evaluator, WhatIsNotDescribedIsAbsent) {
  EXPECT_EQ(evaluated(TypedKind::expression, "src", {}), "absent");
  EXPECT_EQ(evaluated(TypedKind::expression, "ssl_fc_sni", {}), "absent");
}

TEST(Evaluator, WhatCanStillComeIsUnknown) {
  EXPECT_EQ(evaluated(TypedKind::expression, "req.ssl_sni", with_bytes("", false)), "unknown");
  EXPECT_EQ(evaluated(TypedKind::expression, "req.ssl_sni", with_bytes("")), "absent");
  EXPECT_EQ(evaluated(TypedKind::expression, "req.len", with_bytes("abc", false)),
            "sint 3 (can still change)");
  EXPECT_EQ(evaluated(TypedKind::condition, "{ req.len gt 5 }", with_bytes("abc", false)), "unknown");
  EXPECT_EQ(evaluated(TypedKind::condition, "{ req.len gt 5 }", with_bytes("abc", true)), "bool false");
  EXPECT_EQ(evaluated(TypedKind::condition, "{ req.len gt 5 }", with_bytes("abc", false, true)),
            "bool false");
}

TEST(Evaluator, HelloCarriesNameAndProtocols) {
  const std::string hello = build_hello({.sni = "www.example.org", .alpn = split_alpn("h2,http/1.1")});
  const auto description = with_bytes(hello);
  EXPECT_EQ(evaluated(TypedKind::expression, "req.ssl_hello_type", description), "sint 1");
  EXPECT_EQ(evaluated(TypedKind::expression, "req.ssl_sni", description), "str www.example.org");
  EXPECT_EQ(evaluated(TypedKind::condition, "{ req.ssl_alpn http/1.1 }", description), "bool true");
}

TEST(Evaluator, ConditionsSeeTheAclsOfAProxy) {
  const std::string file =
      "defaults d\n acl small req.len lt 3\nfrontend f from d\n acl big req.len gt 5\nfrontend g\n acl x "
      "always_true\n";
  EXPECT_EQ(evaluated(TypedKind::condition, "big or small", with_bytes("123456"), file), "bool true");
  EXPECT_EQ(evaluated(TypedKind::condition, "unless big or small", with_bytes("123"), file), "bool true");
  EXPECT_EQ(evaluated(TypedKind::condition, "x", with_bytes(""), file), "no such ACL: 'x'");
}

TEST(Evaluator, FormatsAreLogLines) {
  ConnectionDescription description;
  description.client.from = parse_endpoint("192.0.2.1:1234").assume_value();
  EXPECT_EQ(evaluated(TypedKind::format, "%ci:%cp %[src] %[dst]", description),
            "str 192.0.2.1:1234 192.0.2.1 -");
}

TEST(Evaluator, FaultsAreSaid) {
  EXPECT_EQ(evaluated(TypedKind::expression, "nothing", {}), "unknown fetch method 'nothing'");
  EXPECT_THAT(evaluated(TypedKind::expression, "src dst", {}), testing::HasSubstr("one word"));
  EXPECT_EQ(evaluated(TypedKind::expression, "", {}), "nothing to evaluate");
  EXPECT_THAT(evaluated(TypedKind::expression, "str(a),map(/nowhere/at/all)", {}),
              testing::HasSubstr("cannot open the pattern file '/nowhere/at/all'"));
}

TEST(Evaluator, JsonKeepsEveryByte) {
  Evaluation evaluation{.kind = Evaluation::Kind::value, .type = fetchers::SampleType::str, .text = "a\xff"};
  EXPECT_EQ(
      json_form(evaluation),
      R"({"found":true,"unknown":false,"may_change":false,"type":"str","value":"a\\xff","hex":"61ff"})");
}

TEST(DescribedConnection, ReadsEndpoints) {
  const auto text = [](std::string_view given) {
    const auto endpoint = parse_endpoint(given);
    return endpoint ? fetchers::to_string(endpoint.assume_value()) + " " +
                          std::to_string(endpoint.assume_value().port)
                    : "refused";
  };
  EXPECT_EQ(text("192.0.2.1"), "192.0.2.1 0");
  EXPECT_EQ(text("192.0.2.1:80"), "192.0.2.1 80");
  EXPECT_EQ(text("2001:db8::1"), "2001:db8::1 0");
  EXPECT_EQ(text("[2001:db8::1]"), "2001:db8::1 0");
  EXPECT_EQ(text("[2001:db8::1]:443"), "2001:db8::1 443");
  EXPECT_EQ(text("unix"), "unix 0");
  EXPECT_EQ(text("192.0.2.1:99999"), "refused");
  EXPECT_EQ(text("example.org"), "refused");
  EXPECT_EQ(text(""), "refused");
  EXPECT_EQ(text("[]"), "refused");
}

TEST(DescribedConnection, ReadsValues) {
  EXPECT_EQ(parse_value("str:a\\x00b").assume_value().bytes, std::string("a\0b", 3));
  EXPECT_EQ(parse_value("int:-5").assume_value().view().integer, -5);
  EXPECT_EQ(parse_value("bool:true").assume_value().view().integer, 1);
  EXPECT_EQ(parse_value("bin:00ff").assume_value().bytes, std::string("\0\xff", 2));
  for (const std::string_view wrong :
       {"", "str", "x:1", "ipv4:zz", "bin:0", "bin:zz", "str:\\q", "int:x", "int:5x", "bool:maybe", "int:"})
    EXPECT_FALSE(parse_value(wrong)) << wrong;
}

TEST(ByteText, IsReadAsItWasWritten) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(decode_bytes(encode_bytes(all)).assume_value(), all);
  EXPECT_EQ(decode_hex(encode_hex(all)).assume_value(), all);
  EXPECT_FALSE(decode_bytes("a\\"));
}

}  // namespace
}  // namespace shunt::analysis
