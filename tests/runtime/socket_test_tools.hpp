// What the tests of the data path share: socket pairs, counting descriptors, waiting with a bound.
#pragma once
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

namespace shunt::runtime {

// Two connected non-blocking sockets of the given family (AF_UNIX, or AF_INET over loopback).
inline std::array<int, 2> connected_pair(int family) {
  std::array<int, 2> ends{-1, -1};
  if (family == AF_UNIX) {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
      return {-1, -1};
    return ends;
  }
  int const listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  ::listen(listener, 1);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  ends[0] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::connect(ends[0], reinterpret_cast<sockaddr*>(&address), size);
  ends[1] = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  ::close(listener);
  return ends;
}

inline std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* const directory = ::opendir("/proc/self/fd");
  while (::readdir(directory)) ++count;
  ::closedir(directory);
  return count;
}

// False: nothing happened within ten seconds, which is a failed test and not a slow one.
inline bool wait_for(int fd, short events) {
  pollfd one{.fd = fd, .events = events, .revents = 0};
  return ::poll(&one, 1, 10000) == 1;
}

inline void reset_and_close(int fd) {
  linger const at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(fd);
}

// Reads until the end (or `size` bytes); "<error N>" is appended for a failure.
inline std::string read_all(int fd, std::size_t size = std::string::npos) {
  std::string all;
  std::array<char, 65536> chunk;
  while (all.size() < size) {
    if (!wait_for(fd, POLLIN)) return all + "<nothing came>";
    ssize_t const got = ::recv(fd, chunk.data(), std::min(chunk.size(), size - all.size()), 0);
    if (got == 0) break;
    if (got < 0 && errno == EAGAIN) continue;
    if (got < 0) return all + "<error " + std::strerror(errno) + ">";
    all.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return all;
}

}  // namespace shunt::runtime
