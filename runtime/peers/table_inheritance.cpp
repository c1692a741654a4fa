// A lesson without a wire.
#include "runtime/peers/table_inheritance.hpp"

#include <string>
#include <tuple>

#include "runtime/peers/peer_bytes.hpp"

namespace shunt::runtime {
namespace {

using Access = route::StickTable::Access;

// Negative: as long as any.
route::TableTime left_of(const Access& entry, const graph::StickTable& spec) {
  return spec.expire ? entry.remaining() : -1;
}

}  // namespace

// The locks of two tables are taken, this way round only: the new one is nobody's yet.
void inherit_entries(const SharedTable& from, const SharedTable& to, route::TableTime now) {
  if (from.definition.type != to.definition.type || from.definition.key_size != to.definition.key_size)
    return;
  SharedTable pupil = to;
  pupil.copy = nullptr;  // has what it has
  SentNames said;
  HeardNames heard;
  std::string text;
  for (std::size_t shard = 0; shard < route::StickTable::shard_count; ++shard) {
    const auto learn = [&](Access& entry) {
      text.clear();
      append_entry(text, from, entry, said, now);
      PeerBytes bytes(text);
      if (const auto key = read_key(bytes, pupil))
        std::ignore =
            learn_entry(*key, bytes, pupil, from.definition, heard, left_of(entry, *from.spec), now);
    };
    const auto note_change = [&](Access& entry) {
      Access same = to.state->find(entry.key(), now);
      if (!same) return;
      same.touch();
      same.learned(left_of(entry, *from.spec));
    };
    route::ChangeCursor all;
    route::ChangeCursor changed;
    while (from.state->visit_all(shard, all, now, learn)) {
    }
    while (from.state->visit_changed(shard, changed, now, note_change)) {
    }
  }
}

}  // namespace shunt::runtime
