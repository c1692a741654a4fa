// What readers of a shared stick table's changes come to see.
#include "route/table_changes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <thread>
#include <vector>

#include "route/stick_table.hpp"

namespace shunt::route {
namespace {

graph::StickTable shared_spec(std::uint32_t size) {
  return {.name = "t", .type = fetchers::SampleType::str, .key_length = 31, .size = size, .peers = "p"};
}
void use(StickTable& table, const std::string& key, TableTime now = 0) {
  table.find_or_make(key, now).touch();
}

class Reader {
 public:
  explicit Reader(StickTable& table) : table_(table) {}
  // In the order of their bytes.
  std::vector<std::string> changed(TableTime now = 0) {
    std::vector<std::string> keys;
    for (std::size_t shard = 0; shard < StickTable::shard_count; ++shard)
      while (table_.visit_changed(shard, cursors_[shard], now,
                                  [&](StickTable::Access& entry) { keys.emplace_back(entry.key()); })) {
      }
    std::ranges::sort(keys);
    return keys;
  }
  std::vector<std::string> all(TableTime now = 0) {
    std::vector<std::string> keys;
    for (std::size_t shard = 0; shard < StickTable::shard_count; ++shard) {
      ChangeCursor cursor;
      while (table_.visit_all(shard, cursor, now,
                              [&](StickTable::Access& entry) { keys.emplace_back(entry.key()); })) {
      }
    }
    std::ranges::sort(keys);
    return keys;
  }

 private:
  StickTable& table_;
  std::array<ChangeCursor, StickTable::shard_count> cursors_ = {};
};

std::vector<std::string> numbers(int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) all.push_back(std::to_string(i));
  std::ranges::sort(all);
  return all;
}

TEST(TableChanges, AreReadOnce) {
  StickTable table(shared_spec(100));
  Reader reader(table);
  for (int i = 0; i < 50; ++i) use(table, std::to_string(i));
  EXPECT_EQ(reader.changed(), numbers(50));
  EXPECT_EQ(reader.changed(), std::vector<std::string>{});
  use(table, "7");
  use(table, "7");
  use(table, "new");
  EXPECT_EQ(reader.changed(), (std::vector<std::string>{"7", "new"}));
}

TEST(TableChanges, ManyAreReadPieceByPiece) {
  StickTable table(shared_spec(100000));
  Reader first(table), second(table);
  for (int i = 0; i < 50000; ++i) use(table, std::to_string(i));
  EXPECT_EQ(first.changed(), numbers(50000));
  EXPECT_EQ(first.changed(), std::vector<std::string>{});
  EXPECT_EQ(second.changed(), numbers(50000));
}

TEST(TableChanges, WhatIsLearnedIsNoChangeButPartOfAll) {
  StickTable table(shared_spec(100));
  Reader reader(table);
  use(table, "own");
  table.find_or_make("learned", 0).learned(-1);
  EXPECT_EQ(reader.changed(), std::vector<std::string>{"own"});
  EXPECT_EQ(reader.all(), (std::vector<std::string>{"learned", "own"}));
}

// A peer that teaches an entry before ours was told doesn't take our change away.
TEST(TableChanges, StayWhenTheEntryIsTaught) {
  StickTable table(shared_spec(100));
  Reader reader(table);
  use(table, "a");
  table.find_or_make("a", 0).learned(-1);
  EXPECT_EQ(reader.changed(), std::vector<std::string>{"a"});
}

TEST(TableChanges, OfEntriesThatAreGoneAreForgotten) {
  StickTable table(shared_spec(100));
  Reader reader(table);
  for (int i = 0; i < 50; ++i) use(table, std::to_string(i));
  for (int i = 0; i < 50; i += 2) EXPECT_TRUE(table.find(std::to_string(i), 0).erase());
  EXPECT_EQ(reader.changed().size(), 25u);
}

TEST(TableChanges, LearnedEntriesLiveAsLongAsTheyWereTaught) {
  graph::StickTable spec = shared_spec(100);
  spec.expire = std::chrono::milliseconds(1000);
  StickTable table(spec);
  table.find_or_make("short", 5000).learned(300);
  table.find_or_make("long", 5000).learned(5000);
  table.find_or_make("usual", 5000).learned(-1);
  EXPECT_EQ(table.find("short", 5000).remaining(), 300);
  EXPECT_EQ(table.find("long", 5000).remaining(), 1000);
  EXPECT_EQ(table.find("usual", 5000).remaining(), 1000);
  EXPECT_FALSE(table.find("short", 5300));
  EXPECT_TRUE(table.find("usual", 5300));
}

TEST(TableChanges, BellRingsOnceUntilItIsWoundUp) {
  StickTable table(shared_spec(100));
  int rings = 0;
  use(table, "before");
  table.bell().listen([&] { ++rings; });
  use(table, "a");
  use(table, "b");
  EXPECT_EQ(rings, 1);
  table.bell().wind_up();
  use(table, "a");
  EXPECT_EQ(rings, 2);
  table.bell().listen({});
  table.bell().wind_up();
  use(table, "c");
  EXPECT_EQ(rings, 2);
}

// Whatever threads do, a reader that reads once more at the end has seen every key.
TEST(TableChanges, NothingIsMissedBesideWriters) {
  StickTable table(shared_spec(100000));
  std::vector<std::string> seen;
  Reader reader(table);
  std::atomic<int> running{2};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 2; ++writer)
    writers.emplace_back([&, writer] {
      for (int i = writer; i < 20000; i += 2) use(table, std::to_string(i));
      --running;
    });
  while (running > 0) std::ranges::copy(reader.changed(), std::back_inserter(seen));
  for (std::thread& writer : writers) writer.join();
  std::ranges::copy(reader.changed(), std::back_inserter(seen));
  std::ranges::sort(seen);
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(seen, numbers(20000));
}

}  // namespace
}  // namespace shunt::route
