// Health checks of all servers: TCP connects on a schedule, and the counter of their outcomes.
#pragma once
#include <memory>

#include "runtime/server_journal.hpp"

namespace boost::asio {
class io_context;
}

namespace shunt::runtime {

// Runs on the io_context of the main thread. `journal` must outlive it.
class HealthChecks {
 public:
  HealthChecks(boost::asio::io_context& io, ServerJournal& journal);
  ~HealthChecks();
  void start();
  // Connections of sessions to this server failed `error-limit` times in a row.
  void failed_too_often(graph::ServerId server);
  void stop();

 private:
  struct Data;
  std::shared_ptr<Data> data_;
};

}  // namespace shunt::runtime
