// Fetches of connections, proxies, servers, the process and the stream over views that a test fills.
#include <gtest/gtest.h>

#include "fetchers/process_view.hpp"
#include "fetchers/proxies_view.hpp"
#include "fetchers/stream_view.hpp"
#include "fetchers/uuid.hpp"
#include "harness.hpp"

namespace shunt::fetchers::test {
namespace {

struct Proxies : ProxiesView {
  std::uint32_t usable_servers(std::uint32_t) const override { return 2; }
  std::uint32_t queued(std::uint32_t) const override { return 5; }
  std::uint32_t listener_connections(std::uint32_t) const override { return 3; }
  std::int64_t free_connections(std::uint32_t) const override { return 7; }
  std::string_view name(std::uint32_t proxy) const override { return proxy == 1 ? "front" : "back"; }
  std::uint32_t number(std::uint32_t proxy) const override { return proxy * 10; }
  std::optional<std::int64_t> timeout(std::uint32_t, TimeoutKind kind) const override {
    return kind == TimeoutKind::server ? std::optional<std::int64_t>(4000) : std::nullopt;
  }
  ServerFacts server(std::uint32_t) const override {
    return {.name = "s1", .number = 4, .up = true, .weight = 5, .connections = 9, .max_connections = limit};
  }
  std::uint32_t limit = 0;
};

struct Stream : StreamView {
  StreamTimes times() const override { return {.handshake = 20, .queue = 31, .connect = 5, .total = 100}; }
  StreamBytes bytes() const override { return {10, 9, 8, 7}; }
  std::string_view termination() const override { return "CD"; }
  std::uint32_t backend() const override { return chosen; }
  std::uint32_t server() const override { return chosen; }
  std::chrono::system_clock::time_point accept_date() const override {
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(1700000000123));
  }
  RuleOrigin last_rule() const override { return rule; }
  std::optional<std::int64_t> timeout(TimeoutKind) const override { return std::nullopt; }
  std::uint64_t number() const override { return (std::uint64_t{1} << 32) + 3; }
  std::uint32_t chosen = none;
  RuleOrigin rule = {};
};

struct Process : ProcessView {
  std::string_view hostname() const override { return "host"; }
  std::optional<std::string_view> environment(const char* name) const override {
    return std::string_view(name) == "SET" ? std::optional<std::string_view>("value") : std::nullopt;
  }
  std::chrono::seconds uptime() const override { return std::chrono::seconds(65); }
};

struct Server : ConnectionView {
  Endpoint source() const override { return {.family = Family::ipv4, .port = 1, .address = {10, 0, 0, 1}}; }
  std::optional<TcpFacts> tcp_facts() const override { return TcpFacts{.rtt_us = 12345}; }
  bool exists() const override { return there; }
  bool there = true;
};

class StateBench : public Bench {
 public:
  StateBench() {
    context.proxies = &proxies;
    context.stream = &stream;
    context.process = &process;
    context.server = &server;
    context.frontend = 1;
    context.backend = 2;
  }
  std::string at_end(const std::string& text) { return verdict(text, Place::fe_log_end); }

