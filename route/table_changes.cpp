// The entries of a shared stick table that peers are to be told of.
#include "route/table_changes.hpp"

#include "route/stick_table.hpp"

namespace shunt::route {
namespace {

// As many entries are visited while a shard is locked (a bucket is never left half done).
constexpr std::uint64_t at_once = 128;

}  // namespace

void StickTable::note_change(Shard& shard, Entry& entry) {
  ChangeLink* const link = link_of(entry);
  if (link == nullptr) return;
  forget_change(entry);
  ChangeLink& end = shard.changes;
  *link = {.older = end.older, .newer = &end, .update = ++shard.updates};
  link->older->newer = link;
  end.older = link;
  bell_.ring();
}

void StickTable::forget_change(Entry& entry) const {
  ChangeLink* const link = link_of(entry);
  if (link == nullptr || link->older == nullptr) return;
  link->older->newer = link->newer;
  link->newer->older = link->older;
  link->older = link->newer = nullptr;
}

void StickTable::visit_latest(Shard& shard, std::uint64_t known, TableTime now, const Visit& visit) {
  ChangeLink* link = shard.changes.older;
  while (link != &shard.changes && link->update > known) link = link->older;
  for (link = link->newer; link != &shard.changes; link = link->newer) {
    Access access(*this, shard, {}, &entry_of(*link), now);
    visit(access);
  }
}

// Begins again where the buckets were made more meanwhile.
bool StickTable::walk(Shard& shard, ChangeCursor& cursor, bool all, TableTime now, const Visit& visit) {
  const auto buckets = static_cast<std::uint32_t>(shard.buckets.size());
  if (cursor.buckets != buckets) {
    cursor.bucket = 0;
    cursor.buckets = buckets;
  }
  for (std::uint64_t visited = 0; cursor.bucket < buckets && visited < at_once; ++cursor.bucket) {
    ++visited;
    for (Entry* entry = shard.buckets[cursor.bucket]; entry != nullptr; entry = entry->next) {
      if (!all && link_of(*entry)->update <= cursor.known) continue;
      if (is_over(*entry, now) && entry->holders == 0) continue;
      ++visited;
      Access access(*this, shard, {}, entry, now);
      visit(access);
    }
  }
  return cursor.bucket < buckets;
}

bool StickTable::visit_changed(std::size_t number, ChangeCursor& cursor, TableTime now, const Visit& visit) {
  Shard& shard = shards_[number];
  const std::lock_guard lock(shard.mutex);
  if (!cursor.walks()) {
    if (shard.updates - cursor.known <= at_once) {
      if (shard.updates != cursor.known) visit_latest(shard, cursor.known, now, visit);
      cursor.known = shard.updates;
      return false;
    }
    cursor.until = shard.updates;
  }
  if (walk(shard, cursor, false, now, visit)) return true;
  cursor = {.known = cursor.until};
  return shard.updates != cursor.known;
}

std::uint64_t StickTable::updates() {
  std::uint64_t all = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    all += shard.updates;
  }
  return all;
}

bool StickTable::visit_all(std::size_t number, ChangeCursor& cursor, TableTime now, const Visit& visit) {
  Shard& shard = shards_[number];
  const std::lock_guard lock(shard.mutex);
  return walk(shard, cursor, true, now, visit);
}

}  // namespace shunt::route
