// The `stats socket` lines: bound and answered, but without commands until the administration issue.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "parser/result.hpp"

namespace boost::asio {
class io_context;
}

namespace shunt::runtime {

struct StatsSocketError {
  parser::Span span;
  std::string message;  // "cannot bind UNIX socket (Permission denied) [/run/x.sock]"
};

class StatsSockets {
 public:
  // Binds all of them, before privileges are dropped; a socket file of that name is replaced.
  [[nodiscard]] static Result<std::unique_ptr<StatsSockets>, StatsSocketError> open(
      const graph::Graph& graph);
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
