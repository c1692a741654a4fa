// Takes connections of peers from one listening socket, on the io_context of the main thread.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

class PeerListener {
 public:
  using Accepted = std::function<void(UniqueFd client)>;
  // `descriptor` listens, and stays the caller's.
  PeerListener(boost::asio::io_context& io, int descriptor, Accepted accepted);
  ~PeerListener();
  PeerListener(const PeerListener&) = delete;
  PeerListener& operator=(const PeerListener&) = delete;

 private:
  struct Data;
  std::shared_ptr<Data> data_;
};

}  // namespace shunt::runtime
