// balance random(n): n draws on the ring, the least loaded of the drawn servers wins.
#include "fetchers/hash.hpp"
#include "route/balance/algorithms.hpp"
#include "route/balance/group.hpp"
#include "route/balance/ring.hpp"

namespace shunt::route {
namespace {

class Random final : public Balancer {
 public:
  Random(std::vector<BalancedServer> servers, bool allbackups, const graph::Balance& balance)
      : servers_(servers),
        active_(servers, false, balance.factor),
        backup_(std::move(servers), true, balance.factor),
        draws_(balance.draws),
        allbackups_(allbackups) {}

  std::uint32_t pick(const BalanceKey& key, std::uint32_t avoid) override {
    if (active_.empty() && !allbackups_) return free_backup(servers_);
    Ring& ring = active_.empty() ? backup_ : active_;
    const auto draw_one = [&](std::uint32_t at) {
      return ring.find(at, avoid, [](std::uint32_t) { return false; });
    };
    std::uint32_t kept = draw_one(key.random);
    std::uint32_t number = key.random2;
    for (std::uint32_t draw = 1; draw < draws_ && kept != nobody; ++draw) {
      const std::uint32_t other = draw_one(number);
      if (other != kept && !busier(other, kept)) kept = other;
      number = fetchers::avalanche(number + draw);  // more than two draws: the caller's randomness stretched
    }
    return kept == nobody || is_full(servers_[kept]) ? nobody : kept;
  }
  void changed(std::uint32_t index) override {
    (servers_[index].config->backup ? backup_ : active_).rebuild();
  }

 private:
  // Connections per weight, compared without a division.
  [[nodiscard]] bool busier(std::uint32_t a, std::uint32_t b) const {
    return std::uint64_t{served(a)} * scaled_weight(servers_[b]) >
           std::uint64_t{served(b)} * scaled_weight(servers_[a]);
  }
  [[nodiscard]] std::uint32_t served(std::uint32_t index) const {
    return servers_[index].state->served.load(std::memory_order_relaxed);
  }

  std::vector<BalancedServer> servers_;
  Ring active_, backup_;
  std::uint32_t draws_;
  bool allbackups_;
};

}  // namespace

std::unique_ptr<Balancer> make_random(const graph::Balance& balance, bool allbackups,
                                      std::vector<BalancedServer> servers) {
  return std::make_unique<Random>(std::move(servers), allbackups, balance);
}

}  // namespace shunt::route
