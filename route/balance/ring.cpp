// Building and searching the consistent-hashing ring.
#include "route/balance/ring.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fetchers/hash.hpp"
#include "fetchers/xxhash.hpp"
#include "route/balance/group.hpp"

namespace shunt::route {
namespace {

using graph::HashKey;

std::uint32_t swapped(std::uint32_t value) {
  return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

std::uint32_t little_endian(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
         static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

std::optional<std::uint32_t> address_base(const fetchers::Endpoint& at, bool with_port) {
  const std::uint32_t seed = with_port ? fetchers::avalanche(at.port) : 0;
  if (at.family == fetchers::Family::ipv4)
    return fetchers::avalanche(seed + little_endian(at.address.data()));
  if (at.family != fetchers::Family::ipv6) return std::nullopt;
  return fetchers::hash_xxh32({reinterpret_cast<const char*>(at.address.data()), 16}, seed);
}

// Where the numbering of a server's points begins.
std::uint32_t base_of(const graph::Server& server) {
  const std::uint32_t by_number = server.number * 4096;
  switch (server.hash_key) {
    case HashKey::id: return by_number;
    case HashKey::id32: return fetchers::avalanche(swapped(server.number));
    case HashKey::guid: return server.guid.empty() ? by_number : fetchers::hash_xxh32(server.guid, 0);
    case HashKey::addr: return address_base(server.endpoint, false).value_or(by_number);
    case HashKey::addr_port: return address_base(server.endpoint, true).value_or(by_number);
  }
  return by_number;
}

}  // namespace

Ring::Ring(std::vector<BalancedServer> servers, bool backup, std::uint32_t factor)
    : servers_(std::move(servers)), factor_(factor), backup_(backup) {
  std::uint32_t sum = 0;
  for (const BalancedServer& server : servers_) {
    before_.push_back(sum);
    sum += scaled_weight(server);
  }
  rebuild();
}

void Ring::rebuild() {
  points_.clear();
  weight_ = 0;
  for (const std::uint32_t index : usable_of(servers_, backup_)) {
    const std::uint32_t base = base_of(*servers_[index].config);
    weight_ += scaled_weight(servers_[index]);
    for (std::uint32_t j = 0; j < scaled_weight(servers_[index]); ++j)
      points_.push_back({fetchers::avalanche(base + j), index});
  }
  std::ranges::sort(points_, {}, [](const Point& point) { return std::pair(point.position, point.server); });
}

std::size_t Ring::nearest(std::uint32_t hash) const {
  const std::size_t size = points_.size();
  const auto found = std::ranges::lower_bound(points_, hash, {}, &Point::position);
  const std::size_t next = found == points_.end() ? 0 : static_cast<std::size_t>(found - points_.begin());
  const std::size_t previous = (next + size - 1) % size;
  // Distances are taken modulo 2^32, so the ring closes by itself.
  const std::uint32_t down = hash - points_[previous].position;
  const std::uint32_t up = points_[next].position - hash;
  return down <= up ? previous : next;
}

std::uint32_t Ring::next(std::uint32_t avoid) {
  for (std::size_t walked = 0; walked < points_.size(); ++walked) {
    if (cursor_ >= points_.size()) cursor_ = 0;
    const std::uint32_t server = points_[cursor_++].server;
    if (server != avoid) return server;
  }
  return points_.empty() ? Balancer::nobody : points_.front().server;
}

// What all servers together may serve, this connection included.
void Ring::measure_load() {
  if (factor_ == 0) return;
  std::uint64_t served = 0;
  for (const BalancedServer& server : servers_)
    served += server.state->served.load(std::memory_order_relaxed);
  slots_ = static_cast<std::uint32_t>(((served + 1) * factor_ + 99) / 100);
}

// Its part of the slots; what doesn't divide evenly is spread along the weights.
bool Ring::is_over_share(std::uint32_t index) const {
  if (factor_ == 0 || weight_ == 0) return false;
  const std::uint64_t own = scaled_weight(servers_[index]), rest = slots_ % weight_, before = before_[index];
  const std::uint64_t extra = (before + own) * rest / weight_ - before * rest / weight_;
  const std::uint64_t share = std::max<std::uint64_t>(1, own * (slots_ / weight_) + extra);
  return servers_[index].state->served.load(std::memory_order_relaxed) >= share;
}

}  // namespace shunt::route
