// Settings of the whole process.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fetchers/variables.hpp"
#include "graph/ids.hpp"
#include "graph/listener.hpp"
#include "graph/log_target.hpp"
#include "parser/address.hpp"
#include "parser/source.hpp"

namespace shunt::graph {

// What those who connect may do.
enum class AdminLevel : std::uint8_t { user, operator_, admin };

struct StatsSocket {
  parser::Address address;
  UnixSocketOptions unix_socket;
  AdminLevel level = AdminLevel::operator_;
  parser::Span span = {};
};

struct Tunables {
  std::uint32_t bufsize = 16384, maxrewrite = 1024;
  std::uint32_t pipesize = 0;  // 0: the runtime's choice
  std::uint32_t maxpipes = 0;
  std::uint32_t maxaccept = 0;
  std::uint32_t idle_check_ms = 0;
  bool splice = true;  // `nosplice` turns it off
  fetchers::VariableLimits variables = {};
};

// Of the whole process; 0: no limit. A limit that is reached leaves clients in the backlog.
struct Rates {
  std::uint32_t connections = 0, sessions = 0, tls = 0;  // new ones in a second
  std::uint32_t tls_at_a_time = 0;
};

struct Global {
  std::uint32_t maxconn = 0;  // 0: as many as the descriptors allow
  Rates rates;
  std::uint32_t nbthread = 0;  // 0: one per usable processor
  std::uint32_t ulimit_n = 0;
  bool daemon = false;
  bool quiet = false;
  bool strict_limits = true;
  std::string pidfile, chroot;
  std::optional<std::uint32_t> uid, gid;
  std::vector<LogTarget> logs;
  std::string log_tag = "haproxy";
  std::string node, description;
  std::optional<std::string> log_send_hostname;
  std::vector<StatsSocket> stats_sockets;
  std::optional<Milliseconds> hard_stop_after;
  Milliseconds grace{0};         // from the signal to the soft stop
  std::string tls_library = {};  // providers and properties, to see whether they have changed
  Tunables tune;
};

}  // namespace shunt::graph
