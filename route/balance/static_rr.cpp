// balance static-rr: a cursor over the weighted map.
#include "route/balance/algorithms.hpp"
#include "route/balance/slot_map.hpp"

namespace shunt::route {
namespace {

class StaticRoundRobin final : public Balancer {
 public:
  StaticRoundRobin(std::vector<BalancedServer> servers, bool allbackups)
      : map_(std::move(servers), allbackups) {}

  std::uint32_t pick(const BalanceKey&, std::uint32_t avoid) override { return map_.next(avoid); }
  void changed(std::uint32_t) override { map_.rebuild(); }

 private:
  SlotMap map_;
};

}  // namespace

std::unique_ptr<Balancer> make_static_rr(const graph::Balance&, bool allbackups,
                                         std::vector<BalancedServer> servers) {
  return std::make_unique<StaticRoundRobin>(std::move(servers), allbackups);
}

}  // namespace shunt::route
