// Log lines to descriptors and unix datagram sockets, never blocking.
#include "runtime/log_output.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "runtime/socket_address.hpp"

namespace shunt::runtime {
namespace {

constexpr std::size_t flush_at = 16U << 10;
constexpr std::size_t most_pending = 256U << 10;

bool is_datagram(int fd) {
  int type = 0;
  socklen_t size = sizeof(type);
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type != SOCK_STREAM;
}

bool writable_now(int fd) {
  pollfd p{fd, POLLOUT, 0};
  return ::poll(&p, 1, 0) == 1 && (p.revents & (POLLOUT | POLLERR)) != 0;
}

// A daemon that went away, or came back under the same name.
bool worth_reconnecting(int error) {
  return error == ECONNREFUSED || error == ECONNRESET || error == ENOTCONN || error == EDESTADDRREQ ||
         error == EPIPE || error == ENOENT;
}

}  // namespace

// O_NONBLOCK belongs to the description, which stdout shares with the shell and others: pipes and terminals
// are opened once more instead. Writing to a file does not block.
DescriptorOutput::DescriptorOutput(int descriptor) : given_(descriptor) {
  struct stat info{};
  if (::fstat(descriptor, &info) != 0 || S_ISREG(info.st_mode)) return;
  if (S_ISSOCK(info.st_mode)) {
    kind_ = is_datagram(descriptor) ? Kind::datagram_socket : Kind::stream_socket;
    return;
  }
  const std::string name = fmt::format("/proc/self/fd/{}", descriptor);
  own_.reset(::open(name.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  kind_ = own_ ? Kind::reopened : Kind::polled;
}

bool DescriptorOutput::add(std::string_view line) {
  if (pending_.size() - written_ + line.size() > most_pending) return false;
  pending_ += line;
  return true;
}

// Whole lines up to what a pipe takes atomically; at least one line.
std::size_t DescriptorOutput::next_chunk() const {
  const std::string_view rest = std::string_view(pending_).substr(written_);
  const std::size_t first = rest.find('\n') + 1;
  if (kind_ == Kind::datagram_socket || first >= PIPE_BUF) return first;
  if (rest.size() <= PIPE_BUF || kind_ == Kind::file) return rest.size();
  return std::max(first, rest.rfind('\n', PIPE_BUF - 1) + 1);
}

long DescriptorOutput::write_some(std::string_view bytes) const {
  if (kind_ == Kind::stream_socket || kind_ == Kind::datagram_socket) {
    return ::send(given_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  if (kind_ == Kind::polled && !writable_now(given_)) {
    errno = EAGAIN;
    return -1;
  }
  return ::write(own_ ? own_.get() : given_, bytes.data(), bytes.size());
}

std::uint64_t DescriptorOutput::drop_all() {
  const auto lines = std::count(pending_.begin() + static_cast<long>(written_), pending_.end(), '\n');
  pending_.clear();
  written_ = 0;
  return static_cast<std::uint64_t>(lines);
}

DescriptorOutput::Loss DescriptorOutput::flush() {
  while (written_ < pending_.size()) {
    const long done = write_some(std::string_view(pending_).substr(written_, next_chunk()));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (done < 0) {
      const int error = errno;
      return {.lines = drop_all(), .error = error};
    }
    written_ += static_cast<std::size_t>(done);
  }
  if (written_ == pending_.size() || written_ >= flush_at) {
    pending_.erase(0, written_);
    written_ = 0;
  }
  return {};
}

int UnixDatagramOutput::open() {
  if (connected_) return 0;  // a chroot may have come between
  const bool abstract = !path_.empty() && path_[0] == '\0';
  const SocketAddress address = unix_address(std::string_view(path_).substr(abstract ? 1 : 0), abstract);
  if (address.size == 0) return ENAMETOOLONG;
  if (!socket_) socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  connected_ = socket_ && ::connect(socket_.get(), address.get(), address.size) == 0;
  return connected_ ? 0 : errno;
}

int UnixDatagramOutput::send(std::string_view line) {
  int error = 0;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!connected_ && (error = open()) != 0) return error;
    if (::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) >= 0) return 0;
    error = errno;
    if (!worth_reconnecting(error)) return error;
    connected_ = false;
  }
  return error;
}

}  // namespace shunt::runtime
