// Where log lines go and what they look like; rings that keep them.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fetchers/endpoint.hpp"
#include "graph/ids.hpp"
#include "parser/source.hpp"

namespace shunt::graph {

enum class LogFacility : std::uint8_t {
  kern,
  user,
  mail,
  daemon,
  auth,
  syslog,
  lpr,
  news,
  uucp,
  cron,
  auth2,
  ftp,
  ntp,
  audit,
  alert,
  cron2,
  local0,
  local1,
  local2,
  local3,
  local4,
  local5,
  local6,
  local7
};
enum class LogLevel : std::uint8_t { emerg, alert, crit, err, warning, notice, info, debug };
enum class LogWireFormat : std::uint8_t { rfc3164, local, rfc5424, priority, short_, timed, iso, raw };

// Only some of the messages: those whose number in each round of `size` lies in a range. The counter is the
// one thing of a graph that changes; all threads share it.
struct LogSample {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges = {};  // first and last, from 1
  std::uint32_t size = 1;
  std::shared_ptr<std::atomic<std::uint64_t>> counter = std::make_shared<std::atomic<std::uint64_t>>(0);
};

struct LogTarget {
  enum class Kind : std::uint8_t { descriptor, udp, unix_datagram, ring } kind = Kind::descriptor;
  int descriptor = 1;                // stdout, stderr, fd@N
  fetchers::Endpoint endpoint = {};  // udp
  std::string path = {};             // unix_datagram; an abstract name begins with a NUL byte. ring: its name
  LogWireFormat format = LogWireFormat::local;
  LogFacility facility = LogFacility::local0;
  LogLevel most_verbose = LogLevel::debug;   // messages above it are dropped ("level")
  LogLevel least_verbose = LogLevel::emerg;  // more urgent ones are logged at this one ("minlevel")
  std::uint32_t length = 1024;
  std::optional<LogSample> sample = {};
  parser::Span span = {};
};

// Keeps log lines for the servers that get all of them over streams.
struct RingServer {
  std::string name;
  fetchers::Endpoint endpoint = {};
  std::string path = {};       // of a unix socket; an abstract name begins with a NUL byte
  bool counts_octets = false;  // each line behind its length, else each with a line end
};
struct Ring {
  std::string name;
  LogWireFormat format = LogWireFormat::raw;  // of all its lines
  std::uint32_t length = 1024;                // of the longest one, with its header
  std::uint32_t size = 16384;                 // bytes of all lines that are kept
  std::optional<Milliseconds> connect = {}, send = {};
  std::vector<RingServer> servers = {};
};

}  // namespace shunt::graph
