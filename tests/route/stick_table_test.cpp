// Stick tables: rates, ages, eviction, layout, and many threads at once.
#include "route/stick_table.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "route/table_use.hpp"

namespace shunt::route {
namespace {

using fetchers::Sample;
using fetchers::SampleType;
using fetchers::TableData;

graph::StickTable spec_of(std::uint32_t size, std::int64_t expire = 0) {
  graph::StickTable spec{.name = "t", .type = SampleType::str, .key_length = 31, .size = size};
  if (expire != 0) spec.expire = std::chrono::milliseconds(expire);
  return spec;
}
void store(graph::StickTable& spec, TableData data, std::uint32_t period = 0, std::uint8_t elements = 1) {
  spec.stored[static_cast<std::size_t>(data)] = {.elements = elements, .period = period};
}

// The keys, in the order of their bytes, without separator.
std::string keys_of(StickTable& table, TableTime now) {
  std::string all;
  for (const std::string& key : table.keys(now)) all += key;
  return all;
}
void use(StickTable& table, std::string_view key, TableTime now) {
  StickTable::Access entry = table.find_or_make(key, now);
  ASSERT_TRUE(entry);
  entry.touch();
}

// ---- rates: readings of HAProxy 2.6 and 3.5 (two seconds' period)

struct Reading {
  std::uint32_t at, value;
};
TEST(SlidingRate, ReadsAsHaproxyDoesAfterOneBurst) {
  SlidingRate rate;
  rate.add(10, 2000, 1'000'000);
  for (const auto& [at, value] :
       {Reading{400, 10}, {1610, 10}, {2010, 9}, {2412, 7}, {2810, 5}, {3220, 3}, {3620, 1}, {4020, 0}})
    EXPECT_EQ(rate.read(2000, 1'000'000 + at), value) << at;
}
TEST(SlidingRate, ReadsAsHaproxyDoesAfterTwoBursts) {
  SlidingRate rate;
  rate.add(6, 2000, 1'000'000);
  rate.add(4, 2000, 1'002'500);
  for (const auto& [at, value] : {Reading{2650, 8},
                                  {2890, 7},
                                  {3130, 6},
                                  {3370, 5},
                                  {3850, 4},
                                  {4090, 3},
                                  {4570, 2},
                                  {5050, 1},
                                  {5530, 0}})
    EXPECT_EQ(rate.read(2000, 1'000'000 + at), value) << at;
}
TEST(SlidingRate, ALoneEventCountsForTwoPeriods) {
  SlidingRate rate;
  rate.add(1, 2000, 1'000'000);
  EXPECT_EQ(rate.read(2000, 1'003'900), 1u);
  EXPECT_EQ(rate.read(2000, 1'004'200), 0u);
}
TEST(SlidingRate, TheClockMayGoRound) {
  SlidingRate rate;
  rate.add(10, 2000, 0xfffffff0u);
  EXPECT_EQ(rate.read(2000, 0xfffffff0u + 400), 10u);
  rate.add(5, 2000, 0xfffffff0u + 100);
  EXPECT_EQ(rate.read(2000, 0xfffffff0u + 200), 15u);
}
TEST(SlidingRate, AnotherThreadsOlderReadingOfTheClockCounts) {
  SlidingRate rate;
  rate.add(6, 2000, 1'000'000);
  rate.add(10, 2000, 1'002'000);
  rate.add(1, 2000, 1'001'990);
  EXPECT_EQ(rate.read(2000, 1'001'990), 17u);
  EXPECT_EQ(rate.read(2000, 1'002'000), 17u);
  EXPECT_EQ(rate.read(2000, 1'003'000), 14u);
}
TEST(SlidingRate, NothingIsLeftAfterAMonth) {
  SlidingRate rate;
  rate.add(10, 2000, 1'000'000);
  EXPECT_EQ(rate.read(2000, 1'000'000 + 2'600'000'000u), 0u);
}

// ---- layout

TEST(TableLayout, SingleCountersAreTheFirstOfArrays) {
  graph::StickTable spec = spec_of(10);
  store(spec, TableData::gpc, 0, 3);
  store(spec, TableData::gpt, 0, 1);
  const TableLayout layout(spec, 0);
  EXPECT_EQ(layout.size(), 16u);
  EXPECT_EQ(layout.find(TableData::gpc0, 0)->offset, layout.find(TableData::gpc, 0)->offset);
  EXPECT_EQ(layout.find(TableData::gpc1, 0)->offset, layout.find(TableData::gpc, 1)->offset);
  EXPECT_TRUE(layout.find(TableData::gpt0, 0));
  EXPECT_FALSE(layout.find(TableData::gpc, 3));
  EXPECT_FALSE(layout.find(TableData::gpc0_rate, 0));
}

TEST(StickTable, DataOfAllWidthsStandSideBySide) {
  graph::StickTable spec = spec_of(10);
  store(spec, TableData::conn_cnt);
  store(spec, TableData::bytes_in_cnt);
  store(spec, TableData::conn_rate, 1000);
  store(spec, TableData::gpc, 0, 2);
  StickTable table(spec);
  StickTable::Access entry = table.find_or_make("k", 1000);
  entry.add(TableData::conn_cnt, 3);
  entry.add(TableData::bytes_in_cnt, std::uint64_t{5} << 32);
  entry.add(TableData::conn_rate, 7);
  entry.add(TableData::gpc, 9, 1);
  entry.add(TableData::http_req_cnt, 1);
  EXPECT_EQ(entry.read(TableData::conn_cnt), 3u);
  EXPECT_EQ(entry.read(TableData::bytes_in_cnt), std::uint64_t{5} << 32);
  EXPECT_EQ(entry.read(TableData::conn_rate), 7u);
  EXPECT_EQ(entry.read(TableData::gpc, 1), 9u);
  EXPECT_EQ(entry.read(TableData::gpc, 0), 0u);
  EXPECT_EQ(entry.read(TableData::gpc1), 9u);
  EXPECT_EQ(entry.read(TableData::http_req_cnt), 0u);
  entry.subtract_one(TableData::gpc0);
  EXPECT_EQ(entry.read(TableData::gpc0), 0u);
}

// ---- age

TEST(StickTable, AnEntryExpiresAfterItsLastUse) {
  StickTable table(spec_of(10, 1000));
  use(table, "a", 0);
  use(table, "b", 0);
  use(table, "a", 600);
  EXPECT_TRUE(table.find("b", 999));
  EXPECT_FALSE(table.find("b", 1000));
  EXPECT_EQ(table.used(1599), 1u);
  EXPECT_EQ(table.used(1600), 0u);
}

// As the readings of HAProxy 3.5: 749 498 248 998 747 ..., and the rest runs out after the release.
TEST(StickTable, AHeldEntryIsGivenItsTimeAgain) {
  StickTable table(spec_of(10, 1000));
  StickTable::Entry* held = &table.find_or_make("a", 0).hold();
  EXPECT_EQ(table.open(*held, 251).remaining(), 749);
  EXPECT_EQ(table.open(*held, 752).remaining(), 248);
  EXPECT_EQ(table.open(*held, 1002).remaining(), 998);
  EXPECT_EQ(table.used(1500), 1u);
  EXPECT_EQ(table.open(*held, 3500).remaining(), 500);
  table.open(*held, 3500).release();
  EXPECT_EQ(table.used(3999), 1u);
  EXPECT_EQ(table.used(4000), 0u);
}

TEST(StickTable, OneThatWasHeldThroughASweepIsFoundAgain) {
  StickTable table(spec_of(10, 1000));
  StickTable::Entry* held = &table.find_or_make("a", 0).hold();
  use(table, "b", 900);
  table.expire(1200);
  use(table, "c", 1250);
  table.open(*held, 1300).release();
  EXPECT_EQ(keys_of(table, 1300), "abc");
  EXPECT_EQ(keys_of(table, 1900), "ac");
  EXPECT_EQ(keys_of(table, 2000), "c");
}

// ---- eviction

TEST(StickTable, AFullTableLosesTheOldest) {
  StickTable table(spec_of(3));
  TableTime now = 0;
  for (const char* key : {"1", "2", "3", "1", "4", "5"}) use(table, key, ++now);
  EXPECT_EQ(keys_of(table, now), "145");
}

TEST(StickTable, NopurgeKeepsWhatIsThere) {
  graph::StickTable spec = spec_of(3, 1000);
  spec.nopurge = true;
  StickTable table(spec);
  for (const char* key : {"1", "2", "3"}) use(table, key, 1);
  EXPECT_FALSE(table.find_or_make("4", 2));
  EXPECT_EQ(keys_of(table, 2), "123");
  EXPECT_TRUE(table.find_or_make("4", 1001));
  EXPECT_EQ(keys_of(table, 1001), "4");
}

TEST(StickTable, WhatIsHeldStays) {
  StickTable table(spec_of(2));
  StickTable::Entry* first = &table.find_or_make("1", 1).hold();
  StickTable::Entry* second = &table.find_or_make("2", 2).hold();
  EXPECT_FALSE(table.find_or_make("3", 3));
  table.open(*second, 4).release();
  EXPECT_TRUE(table.find_or_make("3", 5));
  EXPECT_EQ(keys_of(table, 5), "13");
  EXPECT_FALSE(table.open(*first, 5).erase());
  table.open(*first, 6).release();
  EXPECT_TRUE(table.find("1", 6).erase());
  EXPECT_EQ(keys_of(table, 6), "3");
}

TEST(StickTable, ALargeTableLosesSeveralAtATime) {
  StickTable table(spec_of(1024));
  for (int i = 0; i < 1024; ++i) use(table, std::to_string(i), i);
  use(table, "x", 2000);
  EXPECT_EQ(table.used(2000), 1024u - 5 + 1);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(table.find(std::to_string(i), 2000)) << i;
  EXPECT_TRUE(table.find("5", 2000));
}

// ---- keys

std::string key_of(SampleType type, std::uint32_t length, const Sample& sample) {
  fetchers::Scratch scratch;
  std::string_view key;
  const graph::StickTable spec{.name = "t", .type = type, .key_length = length};
  return make_table_key(spec, sample, scratch, key) ? std::string(key) : "none";
}
Sample text(std::string_view value) {
  Sample sample;
  sample.set_string(value);
  return sample;
}
TEST(TableKey, FitsTheTable) {
  EXPECT_EQ(key_of(SampleType::str, 4, text("abcdef")), "abcd");
  EXPECT_EQ(key_of(SampleType::str, 4, text(std::string_view("a\0b", 3))), "a");
  EXPECT_EQ(key_of(SampleType::str, 4, text("")), "");
  EXPECT_EQ(key_of(SampleType::bin, 4, text("ab")), std::string("ab\0\0", 4));
  EXPECT_EQ(key_of(SampleType::bin, 2, text("abc")), "ab");
  EXPECT_EQ(key_of(SampleType::sint, 4, text("-1")), "\xff\xff\xff\xff");
  EXPECT_EQ(key_of(SampleType::sint, 4, text("x")), std::string(4, '\0'));
  EXPECT_EQ(key_of(SampleType::ipv4, 4, text("x")), "none");
  EXPECT_EQ(key_of(SampleType::ipv4, 4, text("1.2.3.4")), "\1\2\3\4");
  EXPECT_EQ(key_of(SampleType::ipv4, 4, text("::ffff:1.2.3.4")), "none");
  EXPECT_EQ(key_of(SampleType::ipv6, 16, text("::1")).size(), 16u);
  EXPECT_EQ(key_of(SampleType::ipv6, 16, text("1.2.3.4")), "none");
}

// ---- many threads

TEST(StickTable, ThreadsCountTogether) {
  graph::StickTable spec = spec_of(10'000);
  store(spec, TableData::conn_cnt);
  store(spec, TableData::conn_rate, 1'000'000);
  StickTable table(spec);
  constexpr int threads = 4, rounds = 200, keys = 100;
  const auto work = [&table] {
    for (int round = 0; round < rounds; ++round)
      for (int i = 0; i < keys; ++i) {
        StickTable::Access entry = table.find_or_make(std::to_string(i), round);
        entry.add(TableData::conn_cnt, 1);
        entry.add(TableData::conn_rate, 1);
        entry.touch();
      }
  };
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < threads; ++i) all.emplace_back(work);
  }
  EXPECT_EQ(table.used(rounds), static_cast<std::uint32_t>(keys));
  for (int i = 0; i < keys; ++i) {
    const StickTable::Access entry = table.find(std::to_string(i), rounds);
    EXPECT_EQ(entry.read(TableData::conn_cnt), std::uint64_t{threads} * rounds);
    EXPECT_EQ(entry.read(TableData::conn_rate), std::uint64_t{threads} * rounds);
  }
}

// Small, short-lived and full: everything that removes entries runs against everything that uses them.
TEST(StickTable, ThreadsMayMakeHoldReleaseAndSweepAtOnce) {
  graph::StickTable spec = spec_of(50, 20);
  store(spec, TableData::conn_cur);
  StickTable table(spec);
  const auto work = [&table](unsigned seed) {
    std::uint32_t random = seed;
    std::vector<StickTable::Entry*> held;
    for (TableTime now = 0; now < 5'000; ++now) {
      random = random * 1664525 + 1013904223;
      if (StickTable::Access entry = table.find_or_make(std::to_string(random >> 16 & 127), now)) {
        entry.add(TableData::conn_cur, 1);
        entry.touch();
        held.push_back(&entry.hold());
      }
      if (held.size() < 8) continue;
      {
        StickTable::Access entry = table.open(*held[random % 8], now);
        entry.subtract_one(TableData::conn_cur);
        entry.release();
      }
      held.erase(held.begin() + random % 8);
      if (random % 64 == 0) static_cast<void>(table.keys(now));
    }
    for (StickTable::Entry* entry : held) {
      StickTable::Access access = table.open(*entry, 5'000);
      access.subtract_one(TableData::conn_cur);
      access.release();
    }
  };
  {
    std::vector<std::jthread> all;
    for (unsigned i = 1; i <= 4; ++i) all.emplace_back(work, i);
  }
  EXPECT_LE(table.used(5'000), 50u);
  for (const std::string& key : table.keys(5'000)) {
    const StickTable::Access entry = table.find(key, 5'000);
    EXPECT_EQ(entry.read(TableData::conn_cur), 0u) << key;
    EXPECT_EQ(entry.holders(), 0u) << key;
  }
  EXPECT_EQ(table.used(30'000), 0u);
}

}  // namespace
}  // namespace shunt::route
