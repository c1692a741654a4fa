// Processes that share stick tables with this one, over HAProxy's peers protocol.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/stick_table.hpp"

namespace shunt::graph {

struct Peer {
  std::string name;
  std::uint32_t server = 0;  // ServerId: where it is, and with which TLS
};

// A `peers` section that this process belongs to.
struct Peers {
  std::string name;
  std::string local;                 // what this process is called
  std::uint32_t proxy = 0;           // ProxyId: whose listeners the others connect to
  std::optional<std::uint32_t> own;  // ServerId of this process, for the one that takes over from it
  std::vector<Peer> others;          // in the order of their lines
  std::vector<TableId> tables;       // that are shared; their places are their numbers on the wire, from 1
};

}  // namespace shunt::graph
