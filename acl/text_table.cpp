// Open addressing with linear probing; at most three quarters full.
#include "acl/text_table.hpp"

#include <algorithm>
#include <bit>

#include "acl/fold.hpp"

namespace shunt::acl {

namespace {

constexpr std::size_t number_size = sizeof(std::uint32_t);

void append_number(std::string& bytes, std::size_t number) {
  const auto narrow = static_cast<std::uint32_t>(number);
  bytes.append(reinterpret_cast<const char*>(&narrow), number_size);
}

}  // namespace

TextTable::TextTable(std::size_t capacity, bool ignore_case)
    : ignore_case_(ignore_case),
      slots_(std::bit_ceil(std::max<std::size_t>(capacity + capacity / 3 + 1, 4))),
      filter_(std::bit_ceil(std::max<std::size_t>(capacity / 4, 1))),  // 16 bits and more for each text
      filter_mask_(filter_.size() - 1) {}

std::uint32_t TextTable::number_at(std::size_t at) const {
  return load_word<std::uint32_t>(records_.data() + at);
}

bool TextTable::holds(const Slot& slot, std::string_view text) const {
  const std::uint32_t size = number_at(slot.record + number_size);
  return size == text.size() &&
         equal({records_.data() + slot.record + 2 * number_size, size}, text, ignore_case_);
}

const TextTable::Slot& TextTable::slot_of(std::uint64_t hash, std::string_view text) const {
  const std::size_t mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash);
  for (std::size_t at = (hash >> 32) & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.record == none || (slot.tag == tag && holds(slot, text))) return slot;
  }
}

std::uint32_t TextTable::insert(std::uint64_t hash, std::string_view text, std::uint32_t value) {
  Slot& slot = const_cast<Slot&>(slot_of(hash, text));
  if (slot.record != none) return number_at(slot.record);
  slot = {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(records_.size())};
  append_number(records_, value);
  append_number(records_, text.size());
  records_ += text;
  filter_[(hash >> 6) & filter_mask_] |= std::uint64_t{1} << (hash & 63);
  return value;
}

std::uint32_t TextTable::find(std::uint64_t hash, std::string_view text) const {
  const Slot& slot = slot_of(hash, text);
  return slot.record == none ? none : number_at(slot.record);
}

}  // namespace shunt::acl
