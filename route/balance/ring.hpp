// The consistent-hashing ring: every server sits at 16 points per unit of weight.
#pragma once
#include <cstdint>
#include <vector>

#include "route/balance/balancer.hpp"

namespace shunt::route {

// A full 32-bit integer mix: where point n of a server sits.
[[nodiscard]] std::uint32_t avalanche(std::uint32_t value);

class Ring {
 public:
  Ring(std::vector<BalancedServer> servers, bool backup);

  // To be called after any change of a server's usable() or weight.
  void rebuild();

  // The server of the point nearest to `hash`; from there upwards to the next point of another server than
  // `avoid`.
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, std::uint32_t avoid) const;
  [[nodiscard]] bool empty() const { return points_.empty(); }

 private:
  struct Point {
    std::uint32_t position;
    std::uint32_t server;
  };
  std::vector<BalancedServer> servers_;
  std::vector<Point> points_;  // by position; equal ones by number of the server
  bool backup_;
};

}  // namespace shunt::route
