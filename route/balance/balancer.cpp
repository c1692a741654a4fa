// From the configured balance kind to its algorithm.
#include "route/balance/balancer.hpp"

#include <array>

#include "route/balance/algorithms.hpp"

namespace shunt::route {
namespace {

struct Row {
  graph::BalanceKind kind;
  BalancerMaker make;
};

constexpr std::array rows = {
    Row{graph::BalanceKind::roundrobin, make_round_robin},
    Row{graph::BalanceKind::static_rr, make_static_rr},
    Row{graph::BalanceKind::leastconn, make_least_conn},
    Row{graph::BalanceKind::first, make_first},
    Row{graph::BalanceKind::source, make_hash},
    Row{graph::BalanceKind::random, make_random},
    Row{graph::BalanceKind::hash, make_hash},
    Row{graph::BalanceKind::rdp_cookie, make_hash},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].kind) != i) return false;
  return true;
}
static_assert(in_order() && rows.size() == static_cast<std::size_t>(graph::BalanceKind::rdp_cookie) + 1,
              "one maker per balance kind, in the order of the enumeration");

}  // namespace

std::unique_ptr<Balancer> make_hash(const graph::Balance& balance, bool allbackups,
                                    std::vector<BalancedServer> servers) {
  return balance.hash.consistent ? make_ring_hash(balance, allbackups, std::move(servers))
                                 : make_map_hash(allbackups, std::move(servers));
}

std::unique_ptr<Balancer> make_balancer(const graph::Balance& balance, bool allbackups,
                                        std::vector<BalancedServer> servers) {
  return rows[static_cast<std::size_t>(balance.kind)].make(balance, allbackups, std::move(servers));
}

}  // namespace shunt::route
