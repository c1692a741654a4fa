// The lines of a `ring` section, kept for the servers that get them.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "graph/log_target.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

// Wakes whoever forwards lines when there are new ones: its descriptor becomes readable once, however many
// came.
class RingBell {
 public:
  RingBell();
  void ring();
  void answer();  // before looking for lines
  [[nodiscard]] int descriptor() const { return event_.get(); }

 private:
  UniqueFd event_;
  std::atomic<bool> rung_{false};
};

// One of a batch of lines on their way to a server.
struct SentLine {
  std::uint64_t number = 0;
  std::size_t end = 0;  // in the batch, with its frame
};

// May be used by any thread. When it is full, the oldest line goes, unless a server that is connected has
// still to get it: then the new one is lost.
class LogRing {
 public:
  LogRing(const graph::Ring& ring, std::shared_ptr<RingBell> bell);
  // Of the next configuration; lines and places stay.
  void adopt(const graph::Ring& ring);
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t longest() const { return longest_.load(std::memory_order_relaxed); }

  // `line` without line end. False: there is no place.
  [[nodiscard]] bool add(std::string_view line);
  // How many were lost since this was last asked; `give_back` if that could not be told.
  [[nodiscard]] std::uint64_t take_lost() { return lost_.exchange(0, std::memory_order_relaxed); }
  void lose(std::uint64_t lines) { lost_.fetch_add(lines, std::memory_order_relaxed); }

  // Appends lines that `reader` hasn't had, framed, up to about `most` bytes. From then on it holds what
  // comes later until it detaches.
  void read(const std::string& reader, bool counts_octets, std::size_t most, std::string& bytes,
            std::vector<SentLine>& lines);
  // `next`: the first line that it may not have got.
  void detach(const std::string& reader, std::uint64_t next);
  void forget(const std::string& reader);
  [[nodiscard]] std::uint64_t place_of(const std::string& reader);

 private:
  struct Reader {
    std::uint64_t next = 0;
    bool attached = false;
  };
  [[nodiscard]] bool is_held(std::uint64_t number) const;
  [[nodiscard]] bool make_room(std::size_t cost);

  const std::string name_;
  const std::shared_ptr<RingBell> bell_;
  std::atomic<std::size_t> longest_;
  std::atomic<std::uint64_t> lost_{0};
  std::mutex mutex_;  // of what follows
  std::size_t size_, used_ = 0;
  std::uint64_t first_ = 0;  // number of the oldest line
  std::deque<std::string> lines_;
  std::map<std::string, Reader> readers_;
};

// What is told apart by readers of a ring.
[[nodiscard]] std::string reader_name(const graph::RingServer& server);

// All rings of the process, by name; they outlive configurations that have them.
class LogRings {
 public:
  LogRings() : bell_(std::make_shared<RingBell>()) {}
  void adopt(const std::vector<graph::Ring>& rings);
  [[nodiscard]] std::vector<std::shared_ptr<LogRing>> all() const;
  [[nodiscard]] std::shared_ptr<LogRing> find(std::string_view name) const;
  [[nodiscard]] RingBell& bell() const { return *bell_; }

 private:
  std::shared_ptr<RingBell> bell_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<LogRing>> rings_;
};

}  // namespace shunt::runtime
