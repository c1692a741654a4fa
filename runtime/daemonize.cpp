// Going to the background.
#include "runtime/daemonize.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>

namespace shunt::runtime {
namespace {

constexpr char ready_byte = 'R';

// End of file without the byte: the child died or gave up, and has said why on the stderr that both share.
[[noreturn]] void wait_for_child(int pipe, pid_t child) {
  char byte = 0;
  ssize_t got = 0;
  do {
    got = ::read(pipe, &byte, 1);
  } while (got < 0 && errno == EINTR);
  if (got == 1 && byte == ready_byte) ::_exit(0);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ::_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1);
}

}  // namespace

void DaemonParent::ready() {
  if (!pipe_) return;
  static_cast<void>(!::write(pipe_.get(), &ready_byte, 1));  // a parent that is gone needs no answer
  pipe_.reset();
}

Result<DaemonParent, std::string> fork_daemon() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::string("Cannot fork");
  UniqueFd reader(ends[0]), writer(ends[1]);
  std::fflush(nullptr);  // what was printed is printed once
  const pid_t child = ::fork();
  if (child < 0) return std::string("Cannot fork");
  if (child > 0) {
    writer.reset();
    wait_for_child(reader.get(), child);
  }
  ::setsid();
  return DaemonParent(std::move(writer));
}

void close_standard_streams() {
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return;
  for (int fd = 0; fd <= 2; ++fd) ::dup2(null.get(), fd);
}

}  // namespace shunt::runtime
