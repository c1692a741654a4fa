// The processes that this one takes over from (-sf, -st): they make room, and go once this one is ready.
#pragma once
#include <sys/types.h>

#include <vector>

namespace shunt::runtime {

struct OlderProcesses {
  std::vector<pid_t> finishing = {};    // -sf: end when their last session has
  std::vector<pid_t> terminating = {};  // -st: end at once

  [[nodiscard]] bool any() const { return !finishing.empty() || !terminating.empty(); }
  void pause() const;   // SIGTTOU: they give their addresses up for now
  void resume() const;  // SIGTTIN: they were not taken over after all
  void end() const;     // SIGUSR1, SIGTERM
};

}  // namespace shunt::runtime
