// The scripted check of one server: its program with the server's address, TLS and limits.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "runtime/check_scope.hpp"
#include "runtime/script_runner.hpp"
#include "runtime/server_journal.hpp"

namespace shunt::runtime {

class ServerScript {
 public:
  using Done = std::function<void(const CheckConclusion& conclusion)>;

  // `journal` and `tls_tools` must outlive it.
  ServerScript(boost::asio::io_context& io, ServerJournal& journal, TlsTools& tls_tools,
               const graph::Server& server);
  // `health`: as "x-haproxy-server-state" begins.
  void run(const std::string& health, bool up, Done done);
  void stop() { runner_->stop(); }
  [[nodiscard]] bool running() const { return runner_->running(); }

 private:
  [[nodiscard]] ScriptSurroundings surroundings();

  ServerJournal& journal_;
  const graph::Server& server_;
  const graph::CheckProgram& program_;
  CheckScope scope_;
  std::shared_ptr<ScriptRunner> runner_;
};

[[nodiscard]] CheckStatus status_of(graph::CheckOutcome outcome);

}  // namespace shunt::runtime
