// The keeper: forks the children that it was given, refuses the rest, and ends with its parent.
#include "runtime/keeper.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>
#include <string>
#include <thread>

#include "runtime/descriptor_message.hpp"

namespace shunt::runtime {
namespace {

// A child that says its name first and repeats what it is told.
KeeperChildren::Serve echo(std::string name) {
  return [name = std::move(name)](int socket) {
    static_cast<void>(send_message(socket, name));
    while (const auto told = receive_message(socket)) {
      if (told.assume_value().bytes.empty()) return;
      static_cast<void>(send_message(socket, told.assume_value().bytes));
    }
  };
}

std::string said(int socket) {
  auto message = receive_message(socket);
  return message ? message.assume_value().bytes : "(error)";
}

TEST(KeeperTest, EachConversationIsWithAChildOfItsKind) {
  auto keeper = Keeper::start({.read_again = echo("reader"), .watch = echo("watcher")});
  ASSERT_TRUE(keeper);
  const auto reader = keeper.value().begin_reading(), watcher = keeper.value().begin_watching();
  ASSERT_TRUE(reader) << reader.error().message();
  ASSERT_TRUE(watcher) << watcher.error().message();
  EXPECT_EQ(said(watcher.value().get()), "watcher");
  EXPECT_EQ(said(reader.value().get()), "reader");
  EXPECT_FALSE(send_message(reader.value().get(), "one"));
  EXPECT_EQ(said(reader.value().get()), "one");
}

TEST(KeeperTest, RefusesChildrenThatItDoesNotHave) {
  auto keeper = Keeper::start({.read_again = echo("reader")});
  ASSERT_TRUE(keeper);
  const auto watcher = keeper.value().begin_watching();
  ASSERT_FALSE(watcher);
  EXPECT_EQ(watcher.error(), std::errc::operation_not_permitted);
  EXPECT_TRUE(keeper.value().begin_reading());  // and goes on
}

TEST(KeeperTest, DeadKeeperIsAnErrorNotAHang) {
  auto keeper = Keeper::start({.read_again = echo("reader")});
  ASSERT_TRUE(keeper);
  ::kill(keeper.value().pid(), SIGKILL);
  EXPECT_FALSE(keeper.value().begin_reading());
}

TEST(KeeperTest, EndsWhenItIsLetGo) {
  pid_t pid = -1;
  {
    auto keeper = Keeper::start({});
    ASSERT_TRUE(keeper);
    pid = keeper.value().pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

// Opened in the grandparent: readable once the keeper is dead.
UniqueFd watch(pid_t pid) { return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

TEST(KeeperTest, DiesWithAParentThatIsKilled) {
  int report[2];
  ASSERT_EQ(::pipe(report), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    auto keeper = Keeper::start({});
    const pid_t pid = keeper ? keeper.value().pid() : -1;
    static_cast<void>(!::write(report[1], &pid, sizeof(pid)));
    ::pause();
    ::_exit(0);
  }
  pid_t keeper = -1;
  ASSERT_EQ(::read(report[0], &keeper, sizeof(keeper)), static_cast<ssize_t>(sizeof(keeper)));
  ASSERT_GT(keeper, 0);
  const UniqueFd watched = watch(keeper);
  ASSERT_TRUE(watched);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  pollfd p{watched.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&p, 1, 10000), 1);
  ::close(report[0]);
  ::close(report[1]);
}

TEST(KeeperProtocol, RefusesEachOtherRequestAndEndsAtEndOfFile) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
  std::thread child([&] { serve_keeper(ends[1], {}); });
  for (const std::string& request : {std::string("/etc/passwd"), std::string("/dev/null"), std::string("\0\0", 2),
                                     std::string("\2"), std::string(100000, 'x')}) {
    ASSERT_EQ(::send(ends[0], request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
    int error = 0;
    ASSERT_EQ(::recv(ends[0], &error, sizeof(error), 0), static_cast<ssize_t>(sizeof(error)));
    EXPECT_EQ(error, EPERM);
  }
  ::close(ends[0]);
  child.join();  // a test that hangs here has failed
  ::close(ends[1]);
}

}  // namespace
}  // namespace shunt::runtime
