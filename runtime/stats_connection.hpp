// One connection to a statistics socket: a line of commands is read, each is answered, then it is closed.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "graph/global.hpp"
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
  // Answers to commands about what the main thread does; nullopt: it is none of these.
  std::function<std::optional<std::string>(std::span<const std::string> words)> answers = {};
  std::set<StatsGuest*> guests = {};
};

// It lives as long as it has something to do, or until it is closed.
void serve_stats_connection(boost::asio::io_context& io, UniqueFd client, graph::AdminLevel level,
                            std::shared_ptr<StatsDesk> desk);

}  // namespace shunt::runtime
