// What the process says about its proxies: the SIGHUP dump of server states, and the lines of a stop.
#pragma once
#include <string>
#include <string_view>

#include "runtime/generation.hpp"
#include "runtime/log_sender.hpp"
#include "runtime/messages.hpp"

namespace shunt::runtime {

// Writes the same line to the logs of one proxy and to stderr, as HAProxy does.
class ProxyReports {
 public:
  ProxyReports(const Generation& generation, LogSender& log, const Messages& messages)
      : generation_(generation), log_(log), messages_(messages) {}

  void dump_server_states();  // SIGHUP
  void proxies_stopped();     // a soft stop begins
  void proxies_paused();      // SIGTTOU
  void proxies_resumed();     // SIGTTIN
  void not_resumed(graph::ListenerId listener);
  void stopped(const graph::Proxy& proxy);
  void end_of_patience();  // sessions of a generation or of the process are about to be cut
  void hard_stop();        // a soft stop took longer than hard-stop-after

 private:
  void warn(const graph::Proxy& proxy, graph::LogLevel level, const std::string& line);
  void dump(const graph::Proxy& proxy);
  void announce(std::string_view what);
  void log(const graph::Proxy& proxy, graph::LogLevel level, const std::string& line);

  const Generation& generation_;
  LogSender& log_;
  const Messages& messages_;
};

// The sentence about one server and about one proxy (without "SIGHUP: ").
[[nodiscard]] std::string describe_server(const graph::Graph& graph, const route::State& state,
                                          graph::ServerId id);
[[nodiscard]] std::string describe_proxy(const graph::Graph& graph, const route::State& state,
                                         graph::ProxyId id);

}  // namespace shunt::runtime
