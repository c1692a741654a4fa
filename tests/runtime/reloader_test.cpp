// One attempt of a reload, through a keeper and its reader: what a refused one leaves as it was.
#include "runtime/reloader.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

#include "runtime/make_generation.hpp"
#include "runtime/socket_address.hpp"
#include "tests/runtime/running_proxy.hpp"

namespace shunt::runtime {
namespace {

class ReloaderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "shunt-reloader-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    path = folder + "/socket";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  // The generation that serves, and its stats sockets.
  void serve(const std::string& text) {
    auto loaded = graph::load_text("test.cfg", text, {});
    ASSERT_TRUE(loaded->graph);
    auto made =
        make_generation(std::shared_ptr<const graph::Graph>(std::move(loaded->graph)), nullptr, counters, 2);
    ASSERT_TRUE(made);
    FreshPaths paths;
    std::vector<BindFinding> findings;
    stats = StatsSockets::open(*made.assume_value()->graph, paths, findings);
    made.assume_value()->sockets = ListeningSockets::open(*made.assume_value()->graph, 2, paths, findings);
    ASSERT_TRUE(findings.empty()) << findings.front().message;
    ASSERT_TRUE(paths.put_in_place());
    paths.keep();
    current = std::move(made).assume_value();
  }

  ReloadOutcome reload(const std::string& text) {
    const ReadConfiguration read = [&text](pid_t) {
      Rereading again{.loaded = graph::load_text("test.cfg", text, {})};
      again.good = again.loaded->graph != nullptr;
      return again;
    };
    auto keeper = Keeper::start({.read_again = [&read](int socket) { serve_reader(socket, read, 1); }});
    EXPECT_TRUE(keeper);
    Keeper kept = std::move(keeper).value();
    Reloader reloader({kept, read, counters, 2});
    std::promise<ReloadOutcome> outcome;
    reloader.begin(current, *stats, [&](ReloadOutcome made) { outcome.set_value(std::move(made)); });
    return outcome.get_future().get();
  }

