// hash-type consistent: the key's hash chooses the nearest point on a ring of servers.
#include "route/balance/algorithms.hpp"
#include "route/balance/group.hpp"
#include "route/balance/ring.hpp"
#include "route/limits.hpp"

namespace shunt::route {
namespace {

class RingHash final : public Balancer {
 public:
  RingHash(const graph::Balance& balance, std::vector<BalancedServer> servers, bool allbackups)
      : servers_(servers),
        active_(servers, false, balance.factor),
        backup_(std::move(servers), true, balance.factor),
        affinity_(balance.affinity),
        allbackups_(allbackups) {}

  std::uint32_t pick(const BalanceKey& key, std::uint32_t avoid) override {
    if (active_.empty() && !allbackups_) return first_backup(servers_);
    Ring& ring = active_.empty() ? backup_ : active_;
    if (!key.hash) return ring.next(avoid);
    return ring.find(*key.hash, avoid, [this](std::uint32_t index) { return refuses(servers_[index]); });
  }
  void changed(std::uint32_t index) override {
    (servers_[index].config->backup ? backup_ : active_).rebuild();
  }
  bool is_hash() const override { return true; }

 private:
  [[nodiscard]] bool refuses(const BalancedServer& server) const {
    const std::uint32_t maxconn = server.state->maxconn.load(std::memory_order_relaxed);
    if (affinity_ == graph::Affinity::always || maxconn == 0) return false;
    const std::uint32_t served = server.state->served.load(std::memory_order_relaxed);
    if (affinity_ == graph::Affinity::maxconn) return served >= dynamic_limit(server);
    const std::uint32_t room = maxconn + server.config->maxqueue;
    return server.config->maxqueue != 0 &&
           served + server.state->queued.load(std::memory_order_relaxed) >= room;
  }

  std::vector<BalancedServer> servers_;
  Ring active_, backup_;
  graph::Affinity affinity_;
  bool allbackups_;
};

}  // namespace

std::unique_ptr<Balancer> make_ring_hash(const graph::Balance& balance, bool allbackups,
                                         std::vector<BalancedServer> servers) {
  return std::make_unique<RingHash>(balance, std::move(servers), allbackups);
}

}  // namespace shunt::route
