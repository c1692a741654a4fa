// balance leastconn: servers sorted by connections per weight; among equals the one changed longest ago.
#include <array>
#include <map>

#include "route/balance/algorithms.hpp"
#include "route/balance/group.hpp"

namespace shunt::route {
namespace {

class LeastConn final : public Balancer {
 public:
  LeastConn(std::vector<BalancedServer> servers, bool allbackups)
      : servers_(std::move(servers)), entries_(servers_.size()), allbackups_(allbackups) {
    for (std::uint32_t i = 0; i < servers_.size(); ++i)
      if (is_usable(servers_[i])) enter(i);
  }

  std::uint32_t pick(const BalanceKey&, std::uint32_t avoid) override {
    const Order& active = orders_[0];
    if (active.empty() && !allbackups_) return free_backup(servers_);
    std::uint32_t last = nobody;
    for (const auto& [number, index] : active.empty() ? orders_[1] : active) {
      if (has_no_room(servers_[index])) continue;
      if (index != avoid) return index;
      last = index;
    }
    return last;
  }

  void changed(std::uint32_t index) override {
    Entry& entry = entries_[index];
    if (!is_usable(servers_[index])) {
      if (entry.present) order_of(index).erase(entry.place);
      entry.present = false;
    } else if (!entry.present) {
      enter(index);
    } else {
      move(index);
    }
  }
  void taken(std::uint32_t index) override { move(index); }
  void released(std::uint32_t index) override { move(index); }

 private:
  // A new element goes behind all equals; nodes are moved, so a choice allocates nothing.
  using Order = std::multimap<std::uint64_t, std::uint32_t>;
  struct Entry {
    Order::iterator place = {};
    bool present = false;
  };

  [[nodiscard]] Order& order_of(std::uint32_t index) {
    return orders_[servers_[index].config->backup ? 1 : 0];
  }
  // Its queue counts as room as far as `maxqueue` says.
  [[nodiscard]] static bool has_no_room(const BalancedServer& server) {
    const std::uint32_t limit = dynamic_limit(server);
    return limit != unlimited && load_of(server) >= std::uint64_t{limit} + server.config->maxqueue;
  }
  [[nodiscard]] static std::uint64_t load_of(const BalancedServer& server) {
    return std::uint64_t{server.state->served.load(std::memory_order_relaxed)} +
           server.state->queued.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t sort_number(std::uint32_t index) const {
    const std::uint64_t load = load_of(servers_[index]);
    return load == 0 ? 0 : (load + 1) * 4096 / std::max(scaled_weight(servers_[index]), 1u);
  }
  void enter(std::uint32_t index) {
    entries_[index] = {order_of(index).emplace(sort_number(index), index), true};
  }
  void move(std::uint32_t index) {
    Entry& entry = entries_[index];
    if (!entry.present) return;
    const std::uint64_t number = sort_number(index);
    if (number == entry.place->first) return;
    Order& order = order_of(index);
    Order::node_type node = order.extract(entry.place);
    node.key() = number;
    entry.place = order.insert(std::move(node));
  }

  std::vector<BalancedServer> servers_;
  std::vector<Entry> entries_;
  std::array<Order, 2> orders_;  // active, backup
  bool allbackups_;
};

}  // namespace

std::unique_ptr<Balancer> make_least_conn(const graph::Balance&, bool allbackups,
                                          std::vector<BalancedServer> servers) {
  return std::make_unique<LeastConn>(std::move(servers), allbackups);
}

}  // namespace shunt::route
