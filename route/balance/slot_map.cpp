// Spreads servers over slots by credits so that heavy ones do not come in blocks.
#include "route/balance/slot_map.hpp"

#include <numeric>

#include "route/balance/group.hpp"

namespace shunt::route {
namespace {

std::uint32_t common_divisor(const std::vector<BalancedServer>& servers) {
  std::uint32_t divisor = 0;
  for (const BalancedServer& server : servers) divisor = std::gcd(divisor, server.config->weight);
  return divisor == 0 ? 1 : divisor;
}

}  // namespace

SlotMap::SlotMap(std::vector<BalancedServer> servers, bool allbackups)
    : servers_(std::move(servers)), allbackups_(allbackups) {
  const std::uint32_t divisor = common_divisor(servers_);
  for (const BalancedServer& server : servers_) reduced_.push_back(server.config->weight / divisor);
  rebuild();
}

void SlotMap::rebuild() {
  slots_.clear();
  const std::vector<std::uint32_t> group = group_in_use(servers_, allbackups_);
  std::int64_t size = 0;
  for (const std::uint32_t index : group) size += reduced_[index];
  std::vector<std::int64_t> credit(group.size(), 0);
  for (std::int64_t slot = 0; slot < size; ++slot) {
    std::size_t winner = 0;
    std::int64_t best = -1;
    for (std::size_t i = 0; i < group.size(); ++i) {
      credit[i] += reduced_[group[i]];
      const std::int64_t rank = (credit[i] + size) / size;
      if (rank > best) best = rank, winner = i;
    }
    credit[winner] -= size;
    slots_.push_back(group[winner]);
  }
}

std::uint32_t SlotMap::by_hash(std::uint32_t hash) const {
  return slots_.empty() ? Balancer::nobody : slots_[hash % slots_.size()];
}

std::uint32_t SlotMap::next(std::uint32_t avoid) {
  if (slots_.empty()) return Balancer::nobody;
  if (cursor_ >= slots_.size()) cursor_ = 0;
  bool avoided = false;
  for (std::size_t walked = 0; walked < slots_.size(); ++walked) {
    const std::uint32_t found = slots_[cursor_];
    cursor_ = (cursor_ + 1) % slots_.size();
    if (is_full(servers_[found])) continue;
    if (found != avoid) return found;
    avoided = true;
  }
  return avoided ? avoid : Balancer::nobody;
}

}  // namespace shunt::route
