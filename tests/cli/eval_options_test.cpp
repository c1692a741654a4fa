// What the words behind `shunt eval` come to.
#include "cli/eval_options.hpp"

#include <gtest/gtest.h>

namespace shunt::cli {
namespace {

EvalOptions parsed(const std::vector<std::string_view>& words) {
  auto options = parse_eval_options(words);
  EXPECT_TRUE(options) << (options ? "" : options.assume_error().message);
  return options ? std::move(options).assume_value() : EvalOptions{};
}

std::string refused(const std::vector<std::string_view>& words) {
  const auto options = parse_eval_options(words);
  return options ? "accepted" : options.assume_error().message;
}

TEST(EvalOptions, DescribeAConnection) {
  const EvalOptions options = parsed({"src", "--from", "192.0.2.1:5", "--bytes=a\\r\\n", "--ended", "--final",
                                      "no", "--set", "txn.a=int:5", "--proxy-tlv", "0xE2=x", "--as=bin"});
  EXPECT_EQ(options.typed, "src");
  EXPECT_EQ(options.connection.client.from.port, 5);
  EXPECT_EQ(options.connection.request.bytes, "a\r\n");
  EXPECT_TRUE(options.connection.request.ended);
  EXPECT_FALSE(options.connection.final);
  ASSERT_EQ(options.variables.size(), 1u);
  EXPECT_EQ(options.variables[0].first, "txn.a");
  ASSERT_EQ(options.connection.client.proxy_tlvs.size(), 1u);
  EXPECT_EQ(options.connection.client.proxy_tlvs[0].first, 0xe2);
  EXPECT_EQ(options.as, fetchers::SampleType::bin);
}

TEST(EvalOptions, ANameIsAHelloUnlessTlsEndsHere) {
  EXPECT_TRUE(parsed({"src", "--sni", "a"}).connection.request.bytes.starts_with('\x16'));
  const EvalOptions ended = parsed({"src", "--sni", "a", "--alpn", "h2,x", "--tls"});
  EXPECT_TRUE(ended.connection.request.bytes.empty());
  ASSERT_TRUE(ended.connection.client.tls.has_value());
  EXPECT_EQ(ended.connection.client.tls->sni, "a");
  EXPECT_EQ(ended.connection.client.tls->alpn, "h2");
}

TEST(EvalOptions, WrongOnesAreRefused) {
  EXPECT_EQ(refused({"--from", "1.2.3.4"}), "give an expression to evaluate");
  EXPECT_EQ(refused({"src", "dst"}), "there is something to evaluate already");
  EXPECT_EQ(refused({"src", "--form"}), "unknown option '--form'; did you mean '--from'?");
  EXPECT_EQ(refused({"src", "--from"}), "option '--from' needs ADDR[:PORT] behind it");
  EXPECT_EQ(refused({"src", "--final", "maybe"}), "option '--final': expects one of yes, no, not 'maybe'");
  EXPECT_EQ(refused({"src", "-f", "x"}), "-f and --proxy belong together");
  EXPECT_NE(refused({"src", "--sni", "a", "--bytes", "x"}), "accepted");
  EXPECT_EQ(refused({"src", "--hello", "/"}), "option '--hello': cannot read the file '/': Is a directory");
  EXPECT_EQ(refused({"--condition", " "}), "option '--condition': expects a condition");
}

TEST(EvalOptions, WhatNoHelloCanHoldIsRefused) {
  const std::string longest(16000, 'a'), too_long(16384, 'a'), name(256, 'a');
  EXPECT_EQ(refused({"src", "--sni", longest}), "accepted");
  EXPECT_NE(refused({"src", "--sni", too_long}), "accepted");
  EXPECT_EQ(refused({"src", "--alpn", std::string_view(name).substr(1)}), "accepted");
  EXPECT_NE(refused({"src", "--alpn", name}), "accepted");
  EXPECT_NE(refused({"src", "--alpn", "h2,,x"}), "accepted");
}

}  // namespace
}  // namespace shunt::cli
