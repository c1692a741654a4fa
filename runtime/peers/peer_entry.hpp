// Entries of stick tables as they go over the wire.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "graph/stick_table.hpp"
#include "route/stick_table.hpp"
#include "runtime/peers/peer_messages.hpp"
#include "runtime/peers/server_key_cache.hpp"

namespace shunt::runtime {

class PeerBytes;

// A table that is shared, as all connections use it.
struct SharedTable {
  const graph::StickTable* spec = nullptr;
  route::StickTable* state = nullptr;
  route::StickTable* copy = nullptr;  // write-to; null: none
  PeerDefinition definition = {};
};

// Key and data behind each other.
void append_entry(std::string& out, const SharedTable& table, const route::StickTable::Access& entry,
                  SentNames& names, route::TableTime now);

// The key as it is in our own table; nullopt: it is cut.
[[nodiscard]] std::optional<std::string> read_key(PeerBytes& bytes, const SharedTable& table);
// What the other end stores and we store too goes into our entry. False: it can't be understood.
// `left`: milliseconds that the entry has to live; negative: as long as any.
[[nodiscard]] bool learn_entry(std::string_view key, PeerBytes bytes, const SharedTable& table,
                               const PeerDefinition& theirs, HeardNames& names, route::TableTime left,
                               route::TableTime now);

}  // namespace shunt::runtime
