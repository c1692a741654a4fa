// What is said about checks and what is planned, against lines and header bytes of HAProxy.
#include "runtime/health_texts.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "runtime/health_plan.hpp"
#include "tests/runtime/empty_graph.hpp"

namespace shunt::runtime {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

std::string reason_of(const CheckResult& result) { return ", reason: " + describe_result(result); }

graph::Graph one_backend(bool listen = false) {
  graph::Graph graph = empty_graph();
  graph::Proxy proxy;
  proxy.name = "be";
  proxy.is_backend = true;
  proxy.is_frontend = listen;
  proxy.server_count = 1;
  graph.proxies.push_back(proxy);
  graph::Server server;
  server.name = "s1";
  server.check.enabled = true;
  graph.servers.push_back(server);
  return graph;
}

struct ReasonCase {
  CheckResult result;
  std::string_view expected;
};

class Reasons : public testing::TestWithParam<ReasonCase> {};

TEST_P(Reasons, AreWordedAsByHaproxy) { EXPECT_EQ(describe_result(GetParam().result), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Seen, Reasons,
    testing::Values(ReasonCase{{CheckStatus::passed, 0, 1ms}, "Layer4 check passed, check duration: 1ms"},
                    ReasonCase{
                        {CheckStatus::refused, ECONNREFUSED, 0ms},
                        "Layer4 connection problem, info: \"Connection refused\", check duration: 0ms"},
                    ReasonCase{{CheckStatus::timed_out, 0, 500ms}, "Layer4 timeout, check duration: 500ms"},
                    ReasonCase{{CheckStatus::socket_error, ENOENT, 0ms},
                               "Socket error, info: \"General socket error (No such file or directory)\", "
                               "check duration: 0ms"}));

TEST(StateChangeLine, DownWithReason) {
  const graph::Graph graph = one_backend();
  const CheckResult refused{CheckStatus::refused, ECONNREFUSED, 0ms};
  EXPECT_EQ(state_change_line(graph, graph.servers[0], {false, {1, 1}, 0, 0, 0, reason_of(refused)}),
            "Server be/s1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check "
            "duration: 0ms. "
            "1 active and 1 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.");
}

TEST(StateChangeLine, DownToTheBackups) {
  const graph::Graph graph = one_backend();
  EXPECT_EQ(
      state_change_line(graph, graph.servers[0], {false, {0, 1}, 3, 2, 0, {}}),
      "Server be/s1 is DOWN. 0 active and 1 backup servers left. Running on backup. 3 sessions active, 0 "
      "requeued, 2 remaining in queue.");
}

TEST(StateChangeLine, UpOfABackupServer) {
  graph::Graph graph = one_backend();
  graph.servers[0].backup = true;
  const CheckResult passed{CheckStatus::passed, 0, 0ms};
  EXPECT_EQ(state_change_line(graph, graph.servers[0], {true, {1, 1}, 0, 0, 0, reason_of(passed)}),
            "Backup Server be/s1 is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and 1 "
            "backup servers "
            "online. 0 sessions requeued, 0 total in queue.");
}

TEST(HealthCheckLine, SaysWhatHappenedAndWhereTheCounterIs) {
  graph::Graph graph = one_backend();
  HealthCounter counter(2, 3);
  counter.success();
  const CheckResult passed{CheckStatus::passed, 0, 0ms}, refused{CheckStatus::refused, ECONNREFUSED, 0ms};
  EXPECT_EQ(health_check_line(graph, graph.servers[0], passed, counter, false),
            "Health check for server be/s1 succeeded, reason: Layer4 check passed, check duration: 0ms, "
            "status: 3/3 UP.");
  EXPECT_TRUE(
      health_check_line(graph, graph.servers[0], passed, counter, true).ends_with("status: 3/3 DRAIN."));
  graph.servers[0].backup = true;
  counter.failure();
  EXPECT_EQ(
      health_check_line(graph, graph.servers[0], refused, counter, false),
      "Health check for backup server be/s1 failed, reason: Layer4 connection problem, info: \"Connection "
      "refused\", check duration: 0ms, status: 2/3 UP.");
}

TEST(NoServerLine, NamesBackendsAndListens) {
  EXPECT_EQ(no_server_line(one_backend().proxies[0], false), "backend be has no server available!");
  EXPECT_EQ(no_server_line(one_backend().proxies[0], true), "backend 'be' has no server available!");
  EXPECT_EQ(no_server_line(one_backend(true).proxies[0], false), "proxy be has no server available!");
}

// ---- the plan
// -----------------------------------------------------------------------------------------------------

graph::Graph with_intervals(const std::vector<int>& intervals) {
  graph::Graph graph = one_backend();
  graph.servers.resize(intervals.size(), graph.servers[0]);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    graph.servers[i].id = static_cast<graph::ServerId>(i);
    graph.servers[i].check.inter = std::chrono::milliseconds(intervals[i]);
  }
  return graph;
}

std::vector<long> first_runs(const graph::Graph& graph) {
  std::vector<long> found;
  for (const PlannedCheck& planned : plan_checks(graph)) found.push_back(planned.first.count());
  return found;
}

// As measured: three checks of 600 ms, and later ones that make eight with a smallest long interval of 5 s.
TEST(CheckPlan, SpreadsTheFirstRound) {
  EXPECT_EQ(first_runs(with_intervals({600, 600, 600, 5000, 5000, 5000, 5000, 5000})),
            (std::vector<long>{0, 625, 1250, 1875, 2500, 3125, 3750, 4375}));
  EXPECT_EQ(first_runs(with_intervals({200, 200, 200, 200})), (std::vector<long>{0, 50, 100, 150}));
  EXPECT_EQ(first_runs(with_intervals({2000, 4000})), (std::vector<long>{0, 2000}));
}

TEST(CheckPlan, LeavesOutWhatIsNotChecked) {
  graph::Graph graph = with_intervals({1000, 1000, 1000});
  graph.servers[1].check.enabled = false;
  EXPECT_EQ(first_runs(graph), (std::vector<long>{0, 500}));
  graph.proxies[0].disabled = true;
  EXPECT_TRUE(plan_checks(graph).empty());
}

TEST(CheckPlan, LimitsTheConnect) {
  graph::Check check;
  check.inter = 500ms;
  graph::Timeouts timeouts;
  timeouts.connect = 300ms;
  EXPECT_EQ(connect_limit(check, timeouts), 500ms);  // without `timeout check` everything has the interval
  timeouts.check = 200ms;
  EXPECT_EQ(connect_limit(check, timeouts), 300ms);
  timeouts.connect = 1000ms;
  EXPECT_EQ(connect_limit(check, timeouts), 500ms);
}

TEST(CheckPlan, SendsTheProxyHeaderToTheServersOwnPort) {
  graph::Server server;
  EXPECT_EQ(check_send_proxy(server), graph::SendProxy::none);
  server.send_proxy = graph::SendProxy::v2;
  EXPECT_EQ(check_send_proxy(server), graph::SendProxy::v2);
  server.check.port = 80;
  EXPECT_EQ(check_send_proxy(server), graph::SendProxy::none);
  server.check.send_proxy = true;
  EXPECT_EQ(check_send_proxy(server), graph::SendProxy::v2);
  server.send_proxy = graph::SendProxy::none;
  EXPECT_EQ(check_send_proxy(server), graph::SendProxy::v1);
}

TEST(CheckPlan, WritesTheHeaderOfACheck) {
  fetchers::Endpoint from{fetchers::Family::ipv4, 39670, {127, 0, 0, 1}}, to = from;
  to.port = 38477;
  const SocketAddress source = to_socket_address(from), target = to_socket_address(to);
  EXPECT_EQ(check_proxy_header(graph::SendProxy::v1, source, target),
            "PROXY TCP4 127.0.0.1 127.0.0.1 39670 38477\r\n");
  EXPECT_EQ(check_proxy_header(graph::SendProxy::v2, source, target), "\r\n\r\n\0\r\nQUIT\n \0\0\0"s);
  EXPECT_EQ(check_proxy_header(graph::SendProxy::v1, unix_address("/x", false), target), "PROXY UNKNOWN\r\n");
  EXPECT_EQ(check_proxy_header(graph::SendProxy::none, source, target), "");
}

}  // namespace
}  // namespace shunt::runtime
