// What one session has to do with stick tables: the entries that it tracks, and what its connection will
// teach.
#pragma once
#include <string>
#include <vector>

#include "route/stick_table.hpp"

namespace shunt::route {

class TableUse {
 public:
  struct Tracked {
    StickTable* table = nullptr;
    StickTable::Entry* entry = nullptr;  // null: the slot is free
    graph::TableId id = 0;
  };
  // Which server this is, will be told of the key.
  struct Lesson {
    graph::TableId table = 0;
    std::string key;
  };
  static constexpr std::size_t most_lessons = 8;

  // null: nothing is tracked there.
  [[nodiscard]] const Tracked* tracked(std::uint32_t slot) const {
    return slot < slots.size() && slots[slot].entry != nullptr ? &slots[slot] : nullptr;
  }

  std::vector<Tracked> slots;
  std::vector<Lesson> lessons;
  std::uint64_t bytes_in = 0, bytes_out = 0;  // that were counted
};

// A sample in the form in which a table holds keys; false: it can't be one of this table.
[[nodiscard]] bool make_table_key(const graph::StickTable& table, fetchers::Sample sample,
                                  fetchers::Scratch& scratch, std::string_view& key);
// And back.
[[nodiscard]] fetchers::Sample sample_of_key(const graph::StickTable& table, std::string_view key);

}  // namespace shunt::route
