// Sends log lines to the targets of a configuration without ever blocking: syslog datagrams, unix sockets,
// descriptors, rings.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"

namespace shunt::runtime {

class LogFaults;
class LogRings;

// One per thread; not shared. Descriptors are opened before privileges are dropped (call `prepare`), or on
// first use.
class LogSender {
 public:
  // `faults` is told about targets that cannot be written, `rings` has those that targets name.
  explicit LogSender(LogFaults* faults = nullptr, const LogRings* rings = nullptr);
  ~LogSender();
  LogSender(const LogSender&) = delete;
  LogSender& operator=(const LogSender&) = delete;

  // Opens what the targets need while it still can be opened (before chroot and setuid).
  void prepare(const graph::Graph& graph);
  // The socket of a path that this process can't reach itself, connected by another one; it is copied.
  void use_socket(const std::string& path, int socket);

  // One message to each target whose level admits it, framed as the target's format says. `message` has no
  // line end. `tag`: log-tag. Lost messages (full socket, absent daemon) are counted, never waited for.
  // `structured_data`: of log-format-sd, for RFC 5424.
  void send(const std::vector<graph::LogTarget>& targets, graph::LogLevel level, std::string_view tag,
            std::string_view message, std::string_view structured_data = {});
  void set_hostname(std::string_view hostname);  // log-send-hostname
  // Lines to descriptors may be gathered: writes what is pending. To be called when the thread goes idle and
  // at exit.
  void flush();
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  struct Data;
  std::unique_ptr<Data> data_;
  std::uint64_t lost_ = 0;
};

}  // namespace shunt::runtime
