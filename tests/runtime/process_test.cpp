// A graph run as a process: what it prints, how it stops, with which status, and what it may do then.
#include "runtime/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "graph/tls_renewal.hpp"
#include "runtime/socket_address.hpp"
#include "runtime/unique_fd.hpp"
#include "tests/runtime/empty_graph.hpp"
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace shunt::runtime {
namespace {

using namespace std::chrono_literals;
constexpr int patience_ms = 20000;

bool readable(int fd) {
  pollfd p{fd, POLLIN, 0};
  return ::poll(&p, 1, patience_ms) == 1;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

struct Pipe {
  UniqueFd reader, writer;
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }
  std::string drain() {
    writer.reset();
    std::string all;
    char part[4096];
    while (readable(reader.get())) {
      const ssize_t got = ::read(reader.get(), part, sizeof(part));
      if (got <= 0) break;
      all.append(part, static_cast<std::size_t>(got));
    }
    return all;
  }
};

class ProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "shunt-process-XXXXXX").string();
    directory = ::mkdtemp(name.data());
    ::chmod(directory.c_str(), 0755);
    manager.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const SocketAddress address = unix_address(directory + "/notify", false);
    ASSERT_EQ(::bind(manager.get(), address.get(), address.size), 0);
    options.foreground = true;
    options.notify = true;
    graph->global.maxconn = 100;
    graph->global.nbthread = 2;
    add_listen();
  }
  void TearDown() override {
    if (child > 0) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
    std::filesystem::remove_all(directory);
  }

  // One `listen` on an abstract socket, with one server that nobody listens to.
  void add_listen() {
    graph::Proxy proxy;
    proxy.name = "li";
    proxy.is_frontend = proxy.is_backend = true;
    proxy.default_backend = 0;
    proxy.listener_count = proxy.server_count = 1;
    graph::LogTarget target;
    target.descriptor = log.writer.get();
    target.format = graph::LogWireFormat::short_;
    proxy.logs.push_back(target);
    graph->proxies.push_back(proxy);
    graph::Listener listener;
    listener.number = 1;
    listener.address.family = parser::AddressFamily::abstract_socket;
    listener.address.host = "shunt-process-" + std::to_string(::getpid());
    graph->listeners.push_back(listener);
    graph::Server server;
    server.name = "s1";
    server.number = 1;
    server.address.family = parser::AddressFamily::abstract_socket;
    server.address.host = listener.address.host + "-server";
    server.endpoint.family = fetchers::Family::unix_socket;
    graph->servers.push_back(server);
  }

  void launch() {
    child = ::fork();
    if (child == 0) run_here();
  }
  [[noreturn]] void run_here() {
    ::setenv("NOTIFY_SOCKET", (directory + "/notify").c_str(), 1);
    ::dup2(errors.writer.get(), 2);
    auto loaded = std::make_unique<graph::Loaded>();
    loaded->graph = std::move(graph);
    graph::TlsState tls;
    tls.store = std::make_shared<graph::pki::CertificateStore>();
    loaded->tls = std::make_shared<const graph::TlsState>(std::move(tls));
    const int status = run(std::move(loaded), options);
#if defined(__SANITIZE_ADDRESS__)
    __lsan_do_leak_check();
#endif
    ::_exit(status);
  }
  std::string next_notice() {
    char bytes[256];
    if (!readable(manager.get())) return "(silence)";
    const ssize_t got = ::recv(manager.get(), bytes, sizeof(bytes), 0);
    return {bytes, static_cast<std::size_t>(got)};
  }
  void start() {
    launch();
    ASSERT_TRUE(next_notice().starts_with("READY=1\nMAINPID=")) << errors.drain();
  }
  // The wait status; the lines of log and stderr are complete then.
  int wait_end() {
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    child = -1;
    return status;
  }
  int stop(int number) {
    ::kill(child, number);
    return wait_end();
  }
  UniqueFd connect_client() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const SocketAddress address = unix_address("shunt-process-" + std::to_string(::getpid()), true);
    return ::connect(fd.get(), address.get(), address.size) == 0 ? std::move(fd) : UniqueFd();
  }

  std::string directory;
  UniqueFd manager;
  Pipe log, errors;
  std::unique_ptr<graph::Graph> graph = std::make_unique<graph::Graph>(empty_graph());
  RunOptions options;
  pid_t child = -1;
};

