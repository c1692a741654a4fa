// balance first: the usable server with the lowest id.
#include <algorithm>
#include <utility>

#include "route/balance/algorithms.hpp"
#include "route/balance/group.hpp"

namespace shunt::route {
namespace {

class First final : public Balancer {
 public:
  First(std::vector<BalancedServer> servers, bool allbackups)
      : servers_(std::move(servers)), allbackups_(allbackups) {
    rebuild();
  }

  std::uint32_t pick(const BalanceKey&, std::uint32_t avoid) override {
    std::uint32_t last = nobody;
    for (const std::uint32_t index : order_) {
      if (is_full(servers_[index])) continue;
      if (index != avoid) return index;
      last = index;
    }
    return last;
  }
  void changed(std::uint32_t) override { rebuild(); }

 private:
  void rebuild() {
    order_ = group_in_use(servers_, allbackups_);
    std::ranges::sort(
        order_, {}, [this](std::uint32_t index) { return std::pair(servers_[index].config->number, index); });
  }

  std::vector<BalancedServer> servers_;
  std::vector<std::uint32_t> order_;
  bool allbackups_;
};

}  // namespace

std::unique_ptr<Balancer> make_first(const graph::Balance&, bool allbackups,
                                     std::vector<BalancedServer> servers) {
  return std::make_unique<First>(std::move(servers), allbackups);
}

}  // namespace shunt::route
