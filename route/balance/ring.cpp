// Building and searching the consistent-hashing ring.
#include "route/balance/ring.hpp"

#include <algorithm>
#include <utility>

#include "route/balance/group.hpp"

namespace shunt::route {

std::uint32_t avalanche(std::uint32_t x) {
  x = x + 0x7ED55D16u + (x << 12);
  x = (x ^ 0xC761C23Cu) ^ (x >> 19);
  x = x + 0x165667B1u + (x << 5);
  x = (x + 0xD3A2646Cu) ^ (x << 9);
  x = x + 0xFD7046C5u + (x << 3);
  x = (x ^ 0xB55A4F09u) ^ (x >> 16);
  return x * 3221225473u;
}

Ring::Ring(std::vector<BalancedServer> servers, bool backup) : servers_(std::move(servers)), backup_(backup) {
  rebuild();
}

void Ring::rebuild() {
  points_.clear();
  for (const std::uint32_t index : usable_of(servers_, backup_)) {
    const std::uint32_t base = servers_[index].config->number * 4096;
    for (std::uint32_t j = 0; j < scaled_weight(servers_[index]); ++j)
      points_.push_back({avalanche(base + j), index});
  }
  std::ranges::sort(points_, {}, [](const Point& point) { return std::pair(point.position, point.server); });
}

std::uint32_t Ring::find(std::uint32_t hash, std::uint32_t avoid) const {
  if (points_.empty()) return Balancer::nobody;
  const std::size_t size = points_.size();
  const auto found = std::ranges::lower_bound(points_, hash, {}, &Point::position);
  const std::size_t next = found == points_.end() ? 0 : static_cast<std::size_t>(found - points_.begin());
  const std::size_t previous = (next + size - 1) % size;
  // Distances are taken modulo 2^32, so the ring closes by itself.
  const std::uint32_t down = hash - points_[previous].position;
  const std::uint32_t up = points_[next].position - hash;
  std::size_t at = down <= up ? previous : next;
  for (std::size_t walked = 0; points_[at].server == avoid && walked < size; ++walked) at = (at + 1) % size;
  return points_[at].server;
}

}  // namespace shunt::route