TEST_F(ProcessTest, SoftStopSaysGoodbyeAndExitsWithZero) {
  start();
  const int status = stop(SIGUSR1);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(log.drain(), "<4>Proxy li stopped (cumulated conns: FE: 0, BE: 0).\n");
  EXPECT_NE(errors.drain().find(") : Proxy li stopped (cumulated conns: FE: 0, BE: 0).\n"),
            std::string::npos);
  EXPECT_EQ(next_notice(), "STOPPING=1");
}

TEST_F(ProcessTest, SoftStopClosesTheListener) {
  start();
  EXPECT_TRUE(connect_client());
  stop(SIGUSR1);
  EXPECT_FALSE(connect_client());
}

TEST_F(ProcessTest, TermEndsItByTheSignalItself) {
  start();
  const int status = stop(SIGTERM);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) << status;
  EXPECT_EQ(next_notice(), "STOPPING=1");
}

TEST_F(ProcessTest, InterruptEndsItByTheSignalItself) {
  start();
  const int status = stop(SIGINT);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << status;
}

TEST_F(ProcessTest, MasterWorkerModeEndsInOrder) {
  options.master_worker = true;
  start();
  const int status = stop(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_NE(errors.drain().find("[NOTICE]   ("), std::string::npos);
}

TEST_F(ProcessTest, HangupDumpsServerStates) {
  start();
  ::kill(child, SIGHUP);
  const std::string expected =
      "<5>SIGHUP received, dumping servers states for proxy li.\n"
      "<5>SIGHUP: Server li/s1 is UP. Conn: 0 act, 0 pend, 0 tot.\n"
      "<5>SIGHUP: Proxy li has 1 active servers and 0 backup servers available. Conn: act(FE+BE): 0+0, 0 "
      "pend (0 "
      "unass), tot(FE+BE): 0+0.\n";
  std::string got;
  char part[4096];
  while (got.size() < expected.size() && readable(log.reader.get())) {
    got.append(part,
               static_cast<std::size_t>(std::max<ssize_t>(0, ::read(log.reader.get(), part, sizeof(part)))));
  }
  EXPECT_EQ(got, expected);
  stop(SIGTERM);
  EXPECT_NE(errors.drain().find("[WARNING]  ("), std::string::npos);
}

TEST_F(ProcessTest, WithoutAReaderTheReloadSignalIsAnsweredAndChangesNothing) {
  start();
  ::kill(child, SIGUSR2);
  ASSERT_TRUE(readable(errors.reader.get()));
  EXPECT_TRUE(connect_client());
  const int status = stop(SIGUSR1);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_NE(errors.drain().find("Reloading is not available"), std::string::npos);
}

// What it is told while it reads counts for what it has read, too.
TEST_F(ProcessTest, APauseDuringAReloadComesAfterIt) {
  options.read_again = [go = directory + "/go"](pid_t) {
    while (!std::filesystem::exists(go)) ::usleep(1000);
    return Rereading{};
  };
  start();
  ::kill(child, SIGUSR2);
  ASSERT_TRUE(next_notice().starts_with("RELOADING=1"));
  ::kill(child, SIGTTOU);
  ::usleep(50'000);
  std::ofstream(directory + "/go").put('x');
  ASSERT_TRUE(next_notice().starts_with("READY=1"));
  stop(SIGUSR1);
  const std::string said = errors.drain();
  const std::size_t failed = said.find("Reload failed"), paused = said.find("Paus");
  ASSERT_NE(failed, std::string::npos) << said;
  ASSERT_NE(paused, std::string::npos) << said;
  EXPECT_LT(failed, paused) << said;
}

// An older process has let its address go; a later step of the start fails.
TEST_F(ProcessTest, AFailedStartLetsTheOlderProcessGoOn) {
  static volatile std::sig_atomic_t held = -1;
  Pipe ready;
  const pid_t older = ::fork();
  if (older == 0) {
    const SocketAddress address = unix_address(graph->listeners[0].address.host, true);
    held = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::signal(SIGTTOU, [](int) { ::close(held); });
    ::signal(SIGTTIN, [](int) { ::_exit(7); });
    const bool bound = ::bind(held, address.get(), address.size) == 0;
    static_cast<void>(!::write(ready.writer.get(), "x", bound ? 1 : 0));
    while (true) ::pause();
  }
  ASSERT_TRUE(readable(ready.reader.get()));
  options.older.finishing = {older};
  graph->global.chroot = directory + "/nowhere";
  launch();
  const int status = wait_end();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
  pollfd ignored{-1, 0, 0};
  int ended = 0;
  for (int i = 0; i < 1000 && ::waitpid(older, &ended, WNOHANG) == 0; ++i) ::poll(&ignored, 1, 10);
  EXPECT_TRUE(WIFEXITED(ended) && WEXITSTATUS(ended) == 7) << errors.drain();
  ::kill(older, SIGKILL);
}

TEST_F(ProcessTest, HardStopEndsASoftStopThatTakesTooLong) {
  graph->global.hard_stop_after = 100ms;
  graph->proxies[0].timeouts.connect = 60s;
  // A server that takes connections and says nothing holds the session open.
  const UniqueFd server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress address = unix_address(graph->servers[0].address.host, true);
  ASSERT_EQ(::bind(server.get(), address.get(), address.size), 0);
  ASSERT_EQ(::listen(server.get(), 4), 0);
  start();
  const UniqueFd client = connect_client();
  ASSERT_TRUE(client);
  ASSERT_TRUE(readable(server.get()));  // the session has reached its server
  const int status = stop(SIGUSR1);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  const std::string said = errors.drain();
  EXPECT_NE(said.find("soft-stop running for too long, performing a hard-stop."), std::string::npos) << said;
  EXPECT_NE(said.find("Proxy li hard-stopped (1 remaining conns will be closed)."), std::string::npos)
      << said;
}

TEST_F(ProcessTest, AddressInUseIsRefusedAtStart) {
  const UniqueFd other(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress address = unix_address(graph->listeners[0].address.host, true);
  ASSERT_EQ(::bind(other.get(), address.get(), address.size), 0);
  ASSERT_EQ(::listen(other.get(), 4), 0);
  launch();
  const int status = wait_end();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
  const std::string said = errors.drain();
  EXPECT_NE(said.find("[ALERT]    ("), std::string::npos) << said;
  EXPECT_NE(said.find("for proxy li: "), std::string::npos) << said;
  EXPECT_NE(said.find("Some protocols failed to start their listeners! Exiting."), std::string::npos) << said;
}

TEST_F(ProcessTest, QuietSaysNothing) {
  options.quiet = true;
  graph->global.chroot = "/nowhere/at/all";
  launch();
  EXPECT_EQ(WEXITSTATUS(wait_end()), 1);
  EXPECT_EQ(errors.drain(), "");
}

// The log goes to a pipe that is the process's stdout; HAProxy gives its stdout up when it is quiet.
TEST_F(ProcessTest, QuietGivesUpStdoutForLogsToo) {
  options.quiet = true;
  graph->proxies[0].logs[0].descriptor = 1;
  child = ::fork();
  if (child == 0) {
    ::dup2(log.writer.get(), 1);
    run_here();
  }
  ASSERT_TRUE(next_notice().starts_with("READY=1"));
  stop(SIGUSR1);
  EXPECT_EQ(log.drain(), "");
}

TEST_F(ProcessTest, ImpossibleChrootIsRefused) {
  graph->global.chroot = "/nowhere/at/all";
  launch();
  EXPECT_EQ(WEXITSTATUS(wait_end()), 1);
  EXPECT_NE(errors.drain().find("[haproxy.main()] Cannot chroot(/nowhere/at/all)."), std::string::npos);
}

TEST_F(ProcessTest, TooManyConnectionsForTheSystemAreRefused) {
  graph->global.maxconn = 2'000'000'000;
  launch();
  EXPECT_EQ(WEXITSTATUS(wait_end()), 1);
  EXPECT_NE(errors.drain().find("[haproxy.main()] Cannot raise FD limit to "), std::string::npos);
}

TEST_F(ProcessTest, WithoutStrictLimitsTheStartGoesOn) {
  graph->global.maxconn = 2'000'000'000;
  graph->global.strict_limits = false;
  start();
  EXPECT_EQ(stop(SIGUSR1), 0);
  const std::string said = errors.drain();
  EXPECT_NE(said.find("[WARNING]  ("), std::string::npos) << said;
  EXPECT_NE(said.find("[haproxy.main()] Cannot raise FD limit to "), std::string::npos) << said;
  EXPECT_NE(said.find(" too low for maxconn=2000000000/maxsock="), std::string::npos) << said;
  EXPECT_EQ(said.find("Exiting"), std::string::npos) << said;
}

TEST_F(ProcessTest, ALimitThatUlimitNKeepsTooLowIsRefused) {
  graph->global.maxconn = 1000;
  graph->global.ulimit_n = 64;
  child = ::fork();
  if (child == 0) {
    const rlimit few{64, 4096};
    ::setrlimit(RLIMIT_NOFILE, &few);
    run_here();
  }
  EXPECT_EQ(WEXITSTATUS(wait_end()), 1);
  EXPECT_NE(errors.drain().find("[haproxy.main()] FD limit (64) too low for maxconn=1000/maxsock="),
            std::string::npos);
}

TEST_F(ProcessTest, StatsSocketAnswersThatItIsNotThereYet) {
  graph::StatsSocket line;
  line.address.family = parser::AddressFamily::unix_path;
  line.address.host = directory + "/stats";
  line.unix_socket.mode = 0640;
  graph->global.stats_sockets.push_back(line);
  start();
  struct stat info{};
  ASSERT_EQ(::stat(line.address.host.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640U);
  const UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress address = unix_address(line.address.host, false);
  ASSERT_EQ(::connect(client.get(), address.get(), address.size), 0);
  const std::string_view command = "show info\n";
  ASSERT_EQ(::send(client.get(), command.data(), command.size(), 0), static_cast<ssize_t>(command.size()));
  std::string answer;
  char part[256];
  for (ssize_t got = 0; readable(client.get()) && (got = ::recv(client.get(), part, sizeof(part), 0)) > 0;) {
    answer.append(part, static_cast<std::size_t>(got));
  }
  EXPECT_NE(answer.find("not available yet"), std::string::npos);
  stop(SIGUSR1);
}

std::string status_field(const std::string& pid, const std::string& name) {
  std::istringstream lines(read_file("/proc/" + pid + "/status"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + ":")) return line.substr(name.size() + 2);
  }
  return "";
}

std::string only_child(pid_t pid) {
  std::string all = read_file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  all.erase(all.find_last_not_of(" \n") + 1);
  return all;
}

TEST_F(ProcessTest, GivesUpRootAndLeavesAKeeperThatDoesNot) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root";
  graph->global.chroot = directory;
  graph->global.uid = 65534;
  graph->global.gid = 65533;
  start();
  const std::string pid = std::to_string(child);
  EXPECT_EQ(status_field(pid, "Uid"), "65534\t65534\t65534\t65534");
  EXPECT_EQ(status_field(pid, "Gid"), "65533\t65533\t65533\t65533");
  EXPECT_EQ(status_field(pid, "Groups"), " ");
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + pid + "/root"), directory);
  const std::string keeper = only_child(child);
  EXPECT_EQ(status_field(keeper, "Name"), "shunt-keeper");
  EXPECT_EQ(status_field(keeper, "Uid"), "0\t0\t0\t0");
  EXPECT_TRUE(connect_client());
  const UniqueFd watched(static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(keeper), 0)));
  stop(SIGTERM);
  EXPECT_TRUE(readable(watched.get()));  // the keeper ended too
}

