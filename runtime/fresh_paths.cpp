// rename(2), by exchange where something has the path already, so that it can be put back.
#include "runtime/fresh_paths.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "runtime/error_text.hpp"
#include "runtime/socket_address.hpp"

namespace shunt::runtime {
namespace {

bool apply_owner(const std::string& path, const graph::UnixSocketOptions& options) {
  uid_t const uid = options.uid.value_or(static_cast<uid_t>(-1));
  gid_t const gid = options.gid.value_or(static_cast<gid_t>(-1));
  if ((options.uid || options.gid) && ::chown(path.c_str(), uid, gid) != 0) return false;
  return !options.mode || ::chmod(path.c_str(), *options.mode) == 0;
}

// A directory is not to be put aside.
bool can_be_replaced(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

bool swap_names(const std::string& a, const std::string& b) {
  return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
}

}  // namespace

Result<void, PathFault> FreshPaths::bind(int fd, const std::string& path,
                                         const graph::UnixSocketOptions& options, int backlog) {
  std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  if (std::ranges::count(all_, path, &One::path) != 0) temporary += std::to_string(all_.size());
  const SocketAddress address = unix_address(temporary, false);
  if (address.size == 0) return PathFault{.what = "cannot bind UNIX socket", .too_long = true};
  ::unlink(temporary.c_str());
  if (::bind(fd, address.get(), address.size) != 0) return PathFault{"cannot bind UNIX socket", errno};
  all_.push_back({temporary, path});
  if (!apply_owner(temporary, options)) return PathFault{"cannot change UNIX socket ownership", errno};
  if (::listen(fd, backlog) != 0) return PathFault{"cannot listen to UNIX socket", errno};
  return success();
}

// Some file systems can't exchange; there an older socket can't be put back.
Result<void, std::string> FreshPaths::put_in_place() {
  for (One& one : all_) {
    if (can_be_replaced(one.path) && swap_names(one.temporary, one.path)) {
      one.place = One::Place::exchanged;
      continue;
    }
    if (::rename(one.temporary.c_str(), one.path.c_str()) == 0) {
      one.place = One::Place::in_place;
      continue;
    }
    std::string why =
        fmt::format("cannot switch final and temporary UNIX sockets ({}) [{}]", error_text(errno), one.path);
    undo();
    return why;
  }
  return success();
}

void FreshPaths::keep() {
  for (const One& one : all_)
    if (one.place != One::Place::in_place) ::unlink(one.temporary.c_str());
  all_.clear();
}

// Two lines may name one path: the last one in was put over the first.
void FreshPaths::undo() {
  for (auto one = all_.rbegin(); one != all_.rend(); ++one) {
    if (one->place == One::Place::exchanged) swap_names(one->temporary, one->path);
    ::unlink(one->place == One::Place::in_place ? one->path.c_str() : one->temporary.c_str());
  }
  all_.clear();
}

std::string owner_identity(const graph::UnixSocketOptions& options) {
  constexpr std::uint32_t unset = 0xffffffff;
  return fmt::format(" {:o} {} {}", options.mode.value_or(unset), options.uid.value_or(unset),
                     options.gid.value_or(unset));
}

}  // namespace shunt::runtime
