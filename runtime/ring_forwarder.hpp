// Sends the lines of rings to their servers, on the main thread.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <vector>

#include "graph/log_target.hpp"
#include "runtime/log_ring.hpp"

namespace shunt::runtime {

class RingForwarder;

// The connections to all servers of all rings. They are made at once and made again when they break.
class RingForwarders {
 public:
  RingForwarders(boost::asio::io_context& io, LogRings& rings);
  ~RingForwarders();
  RingForwarders(const RingForwarders&) = delete;
  RingForwarders& operator=(const RingForwarders&) = delete;

  // Connections to servers that stay as they are stay, too.
  void adopt(const std::vector<graph::Ring>& rings);
  // The process ends: what the connections take at once is sent, and they are closed.
  void finish();

 private:
  void await_lines();

  boost::asio::io_context& io_;
  LogRings& rings_;
  boost::asio::posix::stream_descriptor bell_;
  std::vector<std::shared_ptr<RingForwarder>> forwarders_;
};

}  // namespace shunt::runtime
