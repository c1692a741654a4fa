// Telling the service manager about the state of the process: the datagram protocol of sd_notify(3).
#pragma once
#include <string>
#include <string_view>

#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

class Notifier {
 public:
  // `address`: the value of NOTIFY_SOCKET ("/path" or "@abstract"); empty: nobody is told. Connects at once,
  // because the path cannot be reached from a chroot.
  explicit Notifier(std::string_view address);
  void ready(pid_t main_pid) const;  // READY=1, MAINPID
  void reloading() const;            // RELOADING=1, MONOTONIC_USEC; ready() is to follow
  void stopping() const;             // STOPPING=1

 private:
  void send(std::string_view state) const;
  UniqueFd socket_;
};

}  // namespace shunt::runtime
