// From one generation's sections to the next one's.
#include "runtime/peers/peers_service.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace shunt::runtime {

void PeersService::adopt(const std::shared_ptr<const Generation>& generation, bool has_predecessor) {
  std::map<std::string, PeersMemory> before;
  for (const auto& group : groups_) before.emplace(group->spec().name, group->remember());
  stop();
  for (const graph::Peers& section : generation->graph->peers) {
    const auto known = before.find(section.name);
    groups_.push_back(std::make_shared<PeersGroup>(io_, generation, section));
    groups_.back()->start(known != before.end() ? &known->second : nullptr, has_predecessor);
  }
}

void PeersService::renew(const std::shared_ptr<const TlsSet>& set) {
  for (const auto& group : groups_) group->renew(set);
}

void PeersService::hand_over(std::function<void()> done) {
  if (groups_.empty()) return boost::asio::post(io_, std::move(done));
  const auto left = std::make_shared<std::size_t>(groups_.size());
  for (const auto& group : groups_)
    group->hand_over([left, done] {
      if (--*left == 0) done();
    });
}

void PeersService::stop() {
  for (const auto& group : std::exchange(groups_, {})) group->stop();
}

}  // namespace shunt::runtime
