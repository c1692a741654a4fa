// One stick table: entries by key, in shards with a lock each, so that threads seldom meet.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/stick_table.hpp"
#include "route/sliding_rate.hpp"
#include "route/table_changes.hpp"
#include "route/table_layout.hpp"

namespace shunt::route {

// Times are milliseconds of a steady clock.
using TableTime = std::int64_t;

// The names that entries of one table refer to by number (of servers); they are never forgotten, and there
// are as many as servers ever had.
class TableNames {
 public:
  [[nodiscard]] std::uint32_t number(std::string_view name);
  [[nodiscard]] std::string name(std::uint32_t number) const;  // empty for 0, which is none

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::deque<std::string> names_;
};

class StickTable {
 public:
  // Behind it stand (ChangeLink, if the table is shared) its data, then its key.
  struct Entry {
    Entry* next = nullptr;  // in its bucket
    Entry* older = nullptr;
    Entry* newer = nullptr;
    TableTime touched = 0;
    std::uint32_t hash = 0;
    std::uint32_t holders = 0;
    std::uint32_t key_size = 0;
    bool parked = false;  // held when it should have gone; stands in a list of its own
  };

 private:
  // Place of an entry of a shared table among those that were changed here, in the order of their last
  // change.
  struct ChangeLink {
    ChangeLink* older = nullptr;  // null: it is none of them
    ChangeLink* newer = nullptr;
    std::uint64_t update = 0;  // number of the last change here among those of its shard; 0: none
  };
  // Entries in the order of their last use.
  struct List {
    Entry* oldest = nullptr;
    Entry* newest = nullptr;
    void append(Entry& entry);
    void insert(Entry& entry);  // by the time of its last use
    void remove(Entry& entry);
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::vector<Entry*> buckets;
    std::uint32_t count = 0;
    std::uint64_t updates = 0;
    List order, parked;
    ChangeLink changes = {&changes, &changes};  // both ends
    std::atomic<TableTime> oldest{never};       // the first time in `order`
  };

 public:
  // An entry (or none) while its shard is locked. Ask for no other entry meanwhile.
  class Access {
   public:
    Access() = default;
    [[nodiscard]] explicit operator bool() const { return entry_ != nullptr; }
    [[nodiscard]] std::string_view key() const;
    [[nodiscard]] std::uint32_t holders() const { return entry_->holders; }
    // Milliseconds; 0 where the table has no such limit.
    [[nodiscard]] TableTime idle() const;
    [[nodiscard]] TableTime remaining() const;

    [[nodiscard]] bool stores(fetchers::TableData data, std::uint32_t index) const;
    // 0 for what isn't stored; a rate is events per period, a name its number.
    [[nodiscard]] std::uint64_t read(fetchers::TableData data, std::uint32_t index = 0) const;
    // Changes of what isn't stored do nothing. Numbers of 32 bits go round, but below 0 they don't.
    void add(fetchers::TableData data, std::uint64_t count, std::uint32_t index = 0);
    void subtract_one(fetchers::TableData data);
    void set(fetchers::TableData data, std::uint64_t value, std::uint32_t index = 0);
    // The rate as it is stored.
    [[nodiscard]] SlidingRate rate(fetchers::TableData data, std::uint32_t index = 0) const;
    void set_rate(fetchers::TableData data, const SlidingRate& rate, std::uint32_t index = 0);
    // It was used or changed: it lives on, and peers will be told.
    void touch();
    // A peer has taught it. `left`: milliseconds that it had to live there; negative: as if it was used now.
    void learned(TableTime left);

    // The entry stays until it is released as often.
    Entry& hold();
    void release();
    // False: somebody holds it. Otherwise there is no entry any more.
    bool erase();

   private:
    friend class StickTable;
    Access(StickTable& table, Shard& shard, std::unique_lock<std::mutex> lock, Entry* entry, TableTime now)
        : table_(&table), shard_(&shard), lock_(std::move(lock)), entry_(entry), now_(now) {}
    [[nodiscard]] char* data() const;

    StickTable* table_ = nullptr;
    Shard* shard_ = nullptr;
    std::unique_lock<std::mutex> lock_;
    Entry* entry_ = nullptr;
    TableTime now_ = 0;
  };

