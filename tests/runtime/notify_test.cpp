// The service manager's datagrams, by path and by abstract name.
#include "runtime/notify.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>

namespace shunt::runtime {
namespace {

UniqueFd bind_name(const std::string& name) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, sizeof(address.sun_path));
  if (name[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  return fd;
}

std::string receive(int fd) {
  char bytes[512];
  const ssize_t got = ::recv(fd, bytes, sizeof(bytes), 0);
  return got < 0 ? "(nothing)" : std::string(bytes, static_cast<std::size_t>(got));
}

TEST(Notifier, TellsAnAbstractSocket) {
  const std::string name = "@shunt-notify-" + std::to_string(::getpid());
  const UniqueFd manager = bind_name(name);
  const Notifier notifier(name);
  notifier.ready(42);
  EXPECT_EQ(receive(manager.get()), "READY=1\nMAINPID=42");
  notifier.stopping();
  EXPECT_EQ(receive(manager.get()), "STOPPING=1");
}

TEST(Notifier, TellsAPathThatIsOutOfReachByThen) {
  std::string directory = (std::filesystem::temp_directory_path() / "shunt-notify-XXXXXX").string();
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const std::string path = directory + "/notify";
  const UniqueFd manager = bind_name(path);
  const Notifier notifier(path);
  std::filesystem::remove_all(directory);
  notifier.ready(1);
  EXPECT_EQ(receive(manager.get()), "READY=1\nMAINPID=1");
}

TEST(Notifier, WithoutAnAddressNobodyIsTold) {
  for (const char* address : {"", "@", "relative", "/nowhere/at/all"}) {
    const Notifier notifier(address);
    notifier.ready(1);  // must not fail
    notifier.stopping();
  }
}

}  // namespace
}  // namespace shunt::runtime
