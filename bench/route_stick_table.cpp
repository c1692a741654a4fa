// A stick table of a million entries: what an update costs, alone and beside another thread, and how many
// bytes an entry takes.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

#include "route/stick_table.hpp"

namespace {

using namespace shunt;
using fetchers::TableData;
using route::StickTable;
using route::TableTime;

constexpr std::uint32_t entries = 1'000'000;

graph::StickTable spec() {
  graph::StickTable made{.name = "bench", .size = entries, .expire = std::chrono::minutes(10)};
  made.stored[static_cast<std::size_t>(TableData::conn_cur)] = {.elements = 1};
  made.stored[static_cast<std::size_t>(TableData::conn_rate)] = {.elements = 1, .period = 10'000};
  return made;
}

std::string_view key_of(const std::uint32_t& number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

TableTime clock_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// What one connection does to the entry of its source.
void update(StickTable& table, std::uint32_t number) {
  const TableTime now = clock_now();
  StickTable::Entry* held = nullptr;
  if (StickTable::Access entry = table.find_or_make(key_of(number), now)) {
    entry.add(TableData::conn_cur, 1);
    entry.add(TableData::conn_rate, 1);
    entry.touch();
    held = &entry.hold();
  }
  if (held == nullptr) return;
  StickTable::Access entry = table.open(*held, now);
  entry.subtract_one(TableData::conn_cur);
  entry.touch();
  entry.release();
}

// Shared by the benchmarks' threads; filled before the first one runs.
struct Filled {
  StickTable table{spec()};
  double bytes = 0;

  Filled() {
    const auto before = mallinfo2();
    for (std::uint32_t i = 0; i < entries; ++i) update(table, i);
    const auto after = mallinfo2();
    bytes = static_cast<double>(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) / entries;
  }
};
Filled& filled() {
  static const auto table = std::make_unique<Filled>();
  return *table;
}

std::uint32_t next(std::uint32_t& random) {
  random = random * 1664525 + 1013904223;
  return random >> 8;
}

void connections_from_known_sources(benchmark::State& state) {
  StickTable& table = filled().table;
  std::uint32_t random = static_cast<std::uint32_t>(state.thread_index()) + 1;
  for (auto _ : state) update(table, next(random) % entries);
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) state.counters["bytes/entry"] = filled().bytes;
}
BENCHMARK(connections_from_known_sources)->Threads(1)->Threads(2)->UseRealTime();

// Every update makes an entry and drives out old ones.
void connections_from_new_sources(benchmark::State& state) {
  StickTable& table = filled().table;
  std::uint32_t number = entries * (2 + static_cast<std::uint32_t>(state.thread_index()));
  for (auto _ : state) update(table, ++number);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(connections_from_new_sources)->Threads(1)->Threads(2)->UseRealTime();

// As many as a busy site has: 50,000 a second by each thread. The processor time is that of the updates.
void a_hundred_thousand_a_second(benchmark::State& state) {
  StickTable& table = filled().table;
  std::uint32_t random = static_cast<std::uint32_t>(state.thread_index()) + 7;
  constexpr int burst = 500;
  auto due = std::chrono::steady_clock::now();
  for (auto _ : state) {
    for (int i = 0; i < burst; ++i) update(table, next(random) % entries);
    due += std::chrono::milliseconds(10);
    std::this_thread::sleep_until(due);
  }
  state.SetItemsProcessed(state.iterations() * burst);
}
BENCHMARK(a_hundred_thousand_a_second)->Threads(2)->UseRealTime()->Iterations(200);

}  // namespace
