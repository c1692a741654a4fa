// Watching files with the rights of the start: the watcher's side, in a child of the
// keeper or in the reader of a reload, and what the process does with its messages
// (docs/decisions/0010-renewal.md).
//
// Protocol over a SOCK_SEQPACKET pair, from the watcher only. "on" or "off REASON" when it has begun; "partly
// REASON" if some directories can't be watched; then "changed" with a descriptor of "TIME COUNT (SIZE
// PATH)... RECORD": what it made of the changed paths at that time can be repeated from the record.
#pragma once
#include <ctime>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "runtime/unique_fd.hpp"
#include "runtime/watched_files.hpp"

namespace shunt::runtime {

// Changes come in bursts: when they are looked at. Times in milliseconds of any clock.
class Debounce {
 public:
  static constexpr std::int64_t quiet = 200, longest = 2000;
  void note(std::int64_t now) {
    if (!first_) first_ = now;
    last_ = now;
  }
  // Nothing: nothing happened.
  [[nodiscard]] std::optional<std::int64_t> due() const {
    return first_ ? std::optional(std::min(last_ + quiet, *first_ + longest)) : std::nullopt;
  }
  void done() { first_.reset(); }

 private:
  std::optional<std::int64_t> first_;
  std::int64_t last_ = 0;
};

// The watcher's part: returns when the other end is closed.
void serve_watcher(int socket, WatchedFiles files);

// What came of one message.
struct WatchedChange {
  enum class Kind : std::uint8_t { begun, failed, partly, renewed, ended };
  Kind kind = Kind::ended;
  std::string text = {};  // the reason of `failed` and `partly`
  WatchedOutcome outcome = {};
};

// The process's part; blocks until there is one. `before`: what the last one led to.
[[nodiscard]] WatchedChange receive_change(int socket, const WatchedFiles& before);

}  // namespace shunt::runtime
