// TCP keep-alive as a proxy's options describe it.
#pragma once
#include "graph/proxy.hpp"

namespace shunt::runtime {

// Listening sockets hand it down to what they accept.
void set_keep_alive(int fd, const graph::KeepAlive& probes);

}  // namespace shunt::runtime
