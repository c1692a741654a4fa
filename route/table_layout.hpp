// Where an entry of a stick table holds its data: only what the table stores, one behind the other.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "graph/stick_table.hpp"

namespace shunt::route {

class TableLayout {
 public:
  struct Place {
    std::uint32_t offset = 0;
    std::uint32_t period = 0;
    fetchers::TableCell cell = fetchers::TableCell::number;
  };

  // Data begin behind `reserved` bytes.
  TableLayout(const graph::StickTable& table, std::uint32_t reserved);

  // Bytes of all data, and of what is reserved in front of them.
  [[nodiscard]] std::uint32_t size() const { return size_; }
  // The single counters of older versions are the first elements of arrays where a table has these instead.
  [[nodiscard]] std::optional<Place> find(fetchers::TableData data, std::uint32_t index) const;
  [[nodiscard]] std::uint32_t elements(fetchers::TableData data) const {
    return stored_[static_cast<std::size_t>(data)].elements;
  }
  [[nodiscard]] std::uint32_t period(fetchers::TableData data) const {
    return stored_[static_cast<std::size_t>(data)].period;
  }
  [[nodiscard]] static std::uint32_t cell_size(fetchers::TableCell cell);

 private:
  std::array<graph::StoredData, fetchers::table_data_count> stored_;
  std::array<std::uint32_t, fetchers::table_data_count> offsets_ = {};
  std::uint32_t size_ = 0;
};

}  // namespace shunt::route
