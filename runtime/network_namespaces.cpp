// Entering concerns the calling thread only, and ends with the socket's making.
#include "runtime/network_namespaces.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace shunt::runtime {
namespace {

UniqueFd open_named(const std::string& name) {
  return UniqueFd(::open(fmt::format("/var/run/netns/{}", name).c_str(), O_RDONLY | O_CLOEXEC));
}

UniqueFd open_own() { return UniqueFd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)); }

int make_inside(int inside, int own, int family, int type) {
  if (::setns(inside, CLONE_NEWNET) != 0) return -1;
  const int made = ::socket(family, type, 0);
  const int error = errno;
  if (::setns(own, CLONE_NEWNET) != 0) {
    // A thread that cannot come back must not go on with a socket that it takes for an ordinary one.
    if (made >= 0) ::close(made);
    return -1;
  }
  errno = error;
  return made;
}

}  // namespace

Result<std::shared_ptr<const NetworkNamespaces>, NetworkNamespaces::Fault> NetworkNamespaces::open(
    const graph::Graph& graph, const NetworkNamespaces* before) {
  auto made = std::make_shared<NetworkNamespaces>();
  if (before != nullptr) *made = *before;
  for (const graph::Server& server : graph.servers) {
    const std::string& name = server.network_namespace;
    if (name.empty() || made->by_name_.contains(name)) continue;
    if (!made->own_) made->own_ = std::make_shared<const UniqueFd>(open_own());
    UniqueFd opened = open_named(name);
    if (!opened || !*made->own_)
      return Fault{.server = server.id, .message = fmt::format("Cannot open namespace '{}'.", name)};
    made->by_name_.emplace(name, std::make_shared<const UniqueFd>(std::move(opened)));
  }
  return std::shared_ptr<const NetworkNamespaces>(std::move(made));
}

int NetworkNamespaces::socket(const std::string& name, int family, int type) const {
  if (name.empty()) return ::socket(family, type, 0);
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return errno = ENOENT, -1;
  return make_inside(found->second->get(), own_->get(), family, type);
}

int socket_in_namespace(const std::string& name, int family, int type) {
  if (name.empty()) return ::socket(family, type, 0);
  const UniqueFd own = open_own(), inside = open_named(name);
  return own && inside ? make_inside(inside.get(), own.get(), family, type) : -1;
}

}  // namespace shunt::runtime