  // Nothing but this is left, once the reader is gone: no temporary name either.
  [[nodiscard]] bool becomes(const std::vector<std::string>& wanted) const {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (names() != wanted && std::chrono::steady_clock::now() < limit)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return names() == wanted;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      found.push_back(entry.path().filename().string());
    std::ranges::sort(found);
    return found;
  }
  [[nodiscard]] bool answers(const std::string& at) const {
    const UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const SocketAddress address = unix_address(at, false);
    return ::connect(client.get(), address.get(), address.size) == 0;
  }
  [[nodiscard]] std::uint32_t mode(const std::string& at) const {
    struct stat status{};
    return ::stat(at.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
  }
  [[nodiscard]] std::string config(const std::string& mode, const std::string& more = "") const {
    return "global\n stats socket " + folder + "/stats mode " + mode + "\n" +
           "defaults\n mode tcp\n timeout connect 1s\n timeout client 1s\n timeout server 1s\nlisten l\n "
           "bind " +
           path + " mode " + mode + "\n" + more + " server s 127.0.0.1:1\n";
  }

  std::string folder, path;
  ProcessCounters counters;
  std::unique_ptr<StatsSockets> stats;
  std::shared_ptr<const Generation> current;
};

TEST_F(ReloaderTest, PutsChangedPathsInPlace) {
  serve(config("600"));
  const ReloadOutcome outcome = reload(config("660"));
  ASSERT_TRUE(outcome.generation) << outcome.alerts.front();
  EXPECT_EQ(mode(path), 0660u);
  EXPECT_EQ(mode(folder + "/stats"), 0660u);
  EXPECT_TRUE(answers(path));
  EXPECT_TRUE(answers(folder + "/stats"));
  EXPECT_TRUE(becomes(std::vector<std::string>{"socket", "stats"}));
}

TEST_F(ReloaderTest, ARefusedOneLeavesPathsAlone) {
  serve(config("600"));
  std::uint16_t taken = 0;
  const UniqueFd other(listening_on_loopback(taken));
  const ReloadOutcome outcome = reload(config("660", fmt::format(" bind 127.0.0.1:{}\n", taken)));
  EXPECT_FALSE(outcome.generation);
  ASSERT_FALSE(outcome.alerts.empty());
  EXPECT_EQ(mode(path), 0600u);
  EXPECT_EQ(mode(folder + "/stats"), 0600u);
  EXPECT_TRUE(answers(path));
  EXPECT_TRUE(answers(folder + "/stats"));
  EXPECT_TRUE(becomes(std::vector<std::string>{"socket", "stats"}));
}

// The second path can't be taken: the first, which was switched already, is switched back.
TEST_F(ReloaderTest, APathThatCannotBeTakenUndoesTheOthers) {
  serve(config("600"));
  std::filesystem::create_directory(folder + "/folder");
  const ReloadOutcome outcome = reload(config("660", " bind " + folder + "/folder mode 600\n"));
  EXPECT_FALSE(outcome.generation);
  ASSERT_FALSE(outcome.alerts.empty());
  EXPECT_EQ(outcome.alerts.front(),
            "cannot switch final and temporary UNIX sockets (Is a directory) [" + folder + "/folder]");
  EXPECT_EQ(mode(path), 0600u);
  EXPECT_TRUE(answers(path));
  EXPECT_TRUE(becomes(std::vector<std::string>{"folder", "socket", "stats"}));
}

// The same port with other options is bound beside the one that serves; it must not collect clients.
TEST_F(ReloaderTest, ARefusedOneTakesNoClients) {
  const std::uint16_t port = free_port();
  const std::string text = config("600", fmt::format(" bind 127.0.0.1:{}\n", port));
  serve(text);
  std::uint16_t taken = 0;
  const UniqueFd other(listening_on_loopback(taken));
  std::vector<BindFinding> findings;
  FreshPaths paths;
  auto changed = graph::load_text(
      "test.cfg",
      config("600", fmt::format(" bind 127.0.0.1:{} transparent\n bind 127.0.0.1:{}\n", port, taken)), {});
  ASSERT_TRUE(changed->graph);
  const auto opened = open_listener(*changed->graph, changed->graph->listeners[1], 2, paths, findings);
  ASSERT_EQ(opened.size(), 2u);
  for (int i = 0; i < 32; ++i) {
    const int client = connect_to(port);
    ASSERT_GE(client, 0);
    ::close(client);
  }
  for (const UniqueFd& fd : opened) {
    ASSERT_EQ(::listen(fd.get(), 16), 0);
    EXPECT_LT(::accept4(fd.get(), nullptr, nullptr, SOCK_NONBLOCK), 0);
  }
}

// At the descriptor limit the kernel passes the message without its descriptor.
TEST_F(ReloaderTest, ASocketThatCannotBeReceivedIsAFault) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  const std::string text = config("600");
  const pid_t reader = ::fork();
  if (reader == 0) {
    ::close(ends[0]);
    serve_reader(
        ends[1],
        [&text](pid_t) { return Rereading{.loaded = graph::load_text("test.cfg", text, {}), .good = true}; },
        1);
    ::_exit(0);
  }
  ::close(ends[1]);
  ReaderClient client{UniqueFd(ends[0])};
  ASSERT_TRUE(client.receive_reading());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int next = ::dup(0);
  ::close(next);
  const rlimit low{static_cast<rlim_t>(next), before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &low);
  const ReaderClient::Sockets answer = client.listener(0, 1);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(answer.descriptors.empty());
  ASSERT_EQ(answer.findings.size(), 1u);
  EXPECT_TRUE(answer.findings[0].fatal);
  EXPECT_FALSE(client.listener(0, 1).descriptors.empty());  // the conversation is not out of step
}

// A file that is a pipe nobody writes to, a name server that says nothing: the end of the process needs no
// answer.
TEST_F(ReloaderTest, ThatHangsDoesNotHoldUpAStop) {
  serve(config("600"));
  const ReadConfiguration read = [](pid_t) -> Rereading {
    while (true) ::pause();
  };
  auto keeper = Keeper::start({.read_again = [&read](int socket) { serve_reader(socket, read, 1); }});
  ASSERT_TRUE(keeper);
  Keeper kept = std::move(keeper).value();
  std::promise<ReloadOutcome> outcome;
  Reloader reloader({kept, read, counters, 2});
  reloader.begin(current, *stats, [&](ReloadOutcome made) { outcome.set_value(std::move(made)); });
  auto made = outcome.get_future();
  EXPECT_EQ(made.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  reloader.cancel();
  EXPECT_FALSE(made.get().generation);
}

TEST_F(ReloaderTest, InheritedStatsSocketsAreForStartsOnly) {
  serve(config("600"));
  const ReloadOutcome outcome =
      reload("global\n stats socket fd@0\n" + config("600").substr(std::string("global\n").size()));
  EXPECT_FALSE(outcome.generation);
  ASSERT_FALSE(outcome.alerts.empty());
  EXPECT_NE(outcome.alerts.front().find("it can only be taken over at a start"), std::string::npos);
}

}  // namespace
}  // namespace shunt::runtime
