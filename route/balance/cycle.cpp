// Turns and cycles of the weighted round robin.
#include "route/balance/cycle.hpp"

#include "route/limits.hpp"

namespace shunt::route {

Cycle::Cycle(const std::vector<std::uint32_t>& weights) : entries_(weights.size()) {
  aside_.reserve(weights.size());
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    entries_[i].place = parked_.emplace(0, i);
    entries_[i].weight = weights[i];
    wanted_ += weights[i];
    if (weights[i] != 0) move(i, fresh_);
  }
  used_ = clock_ = wanted_;
}

// `out` is where parked nodes are.
void Cycle::move(std::uint32_t index, std::uint8_t order) {
  Entry& entry = entries_[index];
  Order::node_type node = (entry.order == out ? parked_ : orders_[entry.order]).extract(entry.place);
  // Heavy servers come first; a running one is sorted by its turn, refined by its weight.
  node.key() =
      order == running ? 256 * entry.turn + (4096 + entry.remainder - entry.weight) / 16 : ~entry.weight;
  entry.place = (order == out ? parked_ : orders_[order]).insert(std::move(node));
  entry.order = order;
}

void Cycle::next_cycle() {
  fresh_ = deferred();
  used_ = clock_ = wanted_;
}

// The server whose turn it is; nobody: the cycle is over (or all servers are aside).
std::uint32_t Cycle::candidate() {
  const Order& going = orders_[running];
  const Order& fresh = orders_[fresh_];
  if (!going.empty() && entries_[going.begin()->second].turn <= clock_) return going.begin()->second;
  if (!fresh.empty()) {
    Entry& entry = entries_[fresh.begin()->second];
    entry.turn = entry.remainder = 0;
    return fresh.begin()->second;
  }
  return going.empty() ? nobody : going.begin()->second;
}

void Cycle::take_turn(std::uint32_t index) {
  Entry& entry = entries_[index];
  if (entry.turn == 0) entry.turn = clock_;
  entry.turn += wanted_ / entry.weight;
  entry.remainder += wanted_ % entry.weight;
  if (entry.remainder >= entry.weight) {
    entry.remainder -= entry.weight;
    ++entry.turn;
  }
  move(index, out);
  ++clock_;
}

void Cycle::put_back(std::uint32_t index) {
  Entry& entry = entries_[index];
  if (entry.turn >= 2 * used_ || entry.turn >= used_ + wanted_) {
    entry.turn -= used_;
    move(index, deferred());
  } else {
    move(index, running);
  }
}

void Cycle::put_aside_back(bool new_cycle) {
  for (const std::uint32_t index : aside_) {
    if (new_cycle)
      move(index, fresh_);
    else
      put_back(index);
  }
  aside_.clear();
}

std::uint32_t Cycle::pick(std::uint32_t avoid, std::span<const BalancedServer> servers) {
  bool new_cycle = false, avoided = false;
  std::uint32_t chosen = nobody;
  while (chosen == nobody) {
    const std::uint32_t index = candidate();
    if (index == nobody) {
      if (new_cycle) break;
      new_cycle = true;
      next_cycle();
      continue;
    }
    take_turn(index);
    const bool full = !servers.empty() && is_full(servers[index]);
    if (full || index == avoid)
      aside_.push_back(index);
    else
      chosen = index;
    avoided = avoided || (index == avoid && !full);
  }
  if (chosen != nobody) put_back(chosen);
  if (chosen == nobody && avoided) chosen = avoid;
  put_aside_back(new_cycle);
  return chosen;
}

// A server that comes (or changes) gets its turn as if it had been there in this cycle.
void Cycle::schedule(std::uint32_t index) {
  Entry& entry = entries_[index];
  entry.turn = clock_ + (wanted_ + used_ - clock_) / entry.weight;
  put_back(index);
}

void Cycle::set_weight(std::uint32_t index, std::uint32_t weight) {
  Entry& entry = entries_[index];
  const std::uint32_t before = entry.order == out ? 0 : entry.weight;
  if (before == weight) return;
  wanted_ += weight - before;
  if (weight == 0) {
    move(index, out);
    return;
  }
  if (before != 0 && entry.order == fresh_) entry.remainder = 0;
  entry.weight = weight;
  schedule(index);
}

}  // namespace shunt::route
