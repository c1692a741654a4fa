// The list of all keyword tables and the search in one of them.
#include "graph/rows/families.hpp"

#include <vector>

#include "parser/suggest.hpp"

namespace shunt::graph {
namespace {
constexpr const Family* families[] = {
    &section_family, &global_family, &global_stats_family, &proxy_family,        &option_family,
    &timeout_family, &stats_family,  &tcp_request_family,  &tcp_response_family, &tcp_action_family,
    &bind_family,    &server_family, &stats_socket_family, &balance_family,      &log_family,
};
}  // namespace

std::span<const Family* const> all_families() { return families; }

const Row* Family::find(std::string_view wanted) const {
  const auto name_of = [this](std::uint16_t i) { return rows[i].name; };
  const auto found = std::ranges::lower_bound(sorted, wanted, {}, name_of);
  return found != sorted.end() && name_of(*found) == wanted ? &rows[*found] : nullptr;
}

std::optional<std::string_view> Family::nearest(std::string_view wanted, std::uint32_t place) const {
  std::vector<std::string_view> names;
  for (const Row& row : rows) {
    if ((row.places & place) != 0 && row.status != Status::removed) names.push_back(row.name);
  }
  return parser::nearest(wanted, names);
}

}  // namespace shunt::graph
