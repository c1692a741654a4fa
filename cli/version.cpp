// `-v` and `-vv`: what this program is and what it was built with.
#include <fmt/core.h>
#include <sys/utsname.h>

#include <cstdio>

#include "cli/verbs.hpp"

namespace shunt::cli {

int print_version(int detail) {
  utsname system{};
  uname(&system);
  fmt::print("shunt version " SHUNT_VERSION " - reads the configuration language of HAProxy 3.x\n");
  fmt::print("Running on: {} {} {} {}\n", system.sysname, system.release, system.version, system.machine);
  if (detail < 2) return 0;
  fmt::print("Build options :\n  CC      = {}\n", __VERSION__);
  fmt::print(
      "\nFeature list : +ACCEPT4 +EPOLL +GETADDRINFO +LINUX_SPLICE +OPENSSL +PCRE2 +PCRE2_JIT +SYSTEMD "
      "+THREAD"
      " -LUA -QUIC\n");
  fmt::print("\nAvailable polling systems :\n      epoll : pref=300,  test result OK\n");
  return 0;
}

}  // namespace shunt::cli
