// What the rules of a proxy do when their conditions hold: payloads of the rule lists of acl::Program.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "fetchers/log_format.hpp"
#include "fetchers/variables.hpp"
#include "graph/ids.hpp"
#include "parser/source.hpp"

namespace shunt::graph {

// Payload of a rule in a tcp-request or tcp-response list: an index into Graph::actions.
enum class ActionKind : std::uint8_t {
  accept,
  reject,
  set_var,
  unset_var,
  capture,
  close,
  expect_netscaler_cip,
  expect_proxy,
  set_bc_mark,
  set_bc_tos,
  set_dst,
  set_dst_port,
  set_fc_mark,
  set_fc_tos,
  set_log_level,
  set_nice,
  set_priority_class,
  set_priority_offset,
  set_retries,
  set_src,
  set_src_port,
  silent_drop,
  do_resolve,
  track_sc,
  sc_inc_gpc,
  sc_inc_gpc0,
  sc_inc_gpc1,
  sc_add_gpc,
  sc_set_gpt,
  sc_set_gpt0
};
inline constexpr std::size_t action_kind_count = 30;
// Of set_log_level: the line is not written.
inline constexpr std::int64_t silent_level = -1;

struct Action {
  ActionKind kind = ActionKind::accept;
  fetchers::ExpressionId expression = 0;           // of those that have a value, unless `number` is it
  fetchers::VariableRef variable = {};             // set_var, unset_var, do_resolve
  std::optional<fetchers::LogFormat> format = {};  // set-var-fmt
  parser::Span span = {};
  std::uint32_t line = 0;                       // where it stands (last_rule_line)
  fetchers::VariableConditions conditions = 0;  // set_var
  // A value that is written as it is: a mark, a level, the TTL of silent_drop. capture: the length.
  // do_resolve: 4 where IPv4 is preferred.
  std::optional<std::int64_t> number = {};
  std::uint32_t slot = 0;   // capture; the tracked counter; do_resolve: index into Graph::resolvers
  std::uint32_t index = 0;  // of a counter or tag in an array
  TableId table = none;     // track_sc
};

// Payload of a rule in a use_backend list: an index into Graph::switches.
struct Switch {
  ProxyId backend = none;  // none: the name is computed
  std::optional<fetchers::LogFormat> name = {};
  parser::Span span = {};
};

// Payload of a rule in a use-server list: an index into Graph::server_rules.
struct ServerRule {
  ServerId server = none;  // none: the name is computed
  std::optional<fetchers::LogFormat> name = {};
  parser::Span span = {};
};

}  // namespace shunt::graph