TEST_F(ProcessTest, DaemonWritesItsPidAndReportsSuccess) {
  options.foreground = false;
  options.daemon = true;
  options.pidfile = directory + "/pid";
  if (::getuid() == 0) graph->global.chroot = directory;  // without a /dev/null
  launch();
  const int status = wait_end();  // of the parent
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  const pid_t daemon = std::stoi(read_file(directory + "/pid"));
  EXPECT_EQ(next_notice(), "READY=1\nMAINPID=" + std::to_string(daemon));
  EXPECT_EQ(::getsid(daemon), daemon);
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(daemon) + "/fd/2"), "/dev/null");
  EXPECT_TRUE(connect_client());
  const UniqueFd watched(static_cast<int>(::syscall(SYS_pidfd_open, daemon, 0)));
  ::kill(daemon, SIGTERM);
  EXPECT_TRUE(readable(watched.get()));
}

TEST_F(ProcessTest, DaemonThatFailsReportsFailure) {
  options.foreground = false;
  options.daemon = true;
  graph->global.chroot = "/nowhere/at/all";  // noticed only by the child
  launch();
  EXPECT_EQ(WEXITSTATUS(wait_end()), 1);
  EXPECT_NE(errors.drain().find("Cannot chroot"), std::string::npos);
}

TEST_F(ProcessTest, PidfileThatCannotBeWrittenIsRefusedByADaemonOnly) {
  options.pidfile = directory + "/no/pid";
  start();
  stop(SIGTERM);
  EXPECT_FALSE(std::filesystem::exists(directory + "/no/pid"));
}

TEST_F(ProcessTest, PidfileThatCannotBeWrittenIsRefused) {
  options.foreground = false;
  options.daemon = true;
  options.pidfile = directory + "/no/pid";
  launch();
  EXPECT_EQ(WEXITSTATUS(wait_end()), 1);
  EXPECT_NE(errors.drain().find("[haproxy.main()] Cannot create pidfile " + directory + "/no/pid"),
            std::string::npos);
}

}  // namespace
}  // namespace shunt::runtime
