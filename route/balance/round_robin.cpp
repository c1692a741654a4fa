// balance roundrobin: the weighted cycle over the active servers, or over the backups.
#include "route/balance/algorithms.hpp"
#include "route/balance/cycle.hpp"
#include "route/balance/group.hpp"

namespace shunt::route {
namespace {

// What the server counts for in the cycle of the active (or backup) servers now.
std::uint32_t weight_in(const BalancedServer& server, bool backup) {
  return server.config->backup == backup && is_usable(server) ? scaled_weight(server) : 0;
}

std::vector<std::uint32_t> weights_in(const std::vector<BalancedServer>& servers, bool backup) {
  std::vector<std::uint32_t> weights;
  for (const BalancedServer& server : servers) weights.push_back(weight_in(server, backup));
  return weights;
}

class RoundRobin final : public Balancer {
 public:
  RoundRobin(std::vector<BalancedServer> servers, bool allbackups)
      : servers_(std::move(servers)),
        active_(weights_in(servers_, false)),
        backup_(weights_in(servers_, true)),
        allbackups_(allbackups) {}

  std::uint32_t pick(const BalanceKey&, std::uint32_t avoid) override {
    if (!active_.empty()) return active_.pick(avoid, servers_);
    return allbackups_ ? backup_.pick(avoid, servers_) : free_backup(servers_);
  }
  void changed(std::uint32_t index) override {
    const bool backup = servers_[index].config->backup;
    (backup ? backup_ : active_).set_weight(index, weight_in(servers_[index], backup));
  }

 private:
  std::vector<BalancedServer> servers_;
  Cycle active_, backup_;
  bool allbackups_;
};

}  // namespace

std::unique_ptr<Balancer> make_round_robin(const graph::Balance&, bool allbackups,
                                           std::vector<BalancedServer> servers) {
  return std::make_unique<RoundRobin>(std::move(servers), allbackups);
}

}  // namespace shunt::route
