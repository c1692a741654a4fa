// Asking one server's agent again and again, and doing what it says.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "runtime/server_journal.hpp"
#include "runtime/socket_address.hpp"

namespace shunt::runtime {

// Runs on the io_context of the main thread. `journal` must outlive it.
class AgentCheck : public std::enable_shared_from_this<AgentCheck> {
 public:
  // `returned`: the agent has ended the server's maintenance.
  AgentCheck(boost::asio::io_context& io, ServerJournal& journal, const graph::Server& server,
             std::function<void(graph::ServerId)> returned);
  void start(std::chrono::milliseconds delay) { wait(delay); }
  void stop();

 private:
  using Milliseconds = std::chrono::milliseconds;
  void wait(Milliseconds delay);
  void begin();
  void limit(Milliseconds time, CheckStatus after);
  void connected();
  void await_answer();
  void read_answer();
  void obey(std::string_view line);
  void finish(CheckStatus status, int error = 0, std::string_view text = {});
  void tell(const CheckResult& result);
  void close();

  ServerJournal& journal_;
  const graph::Server& server_;
  SocketAddress target_;
  std::function<void(graph::ServerId)> returned_;
  boost::asio::steady_timer timer_;  // the pause, then the limit
  boost::asio::posix::stream_descriptor socket_;
  std::string received_;
  std::chrono::steady_clock::time_point began_;
  CheckStatus last_ = CheckStatus::unknown;
  bool stopped_ = false;
};

}  // namespace shunt::runtime
