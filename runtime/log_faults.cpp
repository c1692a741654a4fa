// The sentence about a log target, as HAProxy prints it.
#include "runtime/log_faults.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>

namespace shunt::runtime {

void LogFaults::report(unsigned logger, int error) {
  if (error == EAGAIN || error == EWOULDBLOCK || reported_.test_and_set()) return;
  messages_.alert(fmt::format("sendmsg()/writev() failed in logger #{}: {} (errno={})", logger,
                              std::strerror(error), error));
}

}  // namespace shunt::runtime
