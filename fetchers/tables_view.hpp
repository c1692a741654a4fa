// Stick tables, as fetches, converters and actions see them: the entries that a session tracks, and those of
// a key.
#pragma once
#include <cstdint>

#include "fetchers/sample.hpp"
#include "fetchers/table_data.hpp"

namespace shunt::fetchers {

// What is wanted of one datum, or (from `trackers` on) of the entry. `increment`, `add`, `clear`, `set` and
// `count` write; all but `add` and `set` make the entry of a key that has none. `count` counts a connection.
enum class TableWish : std::uint8_t { read, increment, clear, count, add, set, trackers, idle, remaining };

struct TableQuestion {
  static constexpr std::uint32_t none = 0xffffffff;

  TableWish wish = TableWish::read;
  TableData data = TableData::gpc0;
  std::uint32_t index = 0;    // in an array
  std::uint32_t slot = none;  // the tracked counter, unless there is a key
  const Sample* key = nullptr;
  std::uint32_t table = none;  // none: the one whose entry is tracked
  std::uint64_t operand = 0;   // of add and set
};

struct TableAnswer {
  bool subject = false;  // something is tracked there, or the key is one of the table
  bool entry = false;
  bool stored = false;  // the table has that datum
  std::int64_t value = 0;
};

class TablesView {
 public:
  virtual ~TablesView() = default;
  [[nodiscard]] virtual TableAnswer ask(const TableQuestion&, Scratch&) { return {}; }
  // The key of a tracked entry in its own type.
  [[nodiscard]] virtual bool key(std::uint32_t /*slot*/, Sample&, Scratch&) { return false; }
  [[nodiscard]] virtual std::uint32_t entries(std::uint32_t /*table*/) { return 0; }
  [[nodiscard]] virtual std::uint32_t free_entries(std::uint32_t /*table*/) { return 0; }
};

}  // namespace shunt::fetchers
