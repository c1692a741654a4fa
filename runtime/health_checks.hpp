// Health checks of all servers: TCP connects on a schedule, the counter, the state changes and their log
// lines.
#pragma once
#include <memory>

#include "runtime/generation.hpp"
#include "runtime/log_sender.hpp"
#include "runtime/messages.hpp"

namespace boost::asio {
class io_context;
}

namespace shunt::runtime {

// Runs on the io_context of the main thread; workers see the result through route::ServerState. What it says
// goes to the logs of the backend and to stderr. `log` and `messages` must outlive it.
class HealthChecks {
 public:
  HealthChecks(boost::asio::io_context& io, std::shared_ptr<const Generation> generation, LogSender& log,
               const Messages& messages);
  ~HealthChecks();
  void start();
  void stop();

 private:
  struct Data;
  std::shared_ptr<Data> data_;
};

}  // namespace shunt::runtime
