// One connection to a statistics socket: a line of commands is read, each is answered, then it is closed.
#pragma once
#include <memory>
#include <set>

#include "graph/graph.hpp"
#include "runtime/generation.hpp"
#include "runtime/unique_fd.hpp"

namespace boost::asio {
class io_context;
}

namespace shunt::runtime {

class StatsGuest {
 public:
  virtual void close() = 0;

 protected:
  ~StatsGuest() = default;
};

// What the commands are about now, which a reload changes, and who is there.
struct StatsDesk {
  std::shared_ptr<const Generation> generation = {};
  std::set<StatsGuest*> guests = {};
};

// It lives as long as it has something to do, or until it is closed.
void serve_stats_connection(boost::asio::io_context& io, UniqueFd client, graph::AdminLevel level,
                            std::shared_ptr<StatsDesk> desk);

}  // namespace shunt::runtime
