// The types of stick tables as the language calls them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "fetchers/sample.hpp"

namespace shunt::graph {

struct TableType {
  std::string_view name;
  fetchers::SampleType type;
  std::uint32_t key_length;  // without `len`; a text of 31 bytes has room for its end
};

// The first name of a type is the one that is shown.
inline constexpr TableType table_types[] = {
    {"ip", fetchers::SampleType::ipv4, 4},     {"ipv4", fetchers::SampleType::ipv4, 4},
    {"ipv6", fetchers::SampleType::ipv6, 16},  {"integer", fetchers::SampleType::sint, 4},
    {"string", fetchers::SampleType::str, 31}, {"binary", fetchers::SampleType::bin, 32}};

// null: there is no such type.
[[nodiscard]] constexpr const TableType* find_table_type(std::string_view name) {
  const auto* const found = std::ranges::find(table_types, name, &TableType::name);
  return found == std::end(table_types) ? nullptr : found;
}

// One that tables can have.
[[nodiscard]] constexpr const TableType& table_type(fetchers::SampleType type) {
  return *std::ranges::find(table_types, type, &TableType::type);
}

}  // namespace shunt::graph
