// Lowering functions of the lines that choose a server.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void read_balance(Reading& reading);
void read_hash_type(Reading& reading);
void read_hash_balance_factor(Reading& reading);
void read_affinity(Reading& reading);
void read_use_server(Reading& reading);
void read_persist(Reading& reading);  // persist rdp-cookie

[[nodiscard]] std::optional<config::PersistRule> persist_rule(const Reading& reading);
template <std::vector<config::PersistRule> config::Proxy::* Rules>
void read_persist_rule(Reading& reading) {
  if (auto rule = persist_rule(reading)) (reading.proxy->*Rules).push_back(std::move(*rule));
}

// The expression of the cookie of remote desktop clients with that name.
[[nodiscard]] std::shared_ptr<const parser::ExpressionTree> rdp_cookie_key(Reading& reading,
                                                                           std::string_view name);

}  // namespace shunt::graph
