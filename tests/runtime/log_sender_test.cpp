// Log lines through real sockets and pipes: delivered, never waited for, never torn, counted when lost.
#include "runtime/log_sender.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "runtime/log_faults.hpp"
#include "runtime/unique_fd.hpp"
#include "tests/runtime/empty_graph.hpp"

namespace shunt::runtime {
namespace {

using graph::LogLevel;
using graph::LogTarget;
using graph::LogWireFormat;

LogTarget raw_target(LogTarget::Kind kind) {
  LogTarget target;
  target.kind = kind;
  target.format = LogWireFormat::raw;
  return target;
}

std::string read_all_now(int fd) {
  std::string all;
  char part[65536];
  for (ssize_t got = 0; (got = ::read(fd, part, sizeof(part))) > 0;)
    all.append(part, static_cast<std::size_t>(got));
  return all;
}

class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "shunt-log-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A syslog daemon's socket.
UniqueFd listen_datagrams(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  return fd;
}

std::string receive(int fd) {
  char bytes[70000];
  const ssize_t got = ::recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
  return got < 0 ? "(nothing)" : std::string(bytes, static_cast<std::size_t>(got));
}

struct Pipe {
  UniqueFd reader, writer;
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
    ::fcntl(reader.get(), F_SETFL, O_NONBLOCK);
  }
};

TEST(LogSender, GathersLinesForADescriptorUntilFlushed) {
  const Pipe pipe;
  LogTarget target = raw_target(LogTarget::Kind::descriptor);
  target.descriptor = pipe.writer.get();
  LogSender sender;
  sender.send({target}, LogLevel::info, "t", "one");
  sender.send({target}, LogLevel::info, "t", "two");
  sender.flush();
  EXPECT_EQ(read_all_now(pipe.reader.get()), "one\ntwo\n");
  EXPECT_EQ(sender.lost(), 0U);
}

TEST(LogSender, LeavesTheSharedDescriptorBlocking) {
  const Pipe pipe;
  LogTarget target = raw_target(LogTarget::Kind::descriptor);
  target.descriptor = pipe.writer.get();
  LogSender sender;
  sender.send({target}, LogLevel::info, "t", "one");
  sender.flush();
  EXPECT_EQ(::fcntl(pipe.writer.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(LogSender, FullPipeNeitherBlocksNorTearsLines) {
  const Pipe pipe;
  LogTarget target = raw_target(LogTarget::Kind::descriptor);
  target.descriptor = pipe.writer.get();
  target.length = 8192;
  LogSender sender;
  for (int i = 0; i < 2000; ++i)
    sender.send({target}, LogLevel::info, "t", std::to_string(i) + std::string(500, '.'));
  sender.flush();
  EXPECT_GT(sender.lost(), 0U);
  std::string all;
  for (int round = 0; round < 20; ++round) {
    all += read_all_now(pipe.reader.get());
    sender.flush();
  }
  std::istringstream lines(all);
  std::uint64_t whole = 0;
  int last = -1;
  for (std::string text; std::getline(lines, text); ++whole) {
    EXPECT_TRUE(text.ends_with(std::string(500, '.'))) << text.substr(0, 40);
    EXPECT_GT(std::stoi(text), last);
    last = std::stoi(text);
  }
  EXPECT_EQ(whole + sender.lost(), 2000U);
}

TEST(LogSender, LineLongerThanAPipeTakesAtOnceArrivesWhole) {
  const Pipe pipe;
  ::fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4096);
  LogTarget target = raw_target(LogTarget::Kind::descriptor);
  target.descriptor = pipe.writer.get();
  target.length = 65535;
  LogSender sender;
  sender.send({target}, LogLevel::info, "t", std::string(20000, 'a'));
  sender.send({target}, LogLevel::info, "t", "end");
  std::string all;
  for (int round = 0; round < 20; ++round) {
    sender.flush();
    all += read_all_now(pipe.reader.get());
  }
  EXPECT_EQ(all, std::string(20000, 'a') + "\nend\n");
  EXPECT_EQ(sender.lost(), 0U);
}

TEST(LogSender, ReaderThatIsGoneCostsItsLinesOnly) {
  ::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  LogTarget target = raw_target(LogTarget::Kind::descriptor);
  target.descriptor = pipe.writer.get();
  LogSender sender;
  sender.send({target}, LogLevel::info, "t", "seen");
  sender.flush();
  pipe.reader.reset();
  sender.send({target}, LogLevel::info, "t", "a");
  sender.send({target}, LogLevel::info, "t", "b");
  sender.flush();
  EXPECT_EQ(sender.lost(), 2U);
}

TEST(LogSender, WritesToFilesAtTheirOffset) {
  const Directory directory;
  const UniqueFd file(::open(directory.file("log").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  ASSERT_EQ(::write(file.get(), "before\n", 7), 7);
  LogTarget target = raw_target(LogTarget::Kind::descriptor);
  target.descriptor = file.get();
  LogSender sender;
  sender.send({target}, LogLevel::info, "t", "line");
  sender.flush();
  std::ifstream in(directory.file("log"));
  std::stringstream all;
  all << in.rdbuf();
  EXPECT_EQ(all.str(), "before\nline\n");
}

TEST(LogSender, SendsToAUnixSocketAndFindsADaemonThatCameBack) {
  const Directory directory;
  const std::string path = directory.file("log");
  UniqueFd daemon = listen_datagrams(path);
  LogTarget target = raw_target(LogTarget::Kind::unix_datagram);
  target.path = path;
  LogSender sender;
  sender.send({target}, LogLevel::info, "t", "one");
  EXPECT_EQ(receive(daemon.get()), "one\n");
  daemon.reset();
  sender.send({target}, LogLevel::info, "t", "nobody");
  EXPECT_EQ(sender.lost(), 1U);
  std::filesystem::remove(path);
  daemon = listen_datagrams(path);
  sender.send({target}, LogLevel::info, "t", "two");
  EXPECT_EQ(receive(daemon.get()), "two\n");
  EXPECT_EQ(sender.lost(), 1U);
}

TEST(LogSender, FindsADaemonThatStartsLater) {
  const Directory directory;
  LogTarget target = raw_target(LogTarget::Kind::unix_datagram);
  target.path = directory.file("log");
  LogSender sender;
  sender.send({target}, LogLevel::info, "t", "too early");
  const UniqueFd daemon = listen_datagrams(target.path);
  sender.send({target}, LogLevel::info, "t", "now");
  EXPECT_EQ(receive(daemon.get()), "now\n");
  EXPECT_EQ(sender.lost(), 1U);
}

TEST(LogSender, FullDaemonIsNotWaitedFor) {
  const Directory directory;
  LogTarget target = raw_target(LogTarget::Kind::unix_datagram);
  target.path = directory.file("log");
  const UniqueFd daemon = listen_datagrams(target.path);
  LogSender sender;
  for (int i = 0; i < 5000; ++i) sender.send({target}, LogLevel::info, "t", "line");
  EXPECT_GT(sender.lost(), 0U);
  EXPECT_EQ(receive(daemon.get()), "line\n");
}

// Targets that fail in each of the ways, and what is said of them: the first one only, and never of a full
// one.
TEST(LogSender, SaysOnceThatATargetCannotBeWritten) {
  const Directory directory;
  LogTarget udp = raw_target(LogTarget::Kind::udp), absent = raw_target(LogTarget::Kind::unix_datagram),
            closed = raw_target(LogTarget::Kind::descriptor), full = absent;
  udp.endpoint = {.family = fetchers::Family::ipv4, .port = 9, .address = {127, 0, 0, 1}};
  absent.path = directory.file("absent");
  full.path = directory.file("full");
  closed.descriptor = 987;
  const UniqueFd daemon = listen_datagrams(full.path);
  const Messages messages(false);
  const auto said = [&](const std::vector<LogTarget>& targets, int lines) {
    LogFaults faults(messages);
    ::testing::internal::CaptureStderr();
    {
      LogSender sender(&faults), other(&faults);
      for (int i = 0; i < lines; ++i) sender.send(targets, LogLevel::info, "t", "line");
      other.send(targets, LogLevel::info, "t", "line");
    }
    const std::string text = ::testing::internal::GetCapturedStderr();
    return text.substr(std::min(text.size(), text.find(" : ")));
  };
  EXPECT_EQ(said({udp, absent, closed}, 3),
            " : sendmsg()/writev() failed in logger #2: No such file or directory (errno=2)\n");
  EXPECT_EQ(said({closed}, 2), " : sendmsg()/writev() failed in logger #1: Bad file descriptor (errno=9)\n");
  LogTarget urgent = udp;
  urgent.most_verbose = LogLevel::err;
  EXPECT_EQ(said({urgent, closed}, 1).substr(0, 46), " : sendmsg()/writev() failed in logger #1: Bad")
      << "counted as sent to";
  EXPECT_EQ(said({full}, 5000), "");
}

TEST(LogSender, PreparedSocketsAreOpenBeforeTheFirstLine) {
  const Directory directory;
  graph::Graph graph = empty_graph();
  LogTarget target = raw_target(LogTarget::Kind::unix_datagram);
  target.path = directory.file("log");
  graph.global.logs.push_back(target);
  const UniqueFd daemon = listen_datagrams(target.path);
  LogSender sender;
  sender.prepare(graph);
  std::filesystem::remove(target.path);  // as after chroot: the path leads nowhere
  sender.send({target}, LogLevel::info, "t", "still");
  EXPECT_EQ(receive(daemon.get()), "still\n");
}

UniqueFd listen_udp(int family, LogTarget& target) {
  UniqueFd fd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage address{};
  socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  address.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET)
    reinterpret_cast<sockaddr_in&>(address).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  else
    reinterpret_cast<sockaddr_in6&>(address).sin6_addr = in6addr_loopback;
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) return UniqueFd();
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  target.endpoint.family = family == AF_INET ? fetchers::Family::ipv4 : fetchers::Family::ipv6;
  target.endpoint.port = ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);  // same place in both
  if (family == AF_INET)
    target.endpoint.address = {127, 0, 0, 1};
  else
    target.endpoint.address[15] = 1;
  return fd;
}

TEST(LogSender, SendsUdpToBothFamilies) {
  for (const int family : {AF_INET, AF_INET6}) {
    LogTarget target = raw_target(LogTarget::Kind::udp);
    const UniqueFd daemon = listen_udp(family, target);
    if (!daemon) continue;  // a machine without IPv6
    LogSender sender;
    sender.send({target}, LogLevel::info, "t", "datagram");
    EXPECT_EQ(receive(daemon.get()), "datagram\n");
  }
}

TEST(LogSender, EachTargetHasItsOwnFormatAndLevel) {
  const Pipe first, second;
  LogTarget quiet = raw_target(LogTarget::Kind::descriptor), loud = quiet;
  quiet.descriptor = first.writer.get();
  quiet.most_verbose = LogLevel::notice;
  loud.descriptor = second.writer.get();
  loud.format = LogWireFormat::priority;
  LogSender sender;
  sender.send({quiet, loud}, LogLevel::info, "t", "session");
  sender.send({quiet, loud}, LogLevel::alert, "t", "down");
  sender.flush();
  EXPECT_EQ(read_all_now(first.reader.get()), "down\n");
  EXPECT_EQ(read_all_now(second.reader.get()), "<134>session\n<129>down\n");
}

}  // namespace
}  // namespace shunt::runtime
