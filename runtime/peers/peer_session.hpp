// What two peers say to each other once they know each other: changes of shared tables, lessons about all of
// them, and what was understood. No sockets, no clocks.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/peers/peer_entry.hpp"
#include "runtime/peers/peer_messages.hpp"

namespace shunt::runtime {

// Of one table and one peer: what the peer has confirmed, by shard. It outlives connections.
using PeerProgress = std::array<std::uint64_t, route::StickTable::shard_count>;

// What a session has to say to its section.
class PeerSessionOwner {
 public:
  virtual void lesson_ended(bool complete) = 0;      // the one that we asked for
  virtual void lesson_confirmed() = 0;               // the one that we gave
  [[nodiscard]] virtual bool knows_all() const = 0;  // what a lesson ends with

 protected:
  ~PeerSessionOwner() = default;
};

// How far all entries of all tables have been told.
struct PeerLesson {
  std::size_t table = 0, shard = 0;
  route::ChangeCursor cursor = {};
};

class PeerSession {
 public:
  // `progress` has one for each table, and lives as long as the session. `timed`: the other end knows updates
  // that tell how long an entry has to live.
  PeerSession(std::span<const SharedTable> tables, std::vector<PeerProgress>& progress, bool timed,
              PeerSessionOwner& owner);

  // False: what was said can't be understood; the output ends with that.
  [[nodiscard]] bool receive(std::string_view bytes, route::TableTime now);
  // Puts more into the output, as long as it has less than about `limit` bytes. True: there may be more.
  bool fill(std::size_t limit, route::TableTime now);
  [[nodiscard]] std::string& output() { return output_; }

  void ask_for_lesson() {
    append_message(output_, PeerMessage::resync_request);
    awaits_lesson_ = true;
  }
  void beat() {
    append_message(output_, PeerMessage::heartbeat);
    ++beats_sent_;
  }
  // All entries of all tables, and then how complete that is.
  void teach();
  // Changes are not sent any more, but lessons.
  void only_teach() { sends_changes_ = false; }

  struct TableFacts {
    std::uint32_t remote_number = 0;  // 0: they have not spoken of it
    std::uint64_t remote_types = 0;   // of data, as bits
    std::uint32_t sent = 0, received = 0;
  };
  [[nodiscard]] TableFacts facts(std::size_t table) const;
  // What the last definitions were about.
  [[nodiscard]] std::optional<std::size_t> speaking_of() const { return speaking_of_; }
  [[nodiscard]] std::optional<std::size_t> hearing_of() const { return hearing_of_; }
  // The names of servers that numbers stand for in what we say and hear.
  [[nodiscard]] const PeerNames& sent_names() const { return sent_names_.all(); }
  [[nodiscard]] const PeerNames& heard_names() const { return heard_names_.all(); }
  [[nodiscard]] std::uint32_t beats_sent() const { return beats_sent_; }
  [[nodiscard]] std::uint32_t beats_heard() const { return beats_heard_; }

 private:
  // What was sent up to an update.
  struct Batch {
    std::uint32_t last = 0;
    PeerProgress known = {};
  };
  struct Table {
    std::array<route::ChangeCursor, route::StickTable::shard_count> cursors = {};
    std::uint32_t sent = 0;
    std::deque<Batch> batches = {};  // not confirmed yet
    std::optional<PeerDefinition> theirs = {};
    std::uint32_t received = 0;
    bool owes_acknowledgement = false;
  };

  [[nodiscard]] bool obey(PeerMessage kind, std::string_view data, route::TableTime now);
  [[nodiscard]] bool take_definition(std::string_view data);
  [[nodiscard]] bool take_switch(std::string_view data);
  [[nodiscard]] bool take_update(PeerMessage kind, std::string_view data, route::TableTime now);
  [[nodiscard]] bool take_acknowledgement(std::string_view data);
  void acknowledge();
  void begin_table(std::size_t table);
  void put(std::size_t table, const route::StickTable::Access& entry, bool timed, route::TableTime now);
  void go_on_with_lesson(route::TableTime now);
  void end_lesson();
  [[nodiscard]] bool send_changes(std::size_t table, std::size_t limit, route::TableTime now);

  std::span<const SharedTable> shared_;
  std::vector<PeerProgress>& progress_;
  bool timed_;
  bool sends_changes_ = true;
  bool awaits_lesson_ = false, awaits_confirmation_ = false;  // until then no changes are told
  PeerSessionOwner& owner_;
  PeerReader reader_;
  std::vector<Table> tables_;
  std::unordered_map<std::uint32_t, std::size_t> by_remote_number_;
  std::optional<std::size_t> speaking_of_;  // what the last definition that we sent was about
  bool numbered_ = false;                  // ... and an update followed, so that the next one needs no number
  std::optional<std::size_t> hearing_of_;  // what theirs was about; nothing: no table of ours
  std::optional<PeerLesson> lesson_;
  SentNames sent_names_;
  HeardNames heard_names_;
  std::string output_, body_;
  std::size_t turn_ = 0;
  std::uint32_t beats_sent_ = 0, beats_heard_ = 0;
};

}  // namespace shunt::runtime
