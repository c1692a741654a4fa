// The keeper: opens what the loaded files name after the other processes gave up their privileges.
#include "runtime/keeper.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>

namespace shunt::runtime {
namespace {

std::error_code last_error() { return {errno, std::generic_category()}; }

// A message of one int, with room for one descriptor.
struct Answer {
  int error = 0;
  iovec part{&error, sizeof(error)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
  msghdr message = {};

  Answer() {
    message.msg_iov = &part;
    message.msg_iovlen = 1;
  }
};

void attach(Answer& answer, int fd) {
  answer.message.msg_control = answer.control.data();
  answer.message.msg_controllen = answer.control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&answer.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof(fd));
}

UniqueFd attached(Answer& answer) {
  const cmsghdr* header = CMSG_FIRSTHDR(&answer.message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return UniqueFd();
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof(fd));
  return UniqueFd(fd);
}

// O_NONBLOCK: a pipe in the place of the file must not hold the keeper up.
UniqueFd open_allowed(const std::string& path, const std::vector<std::string>& allowed, int& error) {
  if (std::find(allowed.begin(), allowed.end(), path) == allowed.end()) {
    error = EPERM;
    return UniqueFd();
  }
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) error = errno;
  return file;
}

void answer_request(int socket, const std::string& path, const std::vector<std::string>& allowed) {
  Answer answer;
  const UniqueFd file = open_allowed(path, allowed, answer.error);
  if (file) attach(answer, file.get());
  static_cast<void>(!::sendmsg(socket, &answer.message, MSG_NOSIGNAL));
}

// Everything the parent had open is none of the child's business; its end is the parent's end and nothing
// else.
[[noreturn]] void become_keeper(int socket, pid_t parent, const std::vector<std::string>& allowed) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  ::prctl(PR_SET_NAME, "shunt-keeper");
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGQUIT, SIGTTOU, SIGTTIN})
    ::signal(number, SIG_IGN);
  const int kept = ::dup2(socket, 3) < 0 ? socket : 3;
  if (kept == 3) ::close_range(4, ~0U, 0);
  const UniqueFd null(::open("/dev/null", O_RDWR));
  for (int fd = 0; null && fd <= 2; ++fd) ::dup2(null.get(), fd);
  Answer set_up;
  static_cast<void>(!::sendmsg(kept, &set_up.message, MSG_NOSIGNAL));
  serve_keeper(kept, allowed);
  ::_exit(0);
}

}  // namespace

void serve_keeper(int socket, const std::vector<std::string>& allowed_paths) {
  std::string request(PATH_MAX + 1, '\0');
  while (true) {
    const ssize_t got = ::recv(socket, request.data(), request.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    answer_request(socket, request.substr(0, static_cast<std::size_t>(got)), allowed_paths);
  }
}

Result<Keeper, std::error_code> Keeper::start(const std::vector<std::string>& allowed_paths) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return last_error();
  UniqueFd ours(ends[0]), theirs(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return last_error();
  if (child == 0) become_keeper(theirs.get(), parent, allowed_paths);
  theirs.reset();
  Keeper keeper(std::move(ours), child);
  BOOST_OUTCOME_TRY(keeper.wait_until_set_up());
  return keeper;
}

Result<void, std::error_code> Keeper::wait_until_set_up() const {
  int error = 0;
  ssize_t got = 0;
  do {
    got = ::recv(socket_.get(), &error, sizeof(error), 0);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof(error)) return std::make_error_code(std::errc::connection_aborted);
  return success();
}

Keeper::Keeper(Keeper&& other) noexcept
    : socket_(std::move(other.socket_)), child_(std::exchange(other.child_, -1)) {}

Keeper::~Keeper() {
  socket_.reset();
  if (child_ <= 0) return;
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<UniqueFd, std::error_code> Keeper::open_file(const std::string& path) {
  if (path.empty() || path.size() > PATH_MAX) return std::make_error_code(std::errc::filename_too_long);
  if (::send(socket_.get(), path.data(), path.size(), MSG_NOSIGNAL) < 0) return last_error();
  Answer answer;
  answer.message.msg_control = answer.control.data();
  answer.message.msg_controllen = answer.control.size();
  ssize_t got = 0;
  do {
    got = ::recvmsg(socket_.get(), &answer.message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return last_error();
  if (got != sizeof(answer.error)) return std::make_error_code(std::errc::connection_aborted);
  UniqueFd file = attached(answer);
  if (answer.error != 0) return std::error_code(answer.error, std::generic_category());
  if (!file) return std::make_error_code(std::errc::bad_file_descriptor);
  return file;
}

}  // namespace shunt::runtime
