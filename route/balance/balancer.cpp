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
    Row{graph::BalanceKind::roundrobin, make_round_robin}, Row{graph::BalanceKind::static_rr, make_static_rr},
    Row{graph::BalanceKind::leastconn, make_least_conn},   Row{graph::BalanceKind::first, make_first},
    Row{graph::BalanceKind::source, make_source},          Row{graph::BalanceKind::random, make_random},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].kind) != i) return false;
  return true;
}
static_assert(in_order() && rows.size() == static_cast<std::size_t>(graph::BalanceKind::random) + 1,
              "one maker per balance kind, in the order of the enumeration");

}  // namespace

std::unique_ptr<Balancer> make_balancer(const graph::Balance& balance, bool allbackups,
                                        std::vector<BalancedServer> servers) {
  return rows[static_cast<std::size_t>(balance.kind)].make(balance, allbackups, std::move(servers));
}

}  // namespace shunt::route
