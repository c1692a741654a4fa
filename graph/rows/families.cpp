// The list of all keyword tables and the search in one of them.
#include "graph/rows/families.hpp"

#include <vector>

#include "graph/rows/section_families.hpp"
#include "parser/suggest.hpp"

namespace shunt::graph {
namespace {
constexpr const Family* families[] = {
    &section_family,
    &global_family,
    &global_stats_family,
    &proxy_family,
    &option_family,
    &timeout_family,
    &stats_family,
    &tcp_request_family,
    &tcp_response_family,
    &tcp_action_family,
    &bind_family,
    &crt_list_family,
    &server_family,
    &stats_socket_family,
    &balance_family,
    &log_family,
    &peers_family,
    &resolvers_family,
    &userlist_family,
    &mailers_family,
    &ring_family,
    &log_forward_family,
    &cache_family,
    &fcgi_app_family,
    &http_errors_family,
    &crt_store_family,
    &acme_family,
    &healthcheck_family,
    &traces_family,
    &log_profile_family,
    &http_action_family,
    &reply_family,
    &deny_family,
    &redirect_family,
    &wait_family,
    &stick_family,
    &cookie_family,
    &filter_family,
    &trace_filter_family,
    &spoe_filter_family,
    &opentracing_filter_family,
    &bandwidth_filter_family,
    &compression_family,
    &email_alert_family,
    &http_check_family,
    &tcp_check_family,
    &check_connect_family,
    &check_send_family,
    &http_expect_family,
    &tcp_expect_family,
    &stick_table_family,
    &table_data_family,
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
