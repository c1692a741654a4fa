// Telling the service manager about the state of the process: the datagram protocol of sd_notify(3).
#include "runtime/notify.hpp"

#include <fmt/core.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>

#include "runtime/socket_address.hpp"

namespace shunt::runtime {

Notifier::Notifier(std::string_view address) {
  if (address.size() < 2 || (address[0] != '/' && address[0] != '@')) return;
  const bool abstract = address[0] == '@';
  const std::string_view name = address.substr(abstract ? 1 : 0);
  SocketAddress target = unix_address(name, abstract);
  if (target.size == 0) return;
  // The name is exactly its bytes here, without the padding that `abns@` has.
  if (abstract) target.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (fd && ::connect(fd.get(), target.get(), target.size) == 0) socket_ = std::move(fd);
}

void Notifier::ready(pid_t main_pid) const { send(fmt::format("READY=1\nMAINPID={}", main_pid)); }
void Notifier::reloading() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                   std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}
void Notifier::stopping() const { send("STOPPING=1"); }

void Notifier::send(std::string_view state) const {
  if (socket_) static_cast<void>(!::send(socket_.get(), state.data(), state.size(), MSG_NOSIGNAL));
}

}  // namespace shunt::runtime
