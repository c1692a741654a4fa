// The conversation of two peers.
#include "runtime/peers/peer_session.hpp"

#include <algorithm>
#include <utility>

#include "runtime/peers/peer_bytes.hpp"

namespace shunt::runtime {
namespace {

using Access = route::StickTable::Access;

constexpr std::uint16_t reserved_class = 0xff00;
constexpr std::size_t most_batches = 64;  // more are confirmed with the next ones

bool is_timed(PeerMessage kind) {
  return kind == PeerMessage::timed_update || kind == PeerMessage::next_timed_update;
}
bool is_numbered(PeerMessage kind) {
  return kind == PeerMessage::update || kind == PeerMessage::timed_update;
}

}  // namespace

PeerSession::PeerSession(std::span<const SharedTable> tables, std::vector<PeerProgress>& progress, bool timed,
                         PeerSessionOwner& owner)
    : shared_(tables), progress_(progress), timed_(timed), owner_(owner), tables_(tables.size()) {
  for (std::size_t i = 0; i < tables_.size(); ++i)
    for (std::size_t shard = 0; shard < route::StickTable::shard_count; ++shard)
      tables_[i].cursors[shard].known = progress_[i][shard];
}

PeerSession::TableFacts PeerSession::facts(std::size_t number) const {
  const Table& table = tables_[number];
  std::uint64_t types = 0;
  if (table.theirs)
    for (const PeerColumn& column : table.theirs->columns)
      types |= std::uint64_t{1} << static_cast<unsigned>(column.data);
  return {.remote_number = table.theirs ? table.theirs->number : 0,
          .remote_types = types,
          .sent = table.sent,
          .received = table.received};
}

// ---- what they say

bool PeerSession::receive(std::string_view bytes, route::TableTime now) {
  reader_.append(bytes);
  PeerMessage kind = PeerMessage::heartbeat;
  std::string_view data;
  for (;;) {
    const PeerReader::Status status = reader_.next(kind, data);
    switch (status) {
      case PeerReader::Status::incomplete: acknowledge(); return true;
      case PeerReader::Status::too_large: append_message(output_, PeerMessage::too_large); return false;
      case PeerReader::Status::malformed:
      case PeerReader::Status::message: break;
    }
    if (status == PeerReader::Status::message && obey(kind, data, now)) continue;
    append_message(output_, PeerMessage::protocol_error);
    return false;
  }
}

bool PeerSession::obey(PeerMessage kind, std::string_view data, route::TableTime now) {
  switch (kind) {
    case PeerMessage::resync_request: teach(); return true;
    case PeerMessage::resync_finished:
    case PeerMessage::resync_partial:
      append_message(output_, PeerMessage::resync_confirm);
      awaits_lesson_ = false;
      owner_.lesson_ended(kind == PeerMessage::resync_finished);
      return true;
    case PeerMessage::resync_confirm:
      awaits_confirmation_ = false;
      owner_.lesson_confirmed();
      return true;
    case PeerMessage::heartbeat: ++beats_heard_; return true;
    case PeerMessage::update:
    case PeerMessage::next_update:
    case PeerMessage::timed_update:
    case PeerMessage::next_timed_update: return take_update(kind, data, now);
    case PeerMessage::definition: return take_definition(data);
    case PeerMessage::table_switch: return take_switch(data);
    case PeerMessage::acknowledgement: return take_acknowledgement(data);
    case PeerMessage::protocol_error:
    case PeerMessage::too_large: return true;  // the connection will be closed
  }
  return static_cast<std::uint16_t>(kind) < reserved_class;  // of a later version
}

// Tables that we don't have, or whose keys are others, are not listened to.
bool PeerSession::take_definition(std::string_view data) {
  auto theirs = parse_definition(data);
  hearing_of_.reset();
  if (!theirs) return false;
  const auto ours =
      std::ranges::find(shared_, theirs->name,
                        [](const SharedTable& table) -> const std::string& { return table.definition.name; });
  if (ours == shared_.end() || !theirs->understood || ours->definition.type != theirs->type ||
      ours->definition.key_size != theirs->key_size)
    return true;
  hearing_of_ = static_cast<std::size_t>(ours - shared_.begin());
  by_remote_number_[theirs->number] = *hearing_of_;
  tables_[*hearing_of_].theirs = std::move(theirs);
  return true;
}

bool PeerSession::take_switch(std::string_view data) {
  PeerBytes bytes(data);
  const auto known = by_remote_number_.find(static_cast<std::uint32_t>(bytes.integer()));
  hearing_of_ = known != by_remote_number_.end() ? std::optional(known->second) : std::nullopt;
  return !bytes.broken();
}

bool PeerSession::take_update(PeerMessage kind, std::string_view data, route::TableTime now) {
  if (!hearing_of_) return true;
  Table& table = tables_[*hearing_of_];
  const SharedTable& shared = shared_[*hearing_of_];
  PeerBytes bytes(data);
  const std::uint32_t number = is_numbered(kind) ? bytes.bits_32() : table.received + 1;
  const route::TableTime left = is_timed(kind) ? route::TableTime{bytes.bits_32()} : -1;
  const auto key = read_key(bytes, shared);
  if (!key) return false;
  table.received = number;
  table.owes_acknowledgement = true;
  return learn_entry(*key, bytes, shared, *table.theirs, heard_names_, left, now);
}

bool PeerSession::take_acknowledgement(std::string_view data) {
  PeerBytes bytes(data);
  const std::uint64_t number = bytes.integer();
  const std::uint32_t update = bytes.bits_32();
  if (bytes.broken()) return false;
  if (number == 0 || number > tables_.size()) return true;
  Table& table = tables_[number - 1];
  while (!table.batches.empty() && static_cast<std::int32_t>(update - table.batches.front().last) >= 0) {
    progress_[number - 1] = table.batches.front().known;
    table.batches.pop_front();
  }
  return true;
}

void PeerSession::acknowledge() {
  for (Table& table : tables_) {
    if (!std::exchange(table.owes_acknowledgement, false)) continue;
    body_.clear();
    append_integer(body_, table.theirs->number);
    append_32_bits(body_, table.received);
    append_message(output_, PeerMessage::acknowledgement, body_);
  }
}

// ---- what we say

void PeerSession::begin_table(std::size_t table) {
  if (speaking_of_ == table) return;
  append_message(output_, PeerMessage::definition, definition_bytes(shared_[table].definition));
  speaking_of_ = table;
  numbered_ = false;
}

void PeerSession::put(std::size_t number, const Access& entry, bool timed, route::TableTime now) {
  begin_table(number);
  Table& table = tables_[number];
  ++table.sent;
  body_.clear();
  if (!numbered_) append_32_bits(body_, table.sent);
  if (timed) append_32_bits(body_, static_cast<std::uint32_t>(entry.remaining()));
  append_entry(body_, shared_[number], entry, sent_names_, now);
  const PeerMessage first = timed ? PeerMessage::timed_update : PeerMessage::update;
  const PeerMessage next = timed ? PeerMessage::next_timed_update : PeerMessage::next_update;
  append_message(output_, numbered_ ? next : first, body_);
  numbered_ = true;
}

bool PeerSession::fill(std::size_t limit, route::TableTime now) {
  numbered_ = false;
  while (lesson_ && output_.size() < limit) go_on_with_lesson(now);
  if (lesson_) return true;
  if (awaits_lesson_ || awaits_confirmation_ || !sends_changes_) return false;
  bool more = false;
  ++turn_;  // so that a busy table doesn't keep the others from being told
  for (std::size_t i = 0; i < tables_.size(); ++i)
    more = send_changes((turn_ + i) % tables_.size(), limit, now) || more;
  return more;
}

// The others are told of every table, even if there is nothing in it.
void PeerSession::teach() {
  lesson_.emplace();
  speaking_of_.reset();
}

void PeerSession::go_on_with_lesson(route::TableTime now) {
  PeerLesson& lesson = *lesson_;
  while (lesson.table < shared_.size() && shared_[lesson.table].spec->recv_only) ++lesson.table;
  if (lesson.table == shared_.size()) return end_lesson();
  begin_table(lesson.table);
  const bool more = shared_[lesson.table].state->visit_all(
      lesson.shard, lesson.cursor, now, [&](Access& entry) { put(lesson.table, entry, timed_, now); });
  if (more) return;
  lesson.cursor = {};
  if (++lesson.shard < route::StickTable::shard_count) return;
  lesson.shard = 0;
  ++lesson.table;
}

void PeerSession::end_lesson() {
  lesson_.reset();
  awaits_confirmation_ = true;
  append_message(output_, owner_.knows_all() ? PeerMessage::resync_finished : PeerMessage::resync_partial);
}

bool PeerSession::send_changes(std::size_t number, std::size_t limit, route::TableTime now) {
  if (shared_[number].spec->recv_only) return false;
  Table& table = tables_[number];
  const std::uint32_t before = table.sent;
  bool more = false;
  for (std::size_t shard = 0; shard < route::StickTable::shard_count; ++shard) {
    bool again = true;
    while (again && output_.size() < limit)
      again = shared_[number].state->visit_changed(shard, table.cursors[shard], now,
                                                   [&](Access& entry) { put(number, entry, false, now); });
    more = more || again;
  }
  if (table.sent == before || table.batches.size() >= most_batches) return more;
  Batch& batch = table.batches.emplace_back(Batch{.last = table.sent});
  for (std::size_t shard = 0; shard < route::StickTable::shard_count; ++shard)
    batch.known[shard] = table.cursors[shard].known;
  return more;
}

}  // namespace shunt::runtime
