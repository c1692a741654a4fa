// Name servers that are asked while the proxy runs, and what servers want of their answers.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "acl/address_pattern.hpp"
#include "fetchers/endpoint.hpp"
#include "parser/source.hpp"

namespace shunt::graph {

struct NameServer {
  std::string name;
  fetchers::Endpoint address = {};
  bool stream = false;  // asked over TCP
};

// How long what was known counts after an answer that says otherwise.
struct Holds {
  std::chrono::milliseconds nx{30000}, refused{30000}, timeout{30000}, other{30000};
  std::chrono::milliseconds valid{10000};  // how old an answer may be that `do-resolve` takes over
  std::chrono::milliseconds obsolete{0};   // a record that the latest answer lacks
};

// A `resolvers` section.
struct Resolvers {
  std::string name;
  std::vector<NameServer> servers = {};
  std::chrono::milliseconds resolve{1000}, retry{1000};
  Holds hold = {};
  std::uint32_t retries = 3;    // questions until one is given up
  std::uint16_t payload = 512;  // bytes of a datagram that is taken
};

// The name of a server that is asked for again and again.
struct NamedServer {
  std::uint32_t resolvers = 0;  // index into Graph::resolvers
  std::string name;
  bool service = false;  // asked for SRV records, which name the hosts
  fetchers::Family preferred = fetchers::Family::ipv6;
  std::vector<acl::Network> near = {};  // resolve-net
  bool shares_address = false;          // resolve-opts allow-dup-ip
  bool keeps_weight = false;            // resolve-opts ignore-weight
  bool without_address = false;         // nothing is known when the process starts
};

}  // namespace shunt::graph
