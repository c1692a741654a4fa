// The weighted map of `hash-type map-based`, which static-rr walks too: slot -> server.
#pragma once
#include <cstdint>
#include <vector>

#include "route/balance/balancer.hpp"

namespace shunt::route {

class SlotMap {
 public:
  // The divisor of the weights is fixed here, over all servers whatever their state.
  SlotMap(std::vector<BalancedServer> servers, bool allbackups);

  // To be called after any change of a server's usable(): nearly all slots may move.
  void rebuild();

  [[nodiscard]] std::uint32_t by_hash(std::uint32_t hash) const;
  // The next slot's server of a cursor that is kept over rebuilds; Full servers are skipped, `avoid`
  // as long as there is another.
  [[nodiscard]] std::uint32_t next(std::uint32_t avoid);
  [[nodiscard]] const std::vector<std::uint32_t>& slots() const { return slots_; }

 private:
  std::vector<BalancedServer> servers_;
  std::vector<std::uint32_t> reduced_;
  std::vector<std::uint32_t> slots_;
  std::size_t cursor_ = 0;
  bool allbackups_;
};

}  // namespace shunt::route
