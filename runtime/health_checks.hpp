// Health checks of all servers: TCP connects on a schedule, the counter of their outcomes, and agents.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

#include "runtime/server_journal.hpp"

namespace boost::asio {
class io_context;
}

namespace shunt::runtime {

// Where the checks of servers stood, by "backend/server", so that another generation's can go on from there.
struct CheckMemory {
  std::uint32_t counter = 0;
  CheckStatus last = CheckStatus::unknown;
  std::chrono::steady_clock::time_point due = {};  // the next one
};
using CheckMemories = std::unordered_map<std::string, CheckMemory>;

// Runs on the io_context of the main thread. `journal` must outlive it.
class HealthChecks {
 public:
  HealthChecks(boost::asio::io_context& io, ServerJournal& journal);
  ~HealthChecks();
  void start(const CheckMemories& before = {});
  [[nodiscard]] CheckMemories remember() const;
  // Connections of sessions to this server failed `error-limit` times in a row.
  void failed_too_often(const route::ServerState* server);
  // From maintenance: its checks begin anew.
  void came_back(graph::ServerId server);
  void stop();

 private:
  struct Data;
  void start_agent(const graph::Server& server, std::chrono::milliseconds first);
  std::shared_ptr<Data> data_;
};

}  // namespace shunt::runtime
