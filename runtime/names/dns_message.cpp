// Name server messages: c-ares makes questions and expands compressed names; the walk over the records is
// ours, because c-ares 1.18 has no reader that keeps additional records.
#include "runtime/names/dns_message.hpp"

#include <ares.h>

#include <algorithm>
#include <cstring>

#include "graph/dns_name.hpp"

namespace shunt::runtime {
namespace {

using fetchers::Family;

constexpr std::uint16_t internet = 1;
constexpr std::uint16_t is_cut = 0x0200, code_bits = 0x000f;
constexpr std::uint16_t no_such_name = 3, refused = 5;
constexpr std::size_t longest_name = 253;

// Reads on until something isn't there; then everything after it fails, too.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::size_t at() const { return at_; }

  std::uint16_t number16() {
    const std::string_view two = take(2);
    if (!good_) return 0;
    return static_cast<std::uint16_t>(static_cast<unsigned char>(two[0]) << 8 |
                                      static_cast<unsigned char>(two[1]));
  }

  std::string_view take(std::size_t size) {
    if (!good_ || bytes_.size() - at_ < size) return fail();
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }

  // Pointers may lead anywhere before; c-ares sees to it that they come to an end.
  std::string name() {
    char* text = nullptr;
    long size = 0;
    const auto* const begin = reinterpret_cast<const unsigned char*>(bytes_.data());
    if (!good_ || at_ >= bytes_.size() ||
        ares_expand_name(begin + at_, begin, static_cast<int>(bytes_.size()), &text, &size) != ARES_SUCCESS) {
      fail();
      return {};
    }
    std::string found = graph::canonical_name(text);
    ares_free_string(text);
    take(static_cast<std::size_t>(size));
    return found;
  }

