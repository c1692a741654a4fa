// An open-addressing hash table from texts to numbers, with the texts in one block of memory.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shunt::acl {

// The caller hashes, so that a table can serve whole texts and growing prefixes alike.
class TextTable {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  // `ignore_case`: the inserted texts are folded, the looked-up ones need not be. At most `capacity` texts.
  TextTable(std::size_t capacity, bool ignore_case);

  // Returns the value under which the text is known: the given one, or that of the first equal text.
  std::uint32_t insert(std::uint64_t hash, std::string_view text, std::uint32_t value);
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, std::string_view text) const;
  // False: surely absent. Touches less memory than find().
  [[nodiscard]] bool may_contain(std::uint64_t hash) const {
    return (filter_[(hash >> 6) & filter_mask_] >> (hash & 63) & 1) != 0;
  }

  [[nodiscard]] std::size_t bytes() const {
    return records_.capacity() + slots_.size() * sizeof(Slot) + filter_.size() * sizeof(filter_[0]);
  }

 private:
  // Small, so that a lookup costs one line of the slots and one of the records.
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t record = none;  // where in records_: value, size, text; none: free
  };
  [[nodiscard]] const Slot& slot_of(std::uint64_t hash, std::string_view text) const;
  [[nodiscard]] std::uint32_t number_at(std::size_t at) const;
  [[nodiscard]] bool holds(const Slot& slot, std::string_view text) const;

  bool ignore_case_;
  std::string records_;
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> filter_;
  std::size_t filter_mask_;
};

}  // namespace shunt::acl
