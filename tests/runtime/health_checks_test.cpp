// Health checks against real listeners: what is seen by the server, what becomes of its state, what is
// logged.
#include "runtime/health_checks.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "runtime/network_namespaces.hpp"
#include "runtime/socket_address.hpp"
#include "runtime/unique_fd.hpp"
#include "tests/runtime/empty_graph.hpp"

namespace shunt::runtime {
namespace {

using namespace std::chrono_literals;

UniqueFd listen_on(const SocketAddress& address) {
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  EXPECT_EQ(::bind(fd.get(), address.get(), address.size), 0);
  EXPECT_EQ(::listen(fd.get(), 8), 0);
  return fd;
}

fetchers::Endpoint loopback(std::uint16_t port) { return {fetchers::Family::ipv4, port, {127, 0, 0, 1}}; }

// What the journal wants to be ended.
struct EndedSessions final : SessionEnder {
  void end_sessions(const route::ServerState* server, route::EndCause cause) override {
    all.emplace_back(server, cause);
  }
  std::vector<std::pair<const route::ServerState*, route::EndCause>> all;
};

class HealthChecksTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::pipe2(log_pipe_, O_CLOEXEC | O_NONBLOCK), 0);
    graph::Proxy proxy;
    proxy.name = "be";
    proxy.is_backend = true;
    graph::LogTarget target;
    target.descriptor = log_pipe_[1];
    target.format = graph::LogWireFormat::short_;
    proxy.logs.push_back(target);
    graph_->proxies.push_back(proxy);
  }
  void TearDown() override {
    for (const int fd : log_pipe_) ::close(fd);
  }

  graph::Server& add_server(const std::string& name, const fetchers::Endpoint& endpoint) {
    graph::Server server;
    server.id = static_cast<graph::ServerId>(graph_->servers.size());
    server.name = name;
    server.endpoint = endpoint;
    server.check.enabled = true;
    server.check.inter = 20ms;
    graph_->servers.push_back(server);
    graph_->proxies[0].server_count = static_cast<std::uint32_t>(graph_->servers.size());
    return graph_->servers.back();
  }

  void start() {
    prepare();
    checks_->start();
  }
  void prepare() {
    generation_ = std::make_shared<Generation>();
    generation_->graph = graph_;
    generation_->state = std::make_shared<route::State>(*graph_);
    generation_->namespaces = NetworkNamespaces::open(*graph_, nullptr).value();
    journal_ = std::make_unique<ServerJournal>(io_, generation_, log_, messages_, ended_);
    checks_ = std::make_unique<HealthChecks>(io_, *journal_);
  }

  // Runs the loop until `done` or ten seconds.
  template <class Done>
  bool run_until(Done done) {
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (!done() && std::chrono::steady_clock::now() < limit) io_.run_one_for(50ms);
    return done();
  }
  bool run_until_up(bool up) {
    return run_until([&] { return state().up.load() == up; });
  }
  // Until so many log lines were written; returns them.
  std::string run_until_lines(long count) {
    run_until([&] {
      char bytes[4096];
      const ssize_t got = ::read(log_pipe_[0], bytes, sizeof(bytes));
      if (got > 0) lines_.append(bytes, static_cast<std::size_t>(got));
      return std::count(lines_.begin(), lines_.end(), '\n') >= count;
    });
    return lines_;
  }
  route::ServerState& state(graph::ServerId id = 0) { return generation_->state->server(id); }

  std::shared_ptr<graph::Graph> graph_ = std::make_shared<graph::Graph>(empty_graph());
  std::shared_ptr<Generation> generation_;
  boost::asio::io_context io_;
  LogSender log_;
  Messages messages_{true};
  EndedSessions ended_;
  std::unique_ptr<ServerJournal> journal_;
  std::unique_ptr<HealthChecks> checks_;
  std::string lines_;
  int log_pipe_[2] = {-1, -1};
};

TEST_F(HealthChecksTest, DeadServerGoesDownAtTheFirstFailureAndComesBack) {
  UniqueFd listener = listen_on(to_socket_address(loopback(0)));
  const SocketAddress address = local_address(listener.get());
  listener.reset();
  add_server("s1", to_endpoint(address));
  start();
  ASSERT_TRUE(run_until_up(false));
  EXPECT_EQ(run_until_lines(2),
            "<1>Server be/s1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check "
            "duration: "
            "0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n"
            "<0>backend be has no server available!\n");
  listener = listen_on(address);
  ASSERT_TRUE(run_until_up(true));
  EXPECT_NE(run_until_lines(3).find("<5>Server be/s1 is UP, reason: Layer4 check passed, check duration: "),
            std::string::npos);
}

TEST_F(HealthChecksTest, ServerNeverAcceptsAPlainCheck) {
  const UniqueFd listener = listen_on(to_socket_address(loopback(0)));
  graph_->proxies[0].options.log_health_checks = true;
  add_server("s1", to_endpoint(local_address(listener.get())));
  start();
  EXPECT_NE(run_until_lines(1).find("succeeded, reason: Layer4 check passed"), std::string::npos);
  EXPECT_LT(::accept(listener.get(), nullptr, nullptr), 0);
  EXPECT_EQ(errno, EAGAIN);
}

