// Rounds of questions, as HAProxy asks them [seen]: the preferred type, the other one where all say no, again
// after `timeout retry`, until `resolve_retries` are used up.
#include "runtime/names/resolution.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "fetchers/xxhash.hpp"

namespace shunt::runtime {
namespace {

using fetchers::Family;

// HAProxy's servers take records in the order of this hash [seen].
std::uint32_t rank_of(const DnsRecord& record) {
  const auto seed = static_cast<std::uint32_t>(record.type);
  if (record.type != RecordType::srv) {
    const std::size_t size = record.type == RecordType::a ? 4 : 16;
    return fetchers::hash_xxh32({reinterpret_cast<const char*>(record.address.address.data()), size}, seed);
  }
  std::string labels;
  for (std::string_view rest = record.host; !rest.empty();) {
    const std::size_t end = std::min(rest.find('.'), rest.size());
    labels += static_cast<char>(end);
    labels += rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return fetchers::hash_xxh32(labels, seed);
}

bool same(const DnsRecord& a, const DnsRecord& b) {
  return a.type == b.type && a.address == b.address && a.host == b.host && a.port == b.port;
}

}  // namespace

RecordType Resolution::preferred() const {
  if (key_.service) return RecordType::srv;
  return key_.preferred == Family::ipv4 ? RecordType::a : RecordType::aaaa;
}

RecordType Resolution::other() const {
  return preferred() == RecordType::a ? RecordType::aaaa : RecordType::a;
}

Resolution::Turn Resolution::begin(NameTime now) {
  left_ = settings_.retries == 0 ? 0 : settings_.retries - 1;
  asking_ = true;
  return ask(now, preferred());
}

Resolution::Turn Resolution::ask(NameTime now, RecordType type) {
  type_ = type;
  answered_ = 0;
  said_ = AnswerStatus::timeout;
  due_ = now + settings_.retry;
  return {.ask = type};
}

Resolution::Turn Resolution::end(NameTime now, AnswerStatus status) {
  asking_ = false;
  status_ = status;
  due_ = now + settings_.resolve;
  return {.ended = true};
}

Resolution::Turn Resolution::heard(NameTime now, const DnsAnswer& answer) {
  if (!asking_) return {};
  if (answer.status == AnswerStatus::valid) {
    take_over(now, answer);
    last_valid_ = now;
    return end(now, AnswerStatus::valid);
  }
  said_ = answer.status;
  ++answered_;
  return answered_ < settings_.servers.size() ? Turn{} : failed_everywhere(now);
}

// The other type is tried at once, another round only after the pause.
Resolution::Turn Resolution::failed_everywhere(NameTime now) {
  if (!key_.service && type_ == preferred()) return ask(now, other());
  return left_ == 0 ? end(now, said_) : Turn{};
}

Resolution::Turn Resolution::waited(NameTime now) {
  if (!asking_) return begin(now);
  if (left_ == 0) return end(now, said_);
  if (!key_.service && answered_ != 0 && type_ == preferred()) return ask(now, other());
  --left_;
  return ask(now, preferred());
}

std::chrono::milliseconds Resolution::hold() const {
  switch (status_) {
    case AnswerStatus::nx: return settings_.hold.nx;
    case AnswerStatus::refused: return settings_.hold.refused;
    case AnswerStatus::timeout: return settings_.hold.timeout;
    default: return settings_.hold.other;
  }
}

bool Resolution::lost(NameTime now) const {
  if (status_ == AnswerStatus::valid) return false;
  return !last_valid_ || *last_valid_ + hold() <= now;
}

bool Resolution::fresh(NameTime now) const {
  return last_valid_ && status_ == AnswerStatus::valid && !records_.empty() &&
         *last_valid_ + settings_.hold.valid > now;
}

void Resolution::note(NameTime now, const DnsRecord& record) {
  auto known =
      std::ranges::find_if(records_, [&](const KnownRecord& each) { return same(each.record, record); });
  if (known == records_.end()) {
    const std::uint32_t rank = rank_of(record);
    known = std::ranges::upper_bound(records_, rank, {}, &KnownRecord::rank);
    known = records_.insert(known, {.record = record, .rank = rank});
  }
  known->seen = now;
  known->gone = false;
  known->record.weight = record.weight;
}

// The address of a host belongs to the first record that names it. One that has changed is taken over from
// the next answer on; until then the host is asked for [seen].
void Resolution::note_hosts(const DnsAnswer& answer) {
  std::set<std::string_view> named;
  for (KnownRecord& known : records_) {
    fetchers::Endpoint found;
    if (named.insert(known.record.host).second) found = host_in(answer, known.record.host);
    const bool changed = known.host_address.family != Family::none && known.host_address != found;
    known.host_address = changed ? fetchers::Endpoint{} : found;
  }
}

fetchers::Endpoint Resolution::host_in(const DnsAnswer& answer, std::string_view host) const {
  const RecordType wanted = key_.preferred == Family::ipv4 ? RecordType::a : RecordType::aaaa;
  fetchers::Endpoint found;
  for (const DnsRecord& each : answer.additional)
    if (each.host == host && (found.family == Family::none || each.type == wanted)) found = each.address;
  return found;
}

void Resolution::take_over(NameTime now, const DnsAnswer& answer) {
  for (const DnsRecord& record : answer.records) note(now, record);
  if (key_.service) note_hosts(answer);
  for (KnownRecord& known : records_)
    known.gone = known.seen != now && known.seen + settings_.hold.obsolete <= now;
}

void Resolution::sweep() {
  std::erase_if(records_, [](const KnownRecord& known) { return known.gone; });
}

}  // namespace shunt::runtime
