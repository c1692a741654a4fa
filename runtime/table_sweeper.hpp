// Removes expired entries of stick tables that nobody looks at, once a second.
#pragma once
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "runtime/generation.hpp"

namespace shunt::runtime {

class TableSweeper {
 public:
  explicit TableSweeper(boost::asio::io_context& io) : timer_(io) {}
  // The tables of this generation from now on.
  void adopt(std::shared_ptr<const Generation> generation);
  void stop();

 private:
  void wait();

  boost::asio::steady_timer timer_;
  std::shared_ptr<const Generation> generation_;
};

}  // namespace shunt::runtime