  explicit StickTable(const graph::StickTable& spec);
  ~StickTable();
  StickTable(const StickTable&) = delete;
  StickTable& operator=(const StickTable&) = delete;

  // The limits of a later, compatible definition.
  void obey(const graph::StickTable& spec);

  // `key` in the form of the table (make_table_key).
  [[nodiscard]] Access find(std::string_view key, TableTime now);
  // None: the table is full, and nothing may or can go.
  [[nodiscard]] Access find_or_make(std::string_view key, TableTime now);
  // An entry that somebody holds.
  [[nodiscard]] Access open(Entry& entry, TableTime now);

  // Removes what has expired.
  void expire(TableTime now);
  [[nodiscard]] std::uint32_t size() const { return size_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t used(TableTime now);
  // A copy of all keys, in the order of their bytes.
  [[nodiscard]] std::vector<std::string> keys(TableTime now);
  static constexpr std::size_t shard_count = 32;

  // Of a shared table: visits some of the entries that were changed behind the cursor, which moves on. What
  // is visited is locked meanwhile. True: there may be more.
  using Visit = std::function<void(Access& entry)>;
  [[nodiscard]] bool visit_changed(std::size_t shard, ChangeCursor& cursor, TableTime now,
                                   const Visit& visit);
  // The same of all entries, learned ones too; the cursor is to be a fresh one.
  [[nodiscard]] bool visit_all(std::size_t shard, ChangeCursor& cursor, TableTime now, const Visit& visit);
  [[nodiscard]] std::uint64_t updates();  // so many times something was changed here
  [[nodiscard]] ChangeBell& bell() { return bell_; }

  [[nodiscard]] const TableLayout& layout() const { return layout_; }
  [[nodiscard]] TableNames& names() { return names_; }

 private:
  static constexpr TableTime never = INT64_MAX;

  [[nodiscard]] Shard& shard_of(std::uint32_t hash) { return shards_[hash >> 27]; }
  [[nodiscard]] std::uint32_t hash_of(std::string_view key) const;
  [[nodiscard]] Access find(std::uint32_t hash, std::string_view key, TableTime now);
  [[nodiscard]] std::string_view key_of(const Entry& entry) const;
  [[nodiscard]] Entry* search(const Shard& shard, std::uint32_t hash, std::string_view key) const;
  [[nodiscard]] bool is_over(const Entry& entry, TableTime now) const;
  [[nodiscard]] ChangeLink* link_of(Entry& entry) const {
    return shared_ ? reinterpret_cast<ChangeLink*>(&entry + 1) : nullptr;
  }
  [[nodiscard]] static Entry& entry_of(ChangeLink& link) { return *(reinterpret_cast<Entry*>(&link) - 1); }
  void note_change(Shard& shard, Entry& entry);
  void forget_change(Entry& entry) const;
  void visit_latest(Shard& shard, std::uint64_t known, TableTime now, const Visit& visit);
  [[nodiscard]] bool walk(Shard& shard, ChangeCursor& cursor, bool all, TableTime now, const Visit& visit);
  [[nodiscard]] Entry* insert(Shard& shard, std::uint32_t hash, std::string_view key, TableTime now);
  static void append(Shard& shard, Entry& entry, TableTime now);
  void grow(Shard& shard) const;
  void destroy(Shard& shard, Entry& entry);
  static void unlink(Shard& shard, Entry& entry);
  void purge(Shard& shard, TableTime now);
  void live_on(Shard& shard, Entry& entry, TableTime now) const;
  static void park(Shard& shard, Entry& entry);
  [[nodiscard]] bool reserve(TableTime now);
  [[nodiscard]] std::uint32_t evict();
  [[nodiscard]] bool evict_one(Shard& shard);
  static void note_oldest(Shard& shard);

  const bool shared_;
  const TableLayout layout_;
  const std::uint64_t seed_;
  std::atomic<std::uint32_t> size_;
  std::atomic<TableTime> expire_;  // 0: never
  std::atomic<bool> nopurge_;
  std::atomic<std::uint32_t> used_{0};
  TableNames names_;
  ChangeBell bell_;
  std::array<Shard, shard_count> shards_;
};

}  // namespace shunt::route
