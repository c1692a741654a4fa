// Reading and changing one entry of a stick table.
#include <algorithm>
#include <cstring>

#include "route/stick_table.hpp"

namespace shunt::route {

using fetchers::TableCell;
using fetchers::TableData;

namespace {

// Data stand side by side without gaps.
template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}
template <class T>
void store(char* at, const T& value) {
  std::memcpy(at, &value, sizeof(T));
}

std::uint32_t ticks(TableTime now) { return static_cast<std::uint32_t>(now); }

}  // namespace

char* StickTable::Access::data() const { return reinterpret_cast<char*>(entry_ + 1); }

std::string_view StickTable::Access::key() const { return table_->key_of(*entry_); }

TableTime StickTable::Access::idle() const {
  if (table_->expire_.load(std::memory_order_relaxed) == 0) return 0;
  return std::max<TableTime>(0, now_ - entry_->touched);
}

TableTime StickTable::Access::remaining() const {
  const TableTime limit = table_->expire_.load(std::memory_order_relaxed);
  return limit == 0 ? 0 : std::max<TableTime>(0, limit - idle());
}

bool StickTable::Access::stores(TableData data, std::uint32_t index) const {
  return table_->layout_.find(data, index).has_value();
}

std::uint64_t StickTable::Access::read(TableData which, std::uint32_t index) const {
  const auto place = table_->layout_.find(which, index);
  if (!place) return 0;
  const char* const at = data() + place->offset;
  switch (place->cell) {
    case TableCell::number:
    case TableCell::name: return load<std::uint32_t>(at);
    case TableCell::total: return load<std::uint64_t>(at);
    case TableCell::rate: return load<SlidingRate>(at).read(place->period, ticks(now_));
  }
  return 0;
}

void StickTable::Access::add(TableData which, std::uint64_t count, std::uint32_t index) {
  const auto place = table_->layout_.find(which, index);
  if (!place) return;
  char* const at = data() + place->offset;
  switch (place->cell) {
    case TableCell::number:
    case TableCell::name: store(at, static_cast<std::uint32_t>(load<std::uint32_t>(at) + count)); return;
    case TableCell::total: store(at, load<std::uint64_t>(at) + count); return;
    case TableCell::rate: break;
  }
  auto rate = load<SlidingRate>(at);
  rate.add(static_cast<std::uint32_t>(count), place->period, ticks(now_));
  store(at, rate);
}

void StickTable::Access::subtract_one(TableData which) {
  if (const std::uint64_t value = read(which); value != 0) set(which, value - 1);
}

void StickTable::Access::set(TableData which, std::uint64_t value, std::uint32_t index) {
  const auto place = table_->layout_.find(which, index);
  if (!place) return;
  char* const at = data() + place->offset;
  switch (place->cell) {
    case TableCell::number:
    case TableCell::name: store(at, static_cast<std::uint32_t>(value)); return;
    case TableCell::total: store(at, value); return;
    case TableCell::rate: break;
  }
  SlidingRate rate;
  rate.set(static_cast<std::uint32_t>(value), ticks(now_));
  store(at, rate);
}

SlidingRate StickTable::Access::rate(TableData which, std::uint32_t index) const {
  const auto place = table_->layout_.find(which, index);
  return place && place->cell == TableCell::rate ? load<SlidingRate>(data() + place->offset) : SlidingRate{};
}

void StickTable::Access::set_rate(TableData which, const SlidingRate& rate, std::uint32_t index) {
  const auto place = table_->layout_.find(which, index);
  if (place && place->cell == TableCell::rate) store(data() + place->offset, rate);
}

void StickTable::Access::touch() {
  table_->note_change(*shard_, *entry_);
  table_->unlink(*shard_, *entry_);
  append(*shard_, *entry_, now_);
  note_oldest(*shard_);
}

void StickTable::Access::learned(TableTime left) {
  const TableTime limit = table_->expire_.load(std::memory_order_relaxed);
  table_->unlink(*shard_, *entry_);
  entry_->touched = left < 0 || left >= limit ? now_ : now_ - (limit - left);
  shard_->order.insert(*entry_);
  note_oldest(*shard_);
}

StickTable::Entry& StickTable::Access::hold() {
  ++entry_->holders;
  return *entry_;
}

void StickTable::Access::release() {
  if (--entry_->holders != 0 || !entry_->parked) return;
  table_->unlink(*shard_, *entry_);
  shard_->order.insert(*entry_);
  note_oldest(*shard_);
}

bool StickTable::Access::erase() {
  if (entry_->holders != 0) return false;
  table_->destroy(*shard_, *entry_);
  entry_ = nullptr;
  lock_.unlock();
  return true;
}

}  // namespace shunt::route
