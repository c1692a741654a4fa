// What fetches and converters ask stick tables, and what of the answer becomes their value.
#pragma once
#include "fetchers/rows.hpp"
#include "fetchers/stream_view.hpp"
#include "fetchers/tables_view.hpp"

namespace shunt::fetchers::tables {

// A datum or another fact of an entry, and how it is shown.
struct Ask {
  TableWish wish = TableWish::read;
  TableData data = TableData::gpc0;
  std::uint8_t shift = 0;  // kilobytes
  bool indexed = false;    // the first argument is the place in an array
};

[[nodiscard]] inline TablesView* of(const Context& context) {
  return context.stream != nullptr ? context.stream->tables() : nullptr;
}

// Nothing: the fetch has no value. An entry that isn't there counts 0; what isn't stored has no value, but an
// increment of it is 0.
[[nodiscard]] inline std::optional<std::int64_t> value_of(const Ask& ask, const TableAnswer& answer) {
  if (!answer.entry) return 0;
  if (answer.stored || ask.wish >= TableWish::trackers) return answer.value >> ask.shift;
  return ask.wish == TableWish::increment ? std::optional<std::int64_t>(0) : std::nullopt;
}

[[nodiscard]] constexpr Purity purity_of(const Ask& ask) {
  const bool reads = ask.wish == TableWish::read || ask.wish >= TableWish::trackers;
  return reads ? Purity::reads_state : Purity::writes_state;
}

}  // namespace shunt::fetchers::tables
