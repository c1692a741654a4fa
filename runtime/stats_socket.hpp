// The `stats socket` lines: bound and answered, but without commands until the administration issue.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "runtime/bind_finding.hpp"

namespace boost::asio {
class io_context;
}

namespace shunt::runtime {

class StatsSockets {
 public:
  // Tries to bind all of them, before privileges are dropped; a socket file of that name is replaced.
  // What is wrong is added to `findings`, and then the result is not to be served.
  [[nodiscard]] static std::unique_ptr<StatsSockets> open(const graph::Graph& graph,
                                                          std::vector<BindFinding>& findings);
  ~StatsSockets();
  // Every connection is told that commands are not available yet, and closed.
  void serve(boost::asio::io_context& io);
  void stop();

 private:
  struct Data;
  explicit StatsSockets(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

}  // namespace shunt::runtime
