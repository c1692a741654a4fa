// Signals to the processes that -sf and -st name. One that is gone already needs none.
#include "runtime/older_processes.hpp"

#include <csignal>

namespace shunt::runtime {
namespace {

void tell(const std::vector<pid_t>& processes, int number) {
  for (const pid_t process : processes) static_cast<void>(!::kill(process, number));
}

}  // namespace

void OlderProcesses::pause() const {
  tell(finishing, SIGTTOU);
  tell(terminating, SIGTTOU);
}

void OlderProcesses::resume() const {
  tell(finishing, SIGTTIN);
  tell(terminating, SIGTTIN);
}

void OlderProcesses::end() const {
  tell(finishing, SIGUSR1);
  tell(terminating, SIGTERM);
}

}  // namespace shunt::runtime
