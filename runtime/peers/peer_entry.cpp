// Reading and writing entries.
#include "runtime/peers/peer_entry.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "runtime/peers/peer_bytes.hpp"

namespace shunt::runtime {
namespace {

using fetchers::SampleType;
using fetchers::TableCell;
using fetchers::TableData;
using route::SlidingRate;
using Access = route::StickTable::Access;

void append_key(std::string& out, const graph::StickTable& spec, std::string_view key) {
  switch (spec.type) {
    case SampleType::str: append_integer(out, key.size()); break;
    case SampleType::sint: {
      std::uint32_t number = 0;
      std::memcpy(&number, key.data(), sizeof(number));
      return append_32_bits(out, number);
    }
    default: break;
  }
  out += key;
}

// Rates go with the age of their current period, since clocks differ.
void append_rate(std::string& out, const SlidingRate& rate, route::TableTime now) {
  append_integer(out, static_cast<std::uint32_t>(now) - rate.start);
  append_integer(out, rate.current);
  append_integer(out, rate.previous);
}

struct Value {
  TableData data = TableData::server_id;
  std::uint32_t index = 0;
  std::uint64_t number = 0;
  SlidingRate rate = {};
};

// What is current here is counted here. Periods may differ, the numbers are taken all the same.
bool is_learned(const SharedTable& table, const PeerColumn& column, std::uint32_t index) {
  const graph::StoredData& own = table.spec->stored[static_cast<std::size_t>(column.data)];
  return column.data != TableData::conn_cur && index < own.elements;
}

void store(Access& entry, const std::vector<Value>& values, route::TableTime left) {
  if (!entry) return;
  for (const Value& value : values) {
    if (fetchers::row_of(value.data).cell == TableCell::rate)
      entry.set_rate(value.data, value.rate, value.index);
    else
      entry.set(value.data, value.number, value.index);
  }
  entry.learned(left);
}

}  // namespace

void append_entry(std::string& out, const SharedTable& table, const Access& entry, SentNames& names,
                  route::TableTime now) {
  append_key(out, *table.spec, entry.key());
  for (const auto& [data, stored] : table.definition.columns) {
    const TableCell cell = fetchers::row_of(data).cell;
    for (std::uint32_t i = 0; i < stored.elements; ++i) {
      if (cell == TableCell::rate)
        append_rate(out, entry.rate(data, i), now);
      else if (cell == TableCell::name)
        names.append(out, static_cast<std::uint32_t>(entry.read(data, i)), table.state->names());
      else
        append_integer(out, entry.read(data, i));
    }
  }
}

std::optional<std::string> read_key(PeerBytes& bytes, const SharedTable& table) {
  std::string key;
  switch (table.spec->type) {
    case SampleType::str:
      key = bytes.take(bytes.integer());
      key.resize(
          std::min<std::size_t>(key.find('\0'), std::min<std::size_t>(key.size(), table.spec->key_length)));
      break;
    case SampleType::sint: {
      const std::uint32_t number = bytes.bits_32();
      key.assign(reinterpret_cast<const char*>(&number), sizeof(number));
      break;
    }
    default: key = bytes.take(table.spec->key_length);
  }
  return bytes.broken() ? std::nullopt : std::optional(std::move(key));
}

bool learn_entry(std::string_view key, PeerBytes bytes, const SharedTable& table,
                 const PeerDefinition& theirs, HeardNames& names, route::TableTime left,
                 route::TableTime now) {
  std::vector<Value> values;
  for (const PeerColumn& column : theirs.columns) {
    const TableCell cell = fetchers::row_of(column.data).cell;
    for (std::uint32_t i = 0; i < column.stored.elements; ++i) {
      Value value{.data = column.data, .index = i};
      if (cell == TableCell::rate) {
        value.rate.start =
            (static_cast<std::uint32_t>(now) - static_cast<std::uint32_t>(bytes.integer())) & ~1U;
        value.rate.current = static_cast<std::uint32_t>(bytes.integer());
        value.rate.previous = static_cast<std::uint32_t>(bytes.integer());
      } else if (cell == TableCell::name) {
        const auto name = names.read(bytes.take(bytes.integer()), table.state->names());
        if (!name) return false;
        value.number = *name;
      } else {
        value.number = bytes.integer();
      }
      if (is_learned(table, column, i)) values.push_back(value);
    }
  }
  if (bytes.broken()) return false;
  Access entry = table.state->find_or_make(key, now);
  store(entry, values, left);
  entry = {};
  if (table.copy == nullptr) return true;
  for (Value& value : values)
    if (fetchers::row_of(value.data).cell == TableCell::name)
      value.number =
          table.copy->names().number(table.state->names().name(static_cast<std::uint32_t>(value.number)));
  Access copy = table.copy->find_or_make(key, now);
  store(copy, values, left);
  return true;
}

}  // namespace shunt::runtime
