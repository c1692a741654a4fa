// The clock of stick tables.
#pragma once
#include "route/state.hpp"
#include "route/stick_table.hpp"

namespace shunt::route {

[[nodiscard]] inline TableTime table_time(Time at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

}  // namespace shunt::route
