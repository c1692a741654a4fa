// hash-type map-based: the key's hash chooses a slot of the weighted map.
#include "route/balance/algorithms.hpp"
#include "route/balance/slot_map.hpp"

namespace shunt::route {
namespace {

class MapHash final : public Balancer {
 public:
  MapHash(std::vector<BalancedServer> servers, bool allbackups) : map_(std::move(servers), allbackups) {}

  // A hash doesn't avoid the failed server; without a key it goes round the map.
  std::uint32_t pick(const BalanceKey& key, std::uint32_t) override {
    return key.hash ? map_.by_hash(*key.hash) : map_.next(nobody);
  }
  void changed(std::uint32_t) override { map_.rebuild(); }
  bool is_hash() const override { return true; }

 private:
  SlotMap map_;
};

}  // namespace

std::unique_ptr<Balancer> make_map_hash(bool allbackups, std::vector<BalancedServer> servers) {
  return std::make_unique<MapHash>(std::move(servers), allbackups);
}

}  // namespace shunt::route
