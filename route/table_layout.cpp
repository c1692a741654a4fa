// Offsets of the data of an entry.
#include "route/table_layout.hpp"

#include <utility>

namespace shunt::route {
namespace {

using fetchers::TableCell;
using fetchers::TableData;

struct Element {
  TableData single, array;
  std::uint32_t index;
};
constexpr Element first_elements[] = {
    {TableData::gpc0, TableData::gpc, 0},           {TableData::gpc1, TableData::gpc, 1},
    {TableData::gpc0_rate, TableData::gpc_rate, 0}, {TableData::gpc1_rate, TableData::gpc_rate, 1},
    {TableData::gpt0, TableData::gpt, 0},
};

}  // namespace

std::uint32_t TableLayout::cell_size(TableCell cell) {
  switch (cell) {
    case TableCell::number:
    case TableCell::name: return 4;
    case TableCell::total: return 8;
    case TableCell::rate: return 12;
  }
  return 0;
}

TableLayout::TableLayout(const graph::StickTable& table, std::uint32_t reserved)
    : stored_(table.stored), size_(reserved) {
  for (const fetchers::TableDataRow& row : fetchers::table_data_rows) {
    const auto position = static_cast<std::size_t>(row.data);
    offsets_[position] = size_;
    size_ += stored_[position].elements * cell_size(row.cell);
  }
}

std::optional<TableLayout::Place> TableLayout::find(TableData data, std::uint32_t index) const {
  if (elements(data) == 0)
    for (const Element& each : first_elements)
      if (each.single == data) return find(each.array, each.index);
  if (index >= elements(data)) return std::nullopt;
  const TableCell cell = fetchers::row_of(data).cell;
  return Place{.offset = offsets_[static_cast<std::size_t>(data)] + index * cell_size(cell),
               .period = period(data),
               .cell = cell};
}

}  // namespace shunt::route
