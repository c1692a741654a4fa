// The arithmetic of the wheel: which slot a tick belongs to, which one comes next.
#include "runtime/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace shunt::runtime {
namespace {

// Distance (1 ... 256) from `from` to the next set bit, going round.
std::optional<unsigned> distance_to_bit(const std::array<std::uint64_t, 4>& bitmap, unsigned from) {
  unsigned const start = (from + 1) & 255;
  for (unsigned i = 0; i <= 4; ++i) {
    unsigned const word = (start / 64 + i) & 3;
    std::uint64_t bits = bitmap[word];
    if (i == 0) bits &= ~std::uint64_t{0} << (start & 63);
    if (i == 4) bits &= ~(~std::uint64_t{0} << (start & 63));
    if (bits == 0) continue;
    unsigned const found = word * 64 + static_cast<unsigned>(std::countr_zero(bits));
    return ((found - start) & 255) + 1;
  }
  return std::nullopt;
}

}  // namespace

void TimerWheel::schedule(Entry& entry, Tick tick) {
  cancel(entry);
  entry.tick_ = std::max(tick, now_ + 1);
  place(entry);
}

void TimerWheel::cancel(Entry& entry) {
  if (!entry.pending()) return;
  *entry.back_ = entry.next_;
  if (entry.next_) entry.next_->back_ = entry.back_;
  entry.next_ = nullptr;
  entry.back_ = nullptr;
}

void TimerWheel::place(Entry& entry) {
  constexpr Tick reach = (Tick{1} << (levels * bits)) - 1;
  Tick const tick = std::min(std::max(entry.tick_, now_), now_ + reach);
  Tick const delta = tick - now_;
  unsigned level = 0;
  while (delta >> ((level + 1) * bits) != 0) ++level;
  unsigned const slot = static_cast<unsigned>(tick >> (level * bits)) & mask;
  Level& at = wheel_[level];
  at.occupied[slot / 64] |= std::uint64_t{1} << (slot & 63);
  entry.next_ = at.heads[slot];
  entry.back_ = &at.heads[slot];
  if (entry.next_) entry.next_->back_ = &entry.next_;
  at.heads[slot] = &entry;
}

std::optional<TimerWheel::Tick> TimerWheel::next() const {
  std::optional<Tick> best;
  for (unsigned level = 0; level < levels; ++level) {
    unsigned const shift = level * bits;
    auto const distance =
        distance_to_bit(wheel_[level].occupied, static_cast<unsigned>(now_ >> shift) & mask);
    if (!distance) continue;
    Tick const at = ((now_ >> shift) + *distance) << shift;
    if (!best || at < *best) best = at;
  }
  return best;
}

void TimerWheel::step_to(Tick limit) {
  now_ = std::min(next().value_or(limit), limit);
  for (unsigned level = levels - 1; level > 0; --level) {
    unsigned const shift = level * bits;
    if ((now_ & ((Tick{1} << shift) - 1)) == 0) cascade(level, static_cast<unsigned>(now_ >> shift) & mask);
  }
}

void TimerWheel::cascade(unsigned level, unsigned slot) {
  Level& from = wheel_[level];
  from.occupied[slot / 64] &= ~(std::uint64_t{1} << (slot & 63));
  Entry* entry = from.heads[slot];
  from.heads[slot] = nullptr;
  while (entry) {
    Entry* const following = entry->next_;
    place(*entry);
    entry = following;
  }
}

TimerWheel::Entry* TimerWheel::pop_due() {
  unsigned const slot = static_cast<unsigned>(now_) & mask;
  Level& level = wheel_[0];
  Entry* const entry = level.heads[slot];
  if (entry) {
    cancel(*entry);
  } else {
    level.occupied[slot / 64] &= ~(std::uint64_t{1} << (slot & 63));
  }
  return entry;
}

}  // namespace shunt::runtime
