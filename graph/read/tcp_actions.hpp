// Lowering functions of the actions in tcp-request and tcp-response rules.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void lower_accept(Reading& reading);
void lower_reject(Reading& reading);
void lower_set_var(Reading& reading);
void lower_set_var_fmt(Reading& reading);
void lower_unset_var(Reading& reading);

}  // namespace shunt::graph
