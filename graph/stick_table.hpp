// Stick tables and the rules that stick clients to servers, as the graph has them.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "fetchers/expression.hpp"
#include "fetchers/sample.hpp"
#include "fetchers/table_data.hpp"
#include "graph/ids.hpp"
#include "parser/source.hpp"

namespace shunt::graph {

// How a table holds one type of data. `elements` 0: it doesn't.
struct StoredData {
  std::uint8_t elements = 0;  // of an array up to 100, else 1
  std::uint32_t period = 0;   // milliseconds, of rates
  bool operator==(const StoredData&) const = default;
};

struct StickTable {
  TableId id = 0;
  std::string name;                                        // "PROXY", or "PEERS/TABLE"
  fetchers::SampleType type = fetchers::SampleType::ipv4;  // ipv4, ipv6, sint, str, bin
  std::uint32_t key_length = 4;                            // str: most bytes of a key
  std::uint32_t size = 0;                                  // most entries
  std::optional<std::chrono::milliseconds> expire = {};
  bool nopurge = false;
  bool recv_only = false;         // filled by peers
  bool names_by_address = false;  // srvkey addr
  std::string peers = {};         // the section that shares it; empty: none
  TableId write_to = none;        // what peers teach goes there, too
  std::array<StoredData, fetchers::table_data_count> stored = {};
  parser::Span span = {};

  [[nodiscard]] bool stores(fetchers::TableData data) const {
    return stored[static_cast<std::size_t>(data)].elements != 0;
  }
  [[nodiscard]] bool shared() const { return !peers.empty(); }
  // Entries of one can be those of the other.
  [[nodiscard]] bool compatible(const StickTable& other) const {
    return name == other.name && type == other.type && key_length == other.key_length &&
           stored == other.stored && shared() == other.shared();
  }
};

// Payload of a rule in a stick list: an index into Graph::stick_rules.
struct StickRule {
  bool match = false, store = false;
  fetchers::ExpressionId key = 0;
  TableId table = 0;
};

}  // namespace shunt::graph
