// The keeper: opens exactly the named paths, refuses the rest, and ends with its parent.
#include "runtime/keeper.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace shunt::runtime {
namespace {

std::string contents(int fd) {
  char bytes[256];
  const ssize_t got = ::read(fd, bytes, sizeof(bytes));
  return got < 0 ? "(error)" : std::string(bytes, static_cast<std::size_t>(got));
}

class KeeperTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "shunt-keeper-XXXXXX").string();
    directory = ::mkdtemp(name.data());
    allowed = directory + "/allowed.pem";
    other = directory + "/other.pem";
    std::ofstream(allowed) << "certificate";
    std::ofstream(other) << "secret";
  }
  void TearDown() override { std::filesystem::remove_all(directory); }
  std::string directory, allowed, other;
};

TEST_F(KeeperTest, OpensANamedPathForReading) {
  auto keeper = Keeper::start({directory + "/x", allowed});
  ASSERT_TRUE(keeper);
  const auto file = keeper.value().open_file(allowed);
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(contents(file.value().get()), "certificate");
  EXPECT_LT(::write(file.value().get(), "x", 1), 0);
}

TEST_F(KeeperTest, SeesWhatTheFileIsNow) {
  auto keeper = Keeper::start({allowed});
  ASSERT_TRUE(keeper);
  std::ofstream(allowed) << "renewed";
  const auto file = keeper.value().open_file(allowed);
  ASSERT_TRUE(file);
  EXPECT_EQ(contents(file.value().get()), "renewed");
}

TEST_F(KeeperTest, RefusesEverythingElse) {
  auto keeper = Keeper::start({allowed});
  ASSERT_TRUE(keeper);
  const std::string spellings[] = {other,         "/etc/passwd",
                                   directory,     directory + "/./allowed.pem",
                                   allowed + "/", allowed + std::string(1, '\0')};
  for (const std::string& path : spellings) {
    const auto file = keeper.value().open_file(path);
    ASSERT_FALSE(file) << path;
    EXPECT_EQ(file.error(), std::errc::operation_not_permitted) << path;
  }
  EXPECT_FALSE(keeper.value().open_file(""));
  EXPECT_FALSE(keeper.value().open_file(std::string(100000, 'x')));
  EXPECT_TRUE(keeper.value().open_file(allowed));  // and goes on
}

TEST_F(KeeperTest, NamesTheErrorOfAMissingFile) {
  auto keeper = Keeper::start({allowed});
  ASSERT_TRUE(keeper);
  std::filesystem::remove(allowed);
  const auto file = keeper.value().open_file(allowed);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error(), std::errc::no_such_file_or_directory);
}

TEST_F(KeeperTest, DeadKeeperIsAnErrorNotAHang) {
  auto keeper = Keeper::start({allowed});
  ASSERT_TRUE(keeper);
  ::kill(keeper.value().pid(), SIGKILL);
  EXPECT_FALSE(keeper.value().open_file(allowed));
}

TEST_F(KeeperTest, EndsWhenItIsLetGo) {
  pid_t pid = -1;
  {
    auto keeper = Keeper::start({allowed});
    ASSERT_TRUE(keeper);
    pid = keeper.value().pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

// Opened in the grandparent: readable once the keeper is dead.
UniqueFd watch(pid_t pid) { return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

TEST_F(KeeperTest, DiesWithAParentThatIsKilled) {
  int report[2];
  ASSERT_EQ(::pipe(report), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    auto keeper = Keeper::start({allowed});
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

TEST(KeeperProtocol, AnswersEachRequestAndEndsAtEndOfFile) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
  std::thread child([&] { serve_keeper(ends[1], {"/dev/null"}); });
  ASSERT_EQ(::send(ends[0], "/etc/passwd", 11, 0), 11);
  int error = 0;
  ASSERT_EQ(::recv(ends[0], &error, sizeof(error), 0), static_cast<ssize_t>(sizeof(error)));
  EXPECT_EQ(error, EPERM);
  ::close(ends[0]);
  child.join();  // a test that hangs here has failed
  ::close(ends[1]);
}

}  // namespace
}  // namespace shunt::runtime
