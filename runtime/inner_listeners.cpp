// Names of unix sockets, and whether the kernel would let us in.
#include "runtime/inner_listeners.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "runtime/acceptor.hpp"

namespace shunt::runtime {
namespace {

using parser::AddressFamily;

// Empty: no address that a memory connection can stand for.
std::string name_of(const parser::Address& address) {
  if (address.family == AddressFamily::abstract_socket) return "@" + address.host;
  return address.family == AddressFamily::unix_path ? address.host : std::string();
}

// A path has permissions.
bool may_enter(const parser::Address& address) {
  return address.family == AddressFamily::abstract_socket ||
         ::faccessat(AT_FDCWD, address.host.c_str(), W_OK, AT_EACCESS) == 0;
}

}  // namespace

void InnerListeners::put(const graph::Listener& listener, Acceptor& acceptor) {
  if (!listener.network_namespace.empty()) return;
  if (std::string name = name_of(listener.address); !name.empty()) by_name_[std::move(name)] = &acceptor;
}

void InnerListeners::remove(const Acceptor& acceptor) {
  std::erase_if(by_name_, [&](const auto& entry) { return entry.second == &acceptor; });
}

MemorySocket* InnerListeners::connect(const graph::Server& server) const {
  if (by_name_.empty() || server.source || server.socks4 || !server.network_namespace.empty()) return nullptr;
  const auto found = by_name_.find(name_of(server.address));
  if (found == by_name_.end() || !may_enter(server.address)) return nullptr;
  return found->second->connect_inside();
}

}  // namespace shunt::runtime
