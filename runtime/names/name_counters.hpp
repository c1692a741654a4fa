// What is counted of each name server, as `show resolvers` tells it.
#pragma once
#include <cstdint>
#include <vector>

namespace shunt::runtime {

// The order is that of the answer. HAProxy's `timeout` stays 0 there, too [seen].
struct NameServerCounters {
  std::uint64_t sent = 0, snd_error = 0, valid = 0, update = 0, cname = 0, cname_error = 0, any_err = 0,
                nx = 0, timeout = 0, refused = 0, other = 0, invalid = 0, too_big = 0, truncated = 0,
                outdated = 0;
};

// By the places of sections and of their name servers in the graph; empty as long as nobody asks. The main
// thread's alone.
using NameCounters = std::vector<std::vector<NameServerCounters>>;

}  // namespace shunt::runtime
