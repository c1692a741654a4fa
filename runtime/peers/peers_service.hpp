// All `peers` sections of the configuration that is served, on the main thread.
#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/peers/peers_group.hpp"

namespace shunt::runtime {

class PeersService {
 public:
  explicit PeersService(boost::asio::io_context& io) : io_(io) {}
  ~PeersService() { stop(); }
  PeersService(const PeersService&) = delete;
  PeersService& operator=(const PeersService&) = delete;

  // Goes on with the sections of `generation`. `has_predecessor`: a process that this one replaces may teach
  // it.
  void adopt(const std::shared_ptr<const Generation>& generation, bool has_predecessor = false);
  // Certificates of the generation that was adopted last.
  void renew(const std::shared_ptr<const TlsSet>& set);
  // Teaches the process that replaces this one, and calls `done`, which is called in any case.
  void hand_over(std::function<void()> done);
  void stop();
  [[nodiscard]] const std::vector<std::shared_ptr<PeersGroup>>& groups() const { return groups_; }

 private:
  boost::asio::io_context& io_;
  std::vector<std::shared_ptr<PeersGroup>> groups_;
};

}  // namespace shunt::runtime
