// Entries of stick tables as the statistics socket shows them.
#pragma once
#include <string>
#include <string_view>

#include "graph/stick_table.hpp"
#include "route/stick_table.hpp"

namespace shunt::runtime {

// "# table: NAME, type: ip, size:10, used:0"
[[nodiscard]] std::string table_head(const graph::StickTable& table, route::StickTable& state,
                                     route::TableTime now);
void append_entry(std::string& out, const graph::StickTable& table, route::StickTable& state,
                  const route::StickTable::Access& entry);

}  // namespace shunt::runtime
