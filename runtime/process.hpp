// Running a graph as a process: descriptors, limits, privileges, threads, signals, until it is told to stop.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "graph/load.hpp"
#include "runtime/older_processes.hpp"
#include "runtime/rereading.hpp"

namespace shunt::runtime {

// What the command line says beside the files.
struct RunOptions {
  bool daemon = false;                   // -D, or `daemon` without -db
  bool foreground = false;               // -db
  bool quiet = false;                    // -q
  bool verbose = false;                  // -V
  bool debug = false;                    // -d
  bool master_worker = false;            // -W, -Ws: one process, in the foreground
  bool connects_inside = true;           // off: --real-sockets
  bool watch_files = true;               // off: --no-watch
  bool watch_patterns = false;           // on: --watch-patterns; nothing without the former
  bool notify = false;                   // -Ws: READY=1 to NOTIFY_SOCKET
  std::optional<std::string> pidfile;    // -p
  std::optional<std::uint32_t> maxconn;  // -n
  OlderProcesses older = {};             // -sf, -st
  ReadConfiguration read_again;          // for reloads; none: there are none
};

// Exit status of the process. Start-up faults are printed as HAProxy prints them ("[ALERT] (pid) : ...").
[[nodiscard]] int run(std::unique_ptr<graph::Loaded> loaded, const RunOptions& options);

}  // namespace shunt::runtime
