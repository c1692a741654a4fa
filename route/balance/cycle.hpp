// The weighted round robin of one group of servers, which keeps its smoothness while servers come, go and
// change weight.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "route/balance/balancer.hpp"

namespace shunt::route {

// Time is counted in picks. In each cycle a server of weight E gets its turn about every W / E picks, W being
// the sum. Servers are in one of three orders: fresh (not yet served in this cycle), running (next turn in
// this cycle), deferred (next turn in the next one). All arithmetic is modulo 2^32.
class Cycle {
 public:
  static constexpr std::uint32_t nobody = 0xffffffff;

  // `weights`: per server; 0 for one that takes no part (now).
  explicit Cycle(const std::vector<std::uint32_t>& weights);

  // `servers`: those that have no free slot are passed over. Empty: all have one.
  [[nodiscard]] std::uint32_t pick(std::uint32_t avoid, std::span<const BalancedServer> servers = {});
  void set_weight(std::uint32_t index, std::uint32_t weight);  // 0: leaves
  [[nodiscard]] bool empty() const { return wanted_ == 0; }

 private:
  using Order = std::multimap<std::uint32_t, std::uint32_t>;
  static constexpr std::uint8_t running = 2, out = 3;
  struct Entry {
    std::uint32_t weight = 0, turn = 0, remainder = 0;
    std::uint8_t order = out;  // 0, 1: fresh or deferred, as fresh_ says
    Order::iterator place = {};
  };

  [[nodiscard]] std::uint8_t deferred() const { return static_cast<std::uint8_t>(fresh_ ^ 1); }
  [[nodiscard]] std::uint32_t candidate();
  void take_turn(std::uint32_t index);
  void put_back(std::uint32_t index);
  void move(std::uint32_t index, std::uint8_t order);
  void schedule(std::uint32_t index);
  void next_cycle();
  void put_aside_back(bool new_cycle);

  std::vector<Entry> entries_;
  std::array<Order, 3> orders_;
  Order parked_;  // keeps the nodes of servers that are in no order, so that a pick allocates nothing
  std::vector<std::uint32_t> aside_;  // refused during this pick
  std::uint8_t fresh_ = 0;
  std::uint32_t wanted_ = 0;  // sum of weights now
  std::uint32_t used_ = 0;    // the sum that the present cycle was begun with
  std::uint32_t clock_ = 0;
};

}  // namespace shunt::route