  Proxies proxies;
  Stream stream;
  Process process;
  Server server;
};

struct Case {
  std::string_view expression, value;
};
class StateFetch : public testing::TestWithParam<Case> {};

TEST_P(StateFetch, Answers) {
  StateBench bench;
  bench.stream.chosen = 2;
  EXPECT_EQ(bench.at_end(std::string(GetParam().expression)), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Views, StateFetch,
    testing::Values(
        Case{"be_name", "back"}, Case{"be_id", "20"}, Case{"fe_name", "front"}, Case{"fe_id", "10"},
        Case{"be_server_timeout", "4000"}, Case{"be_tunnel_timeout", "0"}, Case{"cur_server_timeout", "0"},
        Case{"dst_conn", "3"}, Case{"srv_name", "s1"}, Case{"srv_id", "4"}, Case{"bc.timer.connect", "5"},
        Case{"req.timer.queue", "31"}, Case{"fc.timer.handshake", "20"}, Case{"fc.timer.total", "100"},
        Case{"res.timer.data", "65"}, Case{"txn.timer.total", "80"}, Case{"txn.timer.user", "100"},
        Case{"bytes_in", "10"}, Case{"req.bytes_out", "9"}, Case{"bytes_out", "8"},
        Case{"res.bytes_out", "7"}, Case{"txn.sess_term_state", "CD"}, Case{"txn.id32", "3"},
        Case{"accept_date", "1700000000"}, Case{"accept_date(ms)", "1700000000123"},
        Case{"accept_date(us)", "1700000000123000"}, Case{"request_date(ms)", "1700000000143"},
        Case{"env(SET)", "value"}, Case{"env(NOT)", "none"}, Case{"hostname", "host"}, Case{"uptime", "65"},
        Case{"nbproc", "1"}, Case{"proc", "1"}, Case{"stopping", "0"}, Case{"quic_enabled", "0"},
        Case{"bc_src", "10.0.0.1"}, Case{"bc_src_port", "1"}, Case{"bc_rtt", "12"},
        Case{"bc_rtt(us)", "12345"}, Case{"bc_err", "0"}, Case{"bc_err_str", "Success"},
        Case{"fc_src", "192.0.2.1"}, Case{"fc_dst_port", "443"}, Case{"fc_rtt", "none"},
        Case{"last_rule_line", "none"}, Case{"last_entity", "none"}, Case{"fc_http_major", "none"},
        Case{"src_is_local", "0"}, Case{"dst_is_local", "1"}, Case{"fs.aborted", "0"}));

TEST(StateFetch, TheBackendIsTheFrontendUntilOneIsChosen) {
  StateBench bench;
  EXPECT_EQ(bench.at_end("be_name"), "front");
  EXPECT_EQ(bench.at_end("srv_name"), "none");
}

TEST(StateFetch, WithoutAServerConnectionItHasNoErrors) {
  StateBench bench;
  bench.server.there = false;
  EXPECT_EQ(bench.at_end("bc_err"), "none");
}

TEST(StateFetch, NamesTheRuleThatEndedItsList) {
  StateBench bench;
  bench.stream.rule = {.file = "a.cfg", .line = 12};
  EXPECT_EQ(bench.at_end("last_rule_file"), "a.cfg");
  EXPECT_EQ(bench.at_end("last_rule_line"), "12");
  EXPECT_EQ(bench.at_end("last_entity"), "a.cfg:12");
}

TEST(StateFetch, ValuesOfNowDoNotWaitButRandomOnesDo) {
  StateBench bench;
  EXPECT_EQ(bench.verdict("fe_conn"), "0");
  EXPECT_EQ(bench.verdict("hostname"), "host");
  EXPECT_TRUE(bench.verdict("uuid").ends_with("..."));
}

TEST(ProxyTlv, YieldsEachValueInTurn) {
  using std::string_view_literals::operator""sv;
  Bench bench;
  bench.client.tlvs =
      "\x02\0\x01"
      "a\xe0\0\x02"
      "bb\x02\0\x01"
      "c"sv;
  EXPECT_EQ(bench.value("fc_pp_tlv(0xe0)"), "bb");
  EXPECT_EQ(bench.value("fc_pp_tlv(AUTHORITY)"), "c");
  EXPECT_TRUE(bench.last.more);
  bench.context.value_index = 1;
  EXPECT_EQ(bench.value("fc_pp_tlv(AUTHORITY)"), "a");
  EXPECT_FALSE(bench.last.more);
  EXPECT_EQ(bench.value("fc_pp_tlv(CRC32)"), std::nullopt);
}

TEST(Uuid, HasVersionVariantAndDate) {
  const std::chrono::system_clock::time_point date(std::chrono::milliseconds(0x0123456789ab));
  const auto text = [&](int version) {
    const UuidText made = make_uuid(version, {~0ull, ~0ull}, date);
    return std::string(made.begin(), made.end());
  };
  EXPECT_EQ(text(4), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(text(7), "01234567-89ab-7fff-bfff-ffffffffffff");
}

}  // namespace
}  // namespace shunt::fetchers::test
