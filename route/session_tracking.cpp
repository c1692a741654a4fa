// The entries that a session tracks: when it begins to, what is counted, when it ends.
#include "route/session.hpp"
#include "route/table_clock.hpp"
#include "route/table_use.hpp"

namespace shunt::route {

using fetchers::TableData;

TableUse& Session::table_use() {
  if (!table_use_) table_use_ = std::make_unique<TableUse>();
  return *table_use_;
}

// A key that finds no room is not tracked.
void Session::track(std::uint32_t counter, graph::TableId id, const fetchers::Sample& key,
                    fetchers::Scratch& scratch) {
  if (table_use().tracked(counter) != nullptr) return;
  std::string_view bytes;
  if (!make_table_key(facilities_->graph->tables[id], key, scratch, bytes)) return;
  StickTable& table = facilities_->state->table(id);
  StickTable::Access entry = table.find_or_make(bytes, table_time(facilities_->now));
  if (!entry) return;
  auto& slots = table_use_->slots;
  if (slots.size() <= counter) slots.resize(counter + 1);
  entry.add(TableData::conn_cur, 1);
  entry.add(TableData::conn_cnt, 1);
  entry.add(TableData::conn_rate, 1);
  entry.touch();
  slots[counter] = {.table = &table, .entry = &entry.hold(), .id = id};
}

// The connection has become a session. What is tracked later counts no session [seen].
void Session::count_session(Time at) {
  if (!table_use_) return;
  for (const TableUse::Tracked& tracked : table_use_->slots) {
    if (tracked.entry == nullptr) continue;
    StickTable::Access entry = tracked.table->open(*tracked.entry, table_time(at));
    if (!entry.stores(TableData::sess_cnt, 0) && !entry.stores(TableData::sess_rate, 0)) continue;
    entry.add(TableData::sess_cnt, 1);
    entry.add(TableData::sess_rate, 1);
    entry.touch();
  }
}

// At the end, as HAProxy does without `option contstats`.
void Session::count_bytes(Time at) {
  if (!table_use_) return;
  const std::uint64_t in = bytes_to_server_ - table_use_->bytes_in;
  const std::uint64_t out = bytes_to_client_ - table_use_->bytes_out;
  table_use_->bytes_in += in;
  table_use_->bytes_out += out;
  for (const TableUse::Tracked& tracked : table_use_->slots) {
    if (tracked.entry == nullptr) continue;
    StickTable::Access entry = tracked.table->open(*tracked.entry, table_time(at));
    const auto count = [&entry](TableData total, TableData rate, std::uint64_t bytes) {
      if (bytes == 0 || (!entry.stores(total, 0) && !entry.stores(rate, 0))) return;
      entry.add(total, bytes);
      entry.add(rate, bytes);
      entry.touch();
    };
    count(TableData::bytes_in_cnt, TableData::bytes_in_rate, in);
    count(TableData::bytes_out_cnt, TableData::bytes_out_rate, out);
  }
}

void Session::release_tables() {
  if (!table_use_) return;
  const TableTime now = table_time(accepted_at_ + graph::Milliseconds(total_ms_));
  for (const TableUse::Tracked& tracked : table_use_->slots) {
    if (tracked.entry == nullptr) continue;
    StickTable::Access entry = tracked.table->open(*tracked.entry, now);
    if (entry.stores(TableData::conn_cur, 0)) {
      entry.subtract_one(TableData::conn_cur);
      entry.touch();
    }
    entry.release();
  }
  table_use_.reset();
}

}  // namespace shunt::route
