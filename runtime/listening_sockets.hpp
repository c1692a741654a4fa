// The listening sockets of a graph: one per thread for TCP (SO_REUSEPORT), one shared for unix, abstract and
// inherited ones.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "parser/result.hpp"

namespace shunt::runtime {

struct ListenError {
  graph::ListenerId listener = 0;
  std::string message;  // "cannot bind socket (Address already in use) [127.0.0.1:80]"
};

// Owns the descriptors; all are made before privileges are dropped and none is closed while its bind lives.
class ListeningSockets {
 public:
  ~ListeningSockets();
  // Binds every listener (not yet listening to more than its backlog says). The first failure ends it:
  // nothing stays bound.
  [[nodiscard]] static Result<std::unique_ptr<ListeningSockets>, ListenError> open(const graph::Graph& graph,
                                                                                   std::uint32_t threads);
  // The descriptor that this thread accepts from; shared ones are to be registered with EPOLLEXCLUSIVE.
  [[nodiscard]] int descriptor(graph::ListenerId listener, std::uint32_t thread) const;
  [[nodiscard]] bool shared(graph::ListenerId listener) const;
  void close_all();  // nobody can connect any more; the descriptors stay until the end

  // Places for connections under a frontend's maxconn (0: no limit), taken before accept(2) by any thread.
  [[nodiscard]] bool reserve(const graph::Proxy& frontend);
  void release(const graph::Proxy& frontend);

 private:
  struct Data;
  explicit ListeningSockets(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

}  // namespace shunt::runtime
