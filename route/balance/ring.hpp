// The consistent-hashing ring: every server sits at 16 points per unit of weight.
#pragma once
#include <cstdint>
#include <vector>

#include "route/balance/balancer.hpp"

namespace shunt::route {

class Ring {
 public:
  // `factor`: hash-balance-factor, how much of the average load a server may have, in percent; 0: any.
  Ring(std::vector<BalancedServer> servers, bool backup, std::uint32_t factor);

  // To be called after any change of a server's usable() or weight.
  void rebuild();

  // The server of the point nearest to `hash`; from there upwards the next one that is neither `avoid` nor
  // over its share nor refused. When all of them are, the one that the search has come to.
  template <class Refuses>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, std::uint32_t avoid, Refuses&& refuses) {
    if (points_.empty()) return Balancer::nobody;
    measure_load();
    std::size_t at = nearest(hash);
    for (int wraps = 0; wraps < 2;) {
      const std::uint32_t server = points_[at].server;
      if (server != avoid && !is_over_share(server) && !refuses(server)) break;
      if (++at == points_.size()) at = 0, ++wraps;
    }
    return points_[at].server;
  }
  // Points in turn, for what has no key.
  [[nodiscard]] std::uint32_t next(std::uint32_t avoid);
  [[nodiscard]] bool empty() const { return points_.empty(); }

 private:
  struct Point {
    std::uint32_t position;
    std::uint32_t server;
  };
  [[nodiscard]] std::size_t nearest(std::uint32_t hash) const;
  void measure_load();
  [[nodiscard]] bool is_over_share(std::uint32_t server) const;

  std::vector<BalancedServer> servers_;
  std::vector<Point> points_;          // by position; equal ones by number of the server
  std::vector<std::uint32_t> before_;  // the sum of the weights of all servers before each
  std::size_t cursor_ = 0;
  std::uint32_t factor_, slots_ = 0, weight_ = 0;
  bool backup_;
};

}  // namespace shunt::route
