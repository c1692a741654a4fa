// Finding, making, ageing and removing entries.
#include "route/stick_table.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <random>
#include <utility>

#include "fetchers/xxhash.hpp"

namespace shunt::route {
namespace {

constexpr std::size_t first_buckets = 4;
// What docs/decisions/0012-stick-tables.md counts with.
static_assert(sizeof(StickTable::Entry) == 48);

// So that nobody can choose keys that fall into one bucket.
std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

std::uint32_t TableNames::number(std::string_view name) {
  if (name.empty()) return 0;
  const std::lock_guard lock(mutex_);
  const auto [found, fresh] =
      numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size() + 1));
  if (fresh) names_.emplace_back(name);
  return found->second;
}

std::string TableNames::name(std::uint32_t number) const {
  if (number == 0) return {};
  const std::lock_guard lock(mutex_);
  return number > names_.size() ? std::string() : names_[number - 1];
}

// ---- lists

void StickTable::List::append(Entry& entry) {
  entry.older = newest;
  entry.newer = nullptr;
  (newest != nullptr ? newest->newer : oldest) = &entry;
  newest = &entry;
}

// From the end that is likely to be nearer.
void StickTable::List::insert(Entry& entry) {
  if (newest == nullptr || newest->touched <= entry.touched) return append(entry);
  Entry* before = newest;
  if (entry.touched - oldest->touched < newest->touched - entry.touched) {
    Entry* behind = oldest;
    while (behind->touched <= entry.touched) behind = behind->newer;
    before = behind->older;
  } else {
    while (before != nullptr && before->touched > entry.touched) before = before->older;
  }
  Entry* const behind = before != nullptr ? before->newer : oldest;
  entry.older = before;
  entry.newer = behind;
  (before != nullptr ? before->newer : oldest) = &entry;
  (behind != nullptr ? behind->older : newest) = &entry;
}

void StickTable::List::remove(Entry& entry) {
  (entry.older != nullptr ? entry.older->newer : oldest) = entry.newer;
  (entry.newer != nullptr ? entry.newer->older : newest) = entry.older;
}

// ---- the table

StickTable::StickTable(const graph::StickTable& spec)
    : shared_(spec.shared()), layout_(spec, spec.shared() ? sizeof(ChangeLink) : 0), seed_(random_seed()) {
  for (Shard& shard : shards_) shard.buckets.resize(first_buckets);
  obey(spec);
}

StickTable::~StickTable() {
  for (Shard& shard : shards_)
    for (Entry* entry : shard.buckets)
      while (entry != nullptr) ::operator delete(std::exchange(entry, entry->next));
}

void StickTable::obey(const graph::StickTable& spec) {
  size_.store(spec.size);
  expire_.store(spec.expire ? spec.expire->count() : 0);
  nopurge_.store(spec.nopurge);
}

std::uint32_t StickTable::hash_of(std::string_view key) const {
  return static_cast<std::uint32_t>(fetchers::hash_xxh3(key, seed_) >> 32);
}

std::string_view StickTable::key_of(const Entry& entry) const {
  return {reinterpret_cast<const char*>(&entry + 1) + layout_.size(), entry.key_size};
}

StickTable::Entry* StickTable::search(const Shard& shard, std::uint32_t hash, std::string_view key) const {
  Entry* entry = shard.buckets[hash & (shard.buckets.size() - 1)];
  while (entry != nullptr && (entry->hash != hash || key_of(*entry) != key)) entry = entry->next;
  return entry;
}

bool StickTable::is_over(const Entry& entry, TableTime now) const {
  const TableTime limit = expire_.load(std::memory_order_relaxed);
  return limit != 0 && now - entry.touched >= limit;
}

// Who is held when its time is over is given all of it again.
void StickTable::live_on(Shard& shard, Entry& entry, TableTime now) const {
  if (!entry.parked) park(shard, entry);
  const TableTime limit = expire_.load(std::memory_order_relaxed);
  if (limit != 0) entry.touched += (now - entry.touched) / limit * limit;
}

// It leaves the order, so that nobody stumbles over it again while it is held.
void StickTable::park(Shard& shard, Entry& entry) {
  shard.order.remove(entry);
  shard.parked.append(entry);
  entry.parked = true;
  note_oldest(shard);
}

StickTable::Access StickTable::find(std::string_view key, TableTime now) {
  return find(hash_of(key), key, now);
}

StickTable::Access StickTable::find(std::uint32_t hash, std::string_view key, TableTime now) {
  Shard& shard = shard_of(hash);
  std::unique_lock lock(shard.mutex);
  Entry* const entry = search(shard, hash, key);
  if (entry == nullptr) return {};
  if (is_over(*entry, now)) {
    if (entry->holders == 0) {
      destroy(shard, *entry);
      return {};
    }
    live_on(shard, *entry, now);
  }
  return {*this, shard, std::move(lock), entry, now};
}

StickTable::Access StickTable::find_or_make(std::string_view key, TableTime now) {
  const std::uint32_t hash = hash_of(key);
  if (Access found = find(hash, key, now)) return found;
  if (!reserve(now)) return {};
  Shard& shard = shard_of(hash);
  std::unique_lock lock(shard.mutex);
  purge(shard, now);
  Entry* entry = search(shard, hash, key);
  if (entry != nullptr)
    used_.fetch_sub(1, std::memory_order_relaxed);  // another thread was faster
  else
    entry = insert(shard, hash, key, now);
  return {*this, shard, std::move(lock), entry, now};
}

