// What the process says about log targets that cannot be written: one word to the operator, not one for each
// line that is lost.
#pragma once
#include <atomic>

#include "runtime/messages.hpp"

namespace shunt::runtime {

// Shared by the log senders of all threads.
class LogFaults {
 public:
  explicit LogFaults(const Messages& messages) : messages_(messages) {}
  // `logger`: the place of the target among those that the message was for, from 1. Only the first call
  // speaks, and none when the target is merely full for the moment.
  void report(unsigned logger, int error);

 private:
  const Messages& messages_;
  std::atomic_flag reported_;
};

}  // namespace shunt::runtime
