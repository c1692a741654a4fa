// What fetches, converters and actions ask stick tables for a session.
#include "route/session_tables.hpp"

#include "route/session.hpp"
#include "route/table_clock.hpp"
#include "route/table_use.hpp"

namespace shunt::route {
namespace {

using fetchers::TableAnswer;
using fetchers::TableData;
using fetchers::TableQuestion;
using fetchers::TableWish;

bool makes_entries(TableWish wish) {
  return wish == TableWish::increment || wish == TableWish::clear || wish == TableWish::count;
}

// Whose rate grows with a counter.
constexpr TableData rate_of(TableData counter) {
  switch (counter) {
    case TableData::gpc0: return TableData::gpc0_rate;
    case TableData::gpc1: return TableData::gpc1_rate;
    default: return TableData::gpc_rate;
  }
}

// A connection that only a fetch counts, without its rate [seen].
void count_connection(StickTable::Access& entry, TableAnswer& answer) {
  if (!entry.stores(TableData::conn_cnt, 0)) return;
  entry.add(TableData::conn_cnt, 1);
  entry.touch();
  answer.stored = true;
  answer.value = static_cast<std::int64_t>(entry.read(TableData::conn_cnt));
}

// What is counted is the counter, its rate, or both.
void count(StickTable::Access& entry, const TableQuestion& question, std::uint64_t by, TableAnswer& answer) {
  const TableData rate = rate_of(question.data);
  const bool counts = entry.stores(question.data, question.index);
  if (!counts && !entry.stores(rate, question.index)) return;
  entry.add(question.data, by, question.index);
  entry.add(rate, by, question.index);
  entry.touch();
  answer.stored = true;
  answer.value = static_cast<std::int64_t>(entry.read(counts ? question.data : rate, question.index));
}

void change(StickTable::Access& entry, const TableQuestion& question, TableAnswer& answer) {
  if (!entry.stores(question.data, question.index)) return;
  answer.stored = true;
  answer.value = static_cast<std::int64_t>(entry.read(question.data, question.index));
  entry.set(question.data, question.operand, question.index);
  entry.touch();
}

TableAnswer answer_of(StickTable::Access& entry, const TableQuestion& question) {
  TableAnswer answer{.subject = true, .entry = true};
  switch (question.wish) {
    case TableWish::read:
      answer.stored = entry.stores(question.data, question.index);
      answer.value = static_cast<std::int64_t>(entry.read(question.data, question.index));
      break;
    case TableWish::increment: count(entry, question, 1, answer); break;
    case TableWish::count: count_connection(entry, answer); break;
    case TableWish::add: count(entry, question, question.operand, answer); break;
    case TableWish::clear:
    case TableWish::set: change(entry, question, answer); break;
    case TableWish::trackers: answer.value = entry.holders(); break;
    case TableWish::idle: answer.value = entry.idle(); break;
    case TableWish::remaining: answer.value = entry.remaining(); break;
  }
  return answer;
}

}  // namespace

StickTable* SessionTables::table(std::uint32_t id) const {
  const Facilities& facilities = *session_->facilities_;
  return id < facilities.graph->tables.size() ? &facilities.state->table(id) : nullptr;
}

TableAnswer SessionTables::ask(const TableQuestion& question, fetchers::Scratch& scratch) {
  const Facilities& facilities = *session_->facilities_;
  const TableTime now = table_time(facilities.now);
  const TableUse* const use = session_->table_use_.get();
  const TableUse::Tracked* const tracked = use != nullptr ? use->tracked(question.slot) : nullptr;
  if (question.key == nullptr && tracked == nullptr) return {};
  if (question.key == nullptr &&
      (question.table >= facilities.graph->tables.size() || question.table == tracked->id)) {
    StickTable::Access entry = tracked->table->open(*tracked->entry, now);
    return answer_of(entry, question);
  }
  if (question.table >= facilities.graph->tables.size()) return {};
  const graph::StickTable& spec = facilities.graph->tables[question.table];
  // A tracked key is none of a table of another type: HAProxy doesn't convert it [seen].
  if (question.key == nullptr && spec.type != facilities.graph->tables[tracked->id].type)
    return {.subject = true};
  const fetchers::Sample key_sample =
      question.key != nullptr ? *question.key
                              : sample_of_key(facilities.graph->tables[tracked->id],
                                              scratch.copy(tracked->table->open(*tracked->entry, now).key()));
  std::string_view key;
  if (!make_table_key(spec, key_sample, scratch, key)) return {};
  StickTable& other = facilities.state->table(question.table);
  const bool makes = question.key != nullptr && makes_entries(question.wish);
  StickTable::Access entry = makes ? other.find_or_make(key, now) : other.find(key, now);
  return entry ? answer_of(entry, question) : TableAnswer{.subject = true};
}

bool SessionTables::key(std::uint32_t slot, fetchers::Sample& out, fetchers::Scratch& scratch) {
  const TableUse* const use = session_->table_use_.get();
  const TableUse::Tracked* const tracked = use != nullptr ? use->tracked(slot) : nullptr;
  if (tracked == nullptr) return false;
  const Facilities& facilities = *session_->facilities_;
  const auto entry = tracked->table->open(*tracked->entry, table_time(facilities.now));
  out = sample_of_key(facilities.graph->tables[tracked->id], scratch.copy(entry.key()));
  return true;
}

std::uint32_t SessionTables::entries(std::uint32_t id) {
  StickTable* const found = table(id);
  return found != nullptr ? found->used(table_time(session_->facilities_->now)) : 0;
}

std::uint32_t SessionTables::free_entries(std::uint32_t id) {
  StickTable* const found = table(id);
  if (found == nullptr) return 0;
  const std::uint32_t used = found->used(table_time(session_->facilities_->now));
  return found->size() > used ? found->size() - used : 0;
}

}  // namespace shunt::route
