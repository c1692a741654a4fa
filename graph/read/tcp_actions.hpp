// Lowering functions of the actions in tcp-request and tcp-response rules.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void lower_accept(Reading& reading);
void lower_reject(Reading& reading);
void lower_set_var(Reading& reading);
void lower_set_var_fmt(Reading& reading);
void lower_unset_var(Reading& reading);
void lower_capture(Reading& reading);
void lower_close(Reading& reading);
void lower_expect_netscaler_cip(Reading& reading);
void lower_expect_proxy(Reading& reading);
void lower_silent_drop(Reading& reading);
void lower_set_retries(Reading& reading);
void lower_set_log_level(Reading& reading);
void lower_set_nice(Reading& reading);

void lower_with_expression(Reading& reading, ActionKind kind);
// A number, or an expression that yields one.
void lower_with_number(Reading& reading, ActionKind kind);
template <ActionKind Kind>
void lower_expression(Reading& reading) {
  lower_with_expression(reading, Kind);
}
template <ActionKind Kind>
void lower_number(Reading& reading) {
  lower_with_number(reading, Kind);
}

// ---- table_actions.cpp
void lower_track(Reading& reading);
void lower_array_counter(Reading& reading, ActionKind kind);   // sc-inc-gpc(index,counter)
void lower_single_counter(Reading& reading, ActionKind kind);  // sc-inc-gpc0(counter)
template <ActionKind Kind>
void lower_counter(Reading& reading) {
  lower_array_counter(reading, Kind);
}
template <ActionKind Kind>
void lower_first_counter(Reading& reading) {
  lower_single_counter(reading, Kind);
}

}  // namespace shunt::graph
