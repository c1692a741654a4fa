// Open addressing with linear probing; at most half full.
#include "acl/text_table.hpp"

#include <algorithm>
#include <bit>

#include "acl/fold.hpp"

namespace shunt::acl {

TextTable::TextTable(std::size_t capacity, bool ignore_case)
    : ignore_case_(ignore_case),
      slots_(std::bit_ceil(std::max<std::size_t>(capacity * 2, 4))),
      filter_(std::bit_ceil(std::max<std::size_t>(capacity / 4, 1))),  // 16 bits and more for each text
      filter_mask_(filter_.size() - 1) {}

const TextTable::Slot& TextTable::slot_of(std::uint64_t hash, std::string_view text) const {
  const std::size_t mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash);
  for (std::size_t at = (hash >> 32) & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.value == none) return slot;
    if (slot.tag != tag || slot.size != text.size()) continue;
    if (equal({bytes_.data() + slot.offset, slot.size}, text, ignore_case_)) return slot;
  }
}

std::uint32_t TextTable::insert(std::uint64_t hash, std::string_view text, std::uint32_t value) {
  Slot& slot = const_cast<Slot&>(slot_of(hash, text));
  if (slot.value != none) return slot.value;
  slot = {static_cast<std::uint32_t>(hash), value, static_cast<std::uint32_t>(bytes_.size()),
          static_cast<std::uint32_t>(text.size())};
  bytes_ += text;
  filter_[(hash >> 6) & filter_mask_] |= std::uint64_t{1} << (hash & 63);
  return value;
}

std::uint32_t TextTable::find(std::uint64_t hash, std::string_view text) const {
  return slot_of(hash, text).value;
}

}  // namespace shunt::acl
