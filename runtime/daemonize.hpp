// Going to the background: the parent waits until the child runs or has failed, so that its exit status
// tells.
#pragma once
#include "parser/result.hpp"
#include "runtime/unique_fd.hpp"

#include <string>

namespace shunt::runtime {

// Held by the child. Letting go of it without ready() tells the parent that the start failed.
class DaemonParent {
 public:
  DaemonParent() = default;
  explicit DaemonParent(UniqueFd pipe) : pipe_(std::move(pipe)) {}
  void ready();

 private:
  UniqueFd pipe_;
};

// Returns in the child only; the parent leaves with _exit(0) or _exit(1). The child has its own session.
[[nodiscard]] Result<DaemonParent, std::string> fork_daemon();

// stdin, stdout and stderr to /dev/null.
void close_standard_streams();

}  // namespace shunt::runtime
