// Adding up and printing the use of pools.
#include "runtime/pool_report.hpp"

#include <fmt/core.h>

namespace shunt::runtime {

PoolUses& PoolUses::operator+=(const PoolUses& other) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].name = other.rows[i].name;
    rows[i].object_size = other.rows[i].object_size;
    rows[i].allocated += other.rows[i].allocated;
    rows[i].kept += other.rows[i].kept;
  }
  return *this;
}

std::string describe_pools(const PoolUses& uses) {
  std::string text = "Dumping pools usage.\n";
  std::size_t bytes = 0, used = 0;
  for (const PoolUse& row : uses.rows) {
    const std::size_t in_use = row.allocated - row.kept;
    text += fmt::format("  - Pool {} ({} bytes) : {} allocated ({} bytes), {} used\n", row.name,
                        row.object_size, row.allocated, row.allocated * row.object_size, in_use);
    bytes += row.allocated * row.object_size;
    used += in_use * row.object_size;
  }
  return text + fmt::format("Total: {} pools, {} bytes allocated, {} used.", uses.rows.size(), bytes, used);
}

}  // namespace shunt::runtime