std::string accept_and_read(int listener) {
  pollfd p{listener, POLLIN, 0};
  if (::poll(&p, 1, 5000) != 1) return "(no connection)";
  const UniqueFd client(::accept(listener, nullptr, nullptr));
  char bytes[256];
  std::string all;
  for (ssize_t got = 0; (got = ::recv(client.get(), bytes, sizeof(bytes), 0)) > 0;) {
    all.append(bytes, static_cast<std::size_t>(got));
  }
  return all + (errno == ECONNRESET ? "(reset)" : "");
}

TEST_F(HealthChecksTest, SendsTheProxyHeader) {
  const UniqueFd listener = listen_on(to_socket_address(loopback(0)));
  graph_->proxies[0].options.log_health_checks = true;
  const SocketAddress address = local_address(listener.get());
  add_server("s1", to_endpoint(address)).send_proxy = graph::SendProxy::v1;
  start();
  run_until_lines(1);
  const std::string seen = accept_and_read(listener.get());
  EXPECT_TRUE(seen.starts_with("PROXY TCP4 127.0.0.1 127.0.0.1 ")) << seen;
  EXPECT_NE(seen.find(' ' + std::to_string(to_endpoint(address).port) + "\r\n"), std::string::npos) << seen;
}

TEST_F(HealthChecksTest, ChecksAbstractSockets) {
  const std::string name = "shunt-health-" + std::to_string(::getpid());
  UniqueFd listener = listen_on(unix_address(name, true));
  graph::Server& server = add_server("s1", {});
  server.address.family = parser::AddressFamily::abstract_socket;
  server.address.host = name;
  graph_->proxies[0].options.log_health_checks = true;
  start();
  EXPECT_NE(run_until_lines(1).find("succeeded"), std::string::npos);
  listener.reset();
  ASSERT_TRUE(run_until_up(false));
  EXPECT_NE(run_until_lines(3).find("Socket error, info: \"General socket error (Connection refused)\""),
            std::string::npos);
}

// A full backlog does not answer: the connect ends at the interval.
TEST_F(HealthChecksTest, SilentServerTimesOut) {
  const UniqueFd listener = listen_on(to_socket_address(loopback(0)));
  ASSERT_EQ(::listen(listener.get(), 0), 0);
  const SocketAddress address = local_address(listener.get());
  std::vector<UniqueFd> fillers;
  for (int i = 0; i < 8; ++i) {
    fillers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    static_cast<void>(!::connect(fillers.back().get(), address.get(), address.size));
  }
  add_server("s1", to_endpoint(address)).check.inter = 60ms;
  start();
  ASSERT_TRUE(run_until_up(false));
  EXPECT_NE(run_until_lines(1).find("reason: Layer4 timeout, check duration: 6"), std::string::npos)
      << lines_;
}

TEST_F(HealthChecksTest, ServerInMaintenanceIsLeftAlone) {
  UniqueFd listener = listen_on(to_socket_address(loopback(0)));
  const fetchers::Endpoint dead = to_endpoint(local_address(listener.get()));
  listener.reset();
  add_server("away", dead);
  add_server("s2", dead);
  start();
  state(0).maintenance = true;
  ASSERT_TRUE(run_until([&] { return !state(1).up.load(); }));
  io_.run_for(100ms);
  EXPECT_TRUE(state(0).up.load());
}

// Another generation's line says "check" where the server tracked one that was down.
TEST_F(HealthChecksTest, AKnownServerThatIsDownComesUpWithItsOwnChecks) {
  const UniqueFd listener = listen_on(to_socket_address(loopback(0)));
  add_server("s1", to_endpoint(local_address(listener.get())));
  prepare();
  state().check_up = state().up = false;
  checks_->start();
  EXPECT_TRUE(run_until_up(true));
}

// Its timer has run out already, and what it calls is in line behind the stop.
TEST_F(HealthChecksTest, NothingGrowsAfterTheStop) {
  add_server("s1", {}).slow_start = 20s;
  prepare();
  state().check_up = state().up = false;
  boost::asio::steady_timer stop(io_, 900ms);
  stop.async_wait([this](auto) { journal_->stop(); });
  journal_->state_changed(graph_->servers[0], {.status = CheckStatus::passed}, true);
  EXPECT_EQ(state().ramp, 1u);
  std::this_thread::sleep_for(1200ms);
  while (io_.poll_one() != 0) {
  }
  EXPECT_EQ(state().progress, 0u);
  log_.flush();  // while its pipe is open
}

TEST_F(HealthChecksTest, StopEndsTheLoop) {
  add_server("s1", loopback(9));
  start();
  checks_->stop();
  const auto before = std::chrono::steady_clock::now();
  io_.run_for(10s);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
}

}  // namespace
}  // namespace shunt::runtime
