// The makers of all balance algorithms; make_balancer's table lists them.
#pragma once
#include <memory>
#include <vector>

#include "route/balance/balancer.hpp"

namespace shunt::route {

using BalancerMaker = std::unique_ptr<Balancer> (*)(const graph::Balance& balance, bool allbackups,
                                                    std::vector<BalancedServer> servers);

[[nodiscard]] std::unique_ptr<Balancer> make_round_robin(const graph::Balance&, bool,
                                                         std::vector<BalancedServer>);
[[nodiscard]] std::unique_ptr<Balancer> make_static_rr(const graph::Balance&, bool,
                                                       std::vector<BalancedServer>);
[[nodiscard]] std::unique_ptr<Balancer> make_least_conn(const graph::Balance&, bool,
                                                        std::vector<BalancedServer>);
[[nodiscard]] std::unique_ptr<Balancer> make_first(const graph::Balance&, bool, std::vector<BalancedServer>);
// By the hash of a key: `source`, `hash` and `rdp-cookie`, over a map or a ring.
[[nodiscard]] std::unique_ptr<Balancer> make_hash(const graph::Balance&, bool, std::vector<BalancedServer>);
[[nodiscard]] std::unique_ptr<Balancer> make_map_hash(bool, std::vector<BalancedServer>);
[[nodiscard]] std::unique_ptr<Balancer> make_ring_hash(const graph::Balance&, bool,
                                                       std::vector<BalancedServer>);
[[nodiscard]] std::unique_ptr<Balancer> make_random(const graph::Balance&, bool, std::vector<BalancedServer>);

}  // namespace shunt::route
