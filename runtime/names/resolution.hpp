// What is known of one name, and when name servers are asked about it: a machine without sockets and clock.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/resolvers.hpp"
#include "runtime/names/dns_message.hpp"

namespace shunt::runtime {

using NameClock = std::chrono::steady_clock;
using NameTime = NameClock::time_point;

// What is asked. Two that want the same of the same section share the answers.
struct NameKey {
  std::string name;  // lower case
  bool service = false;
  fetchers::Family preferred = fetchers::Family::ipv6;
  friend auto operator<=>(const NameKey&, const NameKey&) = default;
};

// A record that is known, in the order in which servers take them.
struct KnownRecord {
  DnsRecord record = {};
  NameTime seen = {};  // in an answer, for the last time
  std::uint32_t rank = 0;
  bool gone = false;                     // for longer than `hold obsolete`
  fetchers::Endpoint host_address = {};  // of a service, if the answer brought it along
};

class Resolution {
 public:
  Resolution(const graph::Resolvers& settings, NameKey key) : settings_(settings), key_(std::move(key)) {}

  // What follows from an event: a question to all name servers, the end of a round, or neither.
  struct Turn {
    std::optional<RecordType> ask = {};
    bool ended = false;
  };
  // The next round, at once.
  [[nodiscard]] Turn begin(NameTime now);
  // An answer to the last question.
  [[nodiscard]] Turn heard(NameTime now, const DnsAnswer& answer);
  // due() has passed.
  [[nodiscard]] Turn waited(NameTime now);
  [[nodiscard]] NameTime due() const { return due_; }
  [[nodiscard]] bool asking() const { return asking_; }

  [[nodiscard]] const NameKey& key() const { return key_; }
  [[nodiscard]] RecordType type() const { return type_; }
  // Of the last round that has ended.
  [[nodiscard]] AnswerStatus status() const { return status_; }
  // After a round that failed: what was known doesn't count any more.
  [[nodiscard]] bool lost(NameTime now) const;
  // What is known is no older than `hold valid`.
  [[nodiscard]] bool fresh(NameTime now) const;
  // Something was known before the first question: it counts like an answer of that time.
  void believe(NameTime now) { last_valid_ = now; }

  [[nodiscard]] const std::vector<KnownRecord>& records() const { return records_; }
  // Records that are gone are dropped when those who use them have been told.
  void sweep();
  void forget() { records_.clear(); }

 private:
  Turn ask(NameTime now, RecordType type);
  Turn end(NameTime now, AnswerStatus status);
  Turn failed_everywhere(NameTime now);
  [[nodiscard]] RecordType preferred() const;
  [[nodiscard]] RecordType other() const;
  void take_over(NameTime now, const DnsAnswer& answer);
  void note(NameTime now, const DnsRecord& record);
  void note_hosts(const DnsAnswer& answer);
  [[nodiscard]] fetchers::Endpoint host_in(const DnsAnswer& answer, std::string_view host) const;
  [[nodiscard]] std::chrono::milliseconds hold() const;

  const graph::Resolvers& settings_;
  NameKey key_;
  std::vector<KnownRecord> records_;
  NameTime due_ = {};
  std::optional<NameTime> last_valid_;
  RecordType type_ = RecordType::aaaa;
  AnswerStatus status_ = AnswerStatus::timeout;
  AnswerStatus said_ = AnswerStatus::timeout;  // the last error in answer to the last question
  std::uint32_t left_ = 0, answered_ = 0;
  bool asking_ = false;
};

}  // namespace shunt::runtime