 private:
  std::string_view fail() {
    good_ = false;
    return {};
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

fetchers::Endpoint address_of(RecordType type, std::string_view data) {
  fetchers::Endpoint found{.family = type == RecordType::a ? Family::ipv4 : Family::ipv6};
  std::memcpy(found.address.data(), data.data(), data.size());
  return found;
}

// One record with its owner; `known` is false for types that nobody asks for.
struct Entry {
  std::string owner;
  std::uint16_t type = 0;
  bool known = false;
  DnsRecord record = {};
};

bool read_address(Reader& reader, std::uint16_t size, Entry& entry) {
  const std::size_t wanted = entry.record.type == RecordType::a ? 4 : 16;
  const std::string_view data = reader.take(size);
  if (!reader.good() || size != wanted) return false;
  entry.record.address = address_of(entry.record.type, data);
  return true;
}

bool read_service(Reader& reader, Entry& entry) {
  reader.number16();  // the priority: all hosts are taken, whatever theirs is [seen]
  entry.record.weight = reader.number16();
  entry.record.port = reader.number16();
  entry.record.host = reader.name();
  return reader.good();
}

bool read_data(Reader& reader, std::uint16_t size, Entry& entry) {
  entry.known = true;
  entry.record.type = static_cast<RecordType>(entry.type);
  const std::size_t end = reader.at() + size;
  switch (entry.record.type) {
    case RecordType::a:
    case RecordType::aaaa: return read_address(reader, size, entry);
    case RecordType::srv: return read_service(reader, entry) && reader.at() == end;
    case RecordType::cname: entry.record.host = reader.name(); return reader.good() && reader.at() == end;
  }
  entry.known = false;
  reader.take(size);
  return reader.good();
}

// False: the message is damaged.
bool read_entry(Reader& reader, Entry& entry) {
  entry.owner = reader.name();
  entry.type = reader.number16();
  reader.take(6);  // the class, and how long it may be kept: `hold` says that here
  const std::uint16_t size = reader.number16();
  return reader.good() && read_data(reader, size, entry);
}

// Codes come before everything else, even in half a header [seen].
std::optional<AnswerFinding> error_in(std::uint16_t flags) {
  switch (flags & code_bits) {
    case 0: return std::nullopt;
    case no_such_name: return AnswerFinding::nx;
    case refused: return AnswerFinding::refused;
    default: return AnswerFinding::error;
  }
}

AnswerStatus status_of(AnswerFinding finding) {
  switch (finding) {
    case AnswerFinding::valid: return AnswerStatus::valid;
    case AnswerFinding::nx: return AnswerStatus::nx;
    case AnswerFinding::refused: return AnswerStatus::refused;
    default: return AnswerStatus::other;
  }
}

// Owners must be the name that was asked for, or what the aliases so far have led to [seen].
AnswerFinding read_answers(Reader& reader, std::uint16_t count, std::string name, RecordType type,
                           DnsAnswer& answer) {
  bool only_aliases = true;
  for (; count > 0; --count) {
    Entry entry;
    if (!read_entry(reader, entry)) return AnswerFinding::invalid;
    if (!entry.known) {
      only_aliases = false;
      continue;
    }
    if (entry.owner != name) return AnswerFinding::invalid;
    if (entry.record.type == RecordType::cname) {
      name = entry.record.host;
      continue;
    }
    only_aliases = false;
    if (entry.record.type == type) answer.records.push_back(std::move(entry.record));
  }
  return only_aliases ? AnswerFinding::alias_alone : AnswerFinding::valid;
}

// What is cut or damaged here is only missing.
void read_additional(Reader& reader, std::uint16_t count, DnsAnswer& answer) {
  for (; count > 0; --count) {
    Entry entry;
    if (!read_entry(reader, entry)) return;
    const bool address = entry.record.type == RecordType::a || entry.record.type == RecordType::aaaa;
    if (!entry.known || !address) continue;
    entry.record.host = std::move(entry.owner);
    answer.additional.push_back(std::move(entry.record));
  }
}

bool skip_entries(Reader& reader, std::uint16_t count) {
  for (; count > 0; --count) {
    Entry entry;
    if (!read_entry(reader, entry)) return false;
  }
  return true;
}

DnsAnswer fault(AnswerFinding finding = AnswerFinding::invalid) {
  return {.status = status_of(finding), .finding = finding};
}

}  // namespace

std::optional<std::string> make_query(const std::string& name, RecordType type, std::uint16_t id,
                                      std::uint16_t payload) {
  if (name.empty() || name.size() > longest_name || name.find('\0') != std::string::npos) return std::nullopt;
  unsigned char* made = nullptr;
  int size = 0;
  constexpr int recursion_desired = 1;
  if (ares_create_query(name.c_str(), internet, static_cast<int>(type), id, recursion_desired, &made, &size,
                        payload) != ARES_SUCCESS)
    return std::nullopt;
  std::string query(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
  ares_free_string(made);
  return query;
}

std::optional<std::uint16_t> message_id(std::string_view bytes) {
  if (bytes.size() < sizeof(std::uint16_t)) return std::nullopt;
  return Reader(bytes).number16();
}

// In the order in which HAProxy looks at it [seen].
DnsAnswer read_answer(std::string_view bytes, const std::string& name, RecordType type) {
  constexpr std::size_t most = 65535;
  if (bytes.size() > most) return fault();
  Reader reader(bytes);
  reader.number16();
  const std::uint16_t flags = reader.number16();
  if (!reader.good()) return fault();
  if (const auto error = error_in(flags)) return fault(*error);
  const std::uint16_t questions = reader.number16(), answers = reader.number16(),
                      authorities = reader.number16(), additional = reader.number16();
  if (!reader.good() || questions != 1) return fault();
  if (answers == 0) return fault(AnswerFinding::empty);
  if ((flags & is_cut) != 0) return fault(AnswerFinding::cut);
  if (reader.name() != name || reader.number16() != static_cast<std::uint16_t>(type) ||
      reader.number16() != internet)
    return fault();
  DnsAnswer answer{.status = AnswerStatus::valid, .finding = AnswerFinding::valid};
  const AnswerFinding found = read_answers(reader, answers, name, type, answer);
  if (found != AnswerFinding::valid) return fault(found);
  if (skip_entries(reader, authorities)) read_additional(reader, additional, answer);
  return answer;
}

}  // namespace shunt::runtime
