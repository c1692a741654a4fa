// A health check by a program: it is started with the server's facts, and its exit status is the verdict.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "graph/check_program.hpp"
#include "runtime/health_texts.hpp"
#include "runtime/server_journal.hpp"

namespace shunt::runtime {

// What a program is started with, as execve(2) takes it.
struct ExternalCommand {
  std::vector<std::string> arguments = {};    // the first is the program
  std::vector<std::string> environment = {};  // NAME=VALUE
};
[[nodiscard]] ExternalCommand external_command(const graph::CheckProgram& program, const graph::Graph& graph,
                                               const graph::Server& server, const fetchers::Endpoint& at,
                                               std::uint32_t connections);

// One program at a time; on the io_context of the main thread.
class ExternalCheck : public std::enable_shared_from_this<ExternalCheck> {
 public:
  // `code`: its exit status; -1: a signal ended it.
  using Done = std::function<void(CheckStatus status, std::int64_t code)>;

  ExternalCheck(boost::asio::io_context& io) : timer_(io), process_(io) {}
  ~ExternalCheck() { stop(); }
  void run(const ExternalCommand& command, std::chrono::milliseconds limit, Done done);
  void stop();
  [[nodiscard]] bool running() const { return static_cast<bool>(done_); }

 private:
  void await_end();
  void ended();
  void finish(CheckStatus status, std::int64_t code);
  void reap(bool by_force);

  boost::asio::steady_timer timer_;
  boost::asio::posix::stream_descriptor process_;  // a pidfd
  int pid_ = 0;                                    // 0: none that is not waited for
  Done done_ = {};
};

}  // namespace shunt::runtime
