// Processes that share stick tables with this one, over HAProxy's peers protocol.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "graph/ids.hpp"

namespace shunt::graph {

struct Peer {
  std::string name;
  ServerId server = 0;  // where it is, and with which TLS
};

// A `peers` section that this process belongs to.
struct Peers {
  std::string name;
  std::string local;            // what this process is called
  ProxyId proxy = 0;            // whose listeners the others connect to
  std::optional<ServerId> own;  // this process, for the one that takes over from it
  std::vector<Peer> others;     // in the order of their lines
  std::vector<TableId> tables;  // that are shared; their places are their numbers on the wire, from 1
};

}  // namespace shunt::graph
