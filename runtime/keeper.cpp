// The keeper: forks readers and watchers after the other processes gave up their privileges.
#include "runtime/keeper.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "runtime/descriptor_message.hpp"

namespace shunt::runtime {
namespace {

std::error_code last_error() { return {errno, std::generic_category()}; }

constexpr std::string_view read_request("\0", 1), watch_request("\1", 1);
// A file may be a pipe that nobody writes to, a name server mute.
constexpr unsigned reading_limit = 300;  // seconds

void answer(int socket, int error, int descriptor = -1) {
  const std::string_view bytes(reinterpret_cast<const char*>(&error), sizeof(error));
  static_cast<void>(send_message(socket, bytes, descriptor));
}

// Each has a process of its own: whatever becomes of it, the keeper stays as it is.
// `limit`: in seconds, for what it does before it takes the limit back; 0: none.
void begin_child(int socket, const char* name, unsigned limit, const KeeperChildren::Serve& serve) {
  if (!serve) return answer(socket, EPERM);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return answer(socket, errno);
  UniqueFd theirs(ends[0]), ours(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return answer(socket, errno);
  if (child == 0) {
    ::prctl(PR_SET_NAME, name);
    theirs.reset();
    ::close(socket);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGALRM, SIG_DFL);
    ::alarm(limit);
    serve(ours.get());
    ::_exit(0);
  }
  answer(socket, 0, theirs.get());
}

// Everything the parent had open is none of the child's business; its end is the parent's end and nothing
// else.
[[noreturn]] void become_keeper(int socket, pid_t parent, const KeeperChildren& children) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  ::prctl(PR_SET_NAME, "shunt-keeper");
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGQUIT, SIGTTOU, SIGTTIN})
    ::signal(number, SIG_IGN);
  ::signal(SIGCHLD, SIG_IGN);  // readers are not waited for
  const int kept = ::dup2(socket, 3) < 0 ? socket : 3;
  if (kept == 3) ::close_range(4, ~0U, 0);
  const UniqueFd null(::open("/dev/null", O_RDWR));
  for (int fd = 0; null && fd <= 2; ++fd) ::dup2(null.get(), fd);
  answer(kept, 0);
  serve_keeper(kept, children);
  ::_exit(0);
}

}  // namespace

void serve_keeper(int socket, const KeeperChildren& children) {
  while (true) {
    const auto request = receive_message(socket);
    if (!request || request.assume_value().bytes.empty()) return;
    const std::string& text = request.assume_value().bytes;
    if (text == read_request)
      begin_child(socket, "shunt-reader", reading_limit, children.read_again);
    else if (text == watch_request)
      begin_child(socket, "shunt-watcher", 0, children.watch);
    else
      answer(socket, EPERM);
  }
}

Result<Keeper, std::error_code> Keeper::start(const KeeperChildren& children) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return last_error();
  UniqueFd ours(ends[0]), theirs(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return last_error();
  if (child == 0) become_keeper(theirs.get(), parent, children);
  theirs.reset();
  Keeper keeper(std::move(ours), child);
  BOOST_OUTCOME_TRY(keeper.wait_until_set_up());
  return keeper;
}

Result<void, std::error_code> Keeper::wait_until_set_up() const {
  BOOST_OUTCOME_TRY(const auto set_up, receive_message(socket_.get()));
  if (set_up.bytes.size() != sizeof(int)) return std::make_error_code(std::errc::connection_aborted);
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

Result<UniqueFd, std::error_code> Keeper::ask(std::string_view request) {
  if (const std::error_code failed = send_message(socket_.get(), request)) return failed;
  BOOST_OUTCOME_TRY(auto reply, receive_message(socket_.get()));
  int error = 0;
  if (reply.bytes.size() != sizeof(error)) return std::make_error_code(std::errc::connection_aborted);
  std::memcpy(&error, reply.bytes.data(), sizeof(error));
  if (error != 0) return std::error_code(error, std::generic_category());
  if (!reply.descriptor)
    return std::make_error_code(reply.lost ? std::errc::too_many_files_open : std::errc::bad_file_descriptor);
  return std::move(reply.descriptor);
}

Result<UniqueFd, std::error_code> Keeper::begin_reading() { return ask(read_request); }
Result<UniqueFd, std::error_code> Keeper::begin_watching() { return ask(watch_request); }

}  // namespace shunt::runtime
