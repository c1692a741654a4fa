// Slots of captures: filled at most to the length that was declared.
#include "fetchers/captures.hpp"

#include <algorithm>

namespace shunt::fetchers {

Captures::Captures(std::span<const std::uint32_t> request, std::span<const std::uint32_t> response) {
  for (const std::uint32_t length : request) request_.push_back({.length = length});
  for (const std::uint32_t length : response) response_.push_back({.length = length});
}

bool Captures::store(Message message, std::uint64_t slot, std::string_view text) {
  std::vector<Slot>& slots = message == Message::request ? request_ : response_;
  if (slot >= slots.size()) return false;
  text = text.substr(0, std::min<std::size_t>(text.find('\0'), slots[slot].length));
  slots[slot].text = text;
  slots[slot].stored = true;
  return true;
}

std::optional<std::string_view> Captures::get(Message message, std::uint64_t slot) const {
  const std::vector<Slot>& all = slots(message);
  if (slot >= all.size() || !all[slot].stored) return std::nullopt;
  return all[slot].text;
}

}  // namespace shunt::fetchers