StickTable::Access StickTable::open(Entry& entry, TableTime now) {
  Shard& shard = shard_of(entry.hash);
  std::unique_lock lock(shard.mutex);
  if (is_over(entry, now)) live_on(shard, entry, now);
  return {*this, shard, std::move(lock), &entry, now};
}

StickTable::Entry* StickTable::insert(Shard& shard, std::uint32_t hash, std::string_view key, TableTime now) {
  if (shard.count >= shard.buckets.size()) grow(shard);
  void* const memory = ::operator new(sizeof(Entry) + layout_.size() + key.size());
  auto* const entry = new (memory) Entry{};
  std::memset(reinterpret_cast<char*>(entry + 1), 0, layout_.size());
  std::ranges::copy(key, reinterpret_cast<char*>(entry + 1) + layout_.size());
  entry->hash = hash;
  entry->key_size = static_cast<std::uint32_t>(key.size());
  Entry*& bucket = shard.buckets[hash & (shard.buckets.size() - 1)];
  entry->next = bucket;
  bucket = entry;
  ++shard.count;
  append(shard, *entry, now);
  note_oldest(shard);
  return entry;
}

// The clocks of threads differ by some milliseconds; the order is kept all the same.
void StickTable::append(Shard& shard, Entry& entry, TableTime now) {
  const Entry* const newest = shard.order.newest;
  entry.touched = newest != nullptr ? std::max(newest->touched, now) : now;
  shard.order.append(entry);
}

void StickTable::grow(Shard& shard) const {
  std::vector<Entry*> wider(shard.buckets.size() * 2);
  for (Entry* entry : shard.buckets)
    while (entry != nullptr) {
      Entry* const next = entry->next;
      Entry*& bucket = wider[entry->hash & (wider.size() - 1)];
      entry->next = bucket;
      bucket = entry;
      entry = next;
    }
  shard.buckets = std::move(wider);
}

void StickTable::note_oldest(Shard& shard) {
  const Entry* const first = shard.order.oldest;
  shard.oldest.store(first != nullptr ? first->touched : never, std::memory_order_relaxed);
}

void StickTable::unlink(Shard& shard, Entry& entry) {
  (entry.parked ? shard.parked : shard.order).remove(entry);
  entry.parked = false;
}

void StickTable::destroy(Shard& shard, Entry& entry) {
  Entry** link = &shard.buckets[entry.hash & (shard.buckets.size() - 1)];
  while (*link != &entry) link = &(*link)->next;
  *link = entry.next;
  unlink(shard, entry);
  forget_change(entry);
  note_oldest(shard);
  --shard.count;
  used_.fetch_sub(1, std::memory_order_relaxed);
  ::operator delete(&entry);
}

void StickTable::purge(Shard& shard, TableTime now) {
  while (shard.order.oldest != nullptr && is_over(*shard.order.oldest, now)) {
    Entry& entry = *shard.order.oldest;
    if (entry.holders == 0)
      destroy(shard, entry);
    else
      park(shard, entry);
  }
}

void StickTable::expire(TableTime now) {
  const TableTime limit = expire_.load(std::memory_order_relaxed);
  if (limit == 0) return;
  for (Shard& shard : shards_) {
    const TableTime oldest = shard.oldest.load(std::memory_order_relaxed);
    if (oldest == never || now - oldest < limit) continue;
    const std::lock_guard lock(shard.mutex);
    purge(shard, now);
  }
}

// ---- room for one more

bool StickTable::reserve(TableTime now) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    std::uint32_t used = used_.load(std::memory_order_relaxed);
    while (used < size())
      if (used_.compare_exchange_weak(used, used + 1, std::memory_order_relaxed)) return true;
    expire(now);
    if (used_.load(std::memory_order_relaxed) < size()) continue;
    if (nopurge_.load(std::memory_order_relaxed) || evict() == 0) return false;
  }
  return false;
}

// The oldest ones of all shards, some at a time. Returns how many went.
std::uint32_t StickTable::evict() {
  const std::uint32_t wanted = size() / 256 + 1;
  std::uint32_t gone = 0;
  for (std::uint32_t looks = 0; gone < wanted && looks < 2 * wanted; ++looks) {
    const auto first = std::ranges::min_element(
        shards_, {}, [](const Shard& shard) { return shard.oldest.load(std::memory_order_relaxed); });
    if (first->oldest.load(std::memory_order_relaxed) == never) return gone;
    if (evict_one(*first)) ++gone;
  }
  return gone;
}

bool StickTable::evict_one(Shard& shard) {
  const std::lock_guard lock(shard.mutex);
  Entry* const entry = shard.order.oldest;
  if (entry == nullptr) return false;
  if (entry->holders == 0) {
    destroy(shard, *entry);
    return true;
  }
  park(shard, *entry);
  return false;
}

// ---- all of it

std::uint32_t StickTable::used(TableTime now) {
  expire(now);
  return used_.load(std::memory_order_relaxed);
}

std::vector<std::string> StickTable::keys(TableTime now) {
  expire(now);
  std::vector<std::string> found;
  found.reserve(used_.load(std::memory_order_relaxed));
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const List* list : {&shard.order, &shard.parked})
      for (const Entry* entry = list->oldest; entry != nullptr; entry = entry->newer)
        found.emplace_back(key_of(*entry));
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace shunt::route
