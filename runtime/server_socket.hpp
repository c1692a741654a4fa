// Opening the socket towards a server and starting to connect it.
#pragma once
#include "graph/proxy.hpp"
#include "graph/server.hpp"
#include "route/session.hpp"
#include "runtime/lack.hpp"

namespace shunt::runtime {

class NetworkNamespaces;  // runtime/network_namespaces.hpp

struct ServerSocket {
  enum class Status : std::uint8_t {
    connected,
    connecting,
    impossible,  // for this machine: see `lack`
  } status = Status::impossible;
  int fd = -1;    // the caller's; -1 unless connected or connecting
  int error = 0;  // errno of impossible
  Lack lack = Lack::other;
};

// `target`: the resolved address; family unix_socket or none: the address of the server's line. `client`:
// whom a transparent proxy pretends to be.
// `turn`: the thread's place in ranges of source ports, moved on.
[[nodiscard]] ServerSocket open_server_socket(const NetworkNamespaces& namespaces,
                                              const graph::Server& server, const fetchers::Endpoint& target,
                                              const graph::ProxyOptions& options,
                                              const fetchers::Endpoint& client,
                                              const route::SocketMarks& marks, std::uint32_t& turn);

}  // namespace shunt::runtime
