// Both ends of the conversation with the watcher.
#include "runtime/file_watcher.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "parser/outside_record.hpp"
#include "runtime/descriptor_message.hpp"
#include "runtime/memory_file.hpp"
#include "runtime/path_watch.hpp"

namespace shunt::runtime {
namespace {

// ---- the watcher

std::int64_t milliseconds() {
  using std::chrono::steady_clock;
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now().time_since_epoch())
      .count();
}

// What changed while the files were read and nobody watched.
std::set<std::string> newer_than(const std::set<std::string>& places, std::time_t when) {
  std::set<std::string> newer;
  for (const std::string& place : places) {
    struct stat status{};
    const bool there = ::lstat(place.c_str(), &status) == 0;
    bool recent = there && status.st_ctime + 1 >= when;
    if (there && S_ISLNK(status.st_mode))
      recent = recent || ::stat(place.c_str(), &status) != 0 || status.st_ctime + 1 >= when;
    if (recent) newer.insert(place);
  }
  return newer;
}

class Watcher {
 public:
  Watcher(int socket, WatchedFiles files, PathWatch watch)
      : socket_(socket), files_(std::move(files)), watch_(std::move(watch)) {}

  void run() {
    add_places();
    tell("on");
    changed_ = newer_than(files_.places(), files_.tls->read_at);
    if (!changed_.empty()) debounce_.note(milliseconds());
    while (wait())
      if (debounce_.due() && *debounce_.due() <= milliseconds()) renew();
  }

 private:
  void tell(const std::string& text, int descriptor = -1) {
    static_cast<void>(send_message(socket_, text.substr(0, largest_message), descriptor));
  }

  void add_places() {
    watch_.add(files_.places());
    if (watch_.failure() && !told_) tell("partly " + watch_.failure().message());
    told_ = told_ || watch_.failure();
  }

  // False: the other end is gone.
  bool wait() {
    pollfd ends[] = {{.fd = socket_, .events = POLLIN, .revents = 0},
                     {.fd = watch_.descriptor(), .events = POLLIN, .revents = 0}};
    const auto due = debounce_.due();
    const int timeout = due ? static_cast<int>(std::max<std::int64_t>(*due - milliseconds(), 0)) : -1;
    if (::poll(ends, 2, timeout) < 0) return errno == EINTR;
    if (ends[0].revents != 0) return false;
    if (ends[1].revents == 0) return true;
    std::set<std::string> more = watch_.take();
    if (!more.empty()) debounce_.note(milliseconds());
    changed_.merge(more);
    return true;
  }

  void renew() {
    debounce_.done();
    const std::set<std::string> changed = std::exchange(changed_, {});
    const std::time_t now = std::time(nullptr);
    parser::OutsideRecorder recorder(parser::machine());
    WatchedOutcome outcome;
    {
      const parser::OutsideScope scope(recorder);
      outcome = runtime::renew(files_, changed, now);
    }
    if (!outcome.any()) return;
    std::string text = fmt::format("{} {} ", now, changed.size());
    for (const std::string& path : changed) text += fmt::format("{} {}", path.size(), path);
    const UniqueFd file = in_memory(text + recorder.record());
    tell("changed", file.get());
    files_ = outcome.after(std::move(files_));
    if (outcome.tls.state) add_places();
  }

  int socket_;
  WatchedFiles files_;
  PathWatch watch_;
  Debounce debounce_;
  std::set<std::string> changed_;
  bool told_ = false;
};

// ---- the process

std::size_t number(std::string_view& text) {
  std::size_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(std::min(static_cast<std::size_t>(read.ptr - text.data()) + 1, text.size()));
  return value;
}

WatchedChange repeat(const std::string& bytes, const WatchedFiles& before) {
  std::string_view rest = bytes;
  const auto now = static_cast<std::time_t>(number(rest));
  const std::size_t count = number(rest);
  std::set<std::string> changed;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = std::min(number(rest), rest.size());
    changed.emplace(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  parser::OutsideReplay replay{std::string(rest)};
  WatchedChange change{.kind = WatchedChange::Kind::renewed};
  {
    const parser::OutsideScope scope(replay);
    change.outcome = runtime::renew(before, changed, now);
  }
  if (replay.complete()) return change;
  return {.kind = WatchedChange::Kind::failed, .text = "two readings of the same files differ"};
}

}  // namespace

void serve_watcher(int socket, WatchedFiles files) {
  ::prctl(PR_SET_NAME, "shunt-watcher");
  auto watch = PathWatch::make();
  if (watch) return Watcher(socket, std::move(files), std::move(watch).value()).run();
  static_cast<void>(send_message(socket, "off " + watch.error().message()));
}

WatchedChange receive_change(int socket, const WatchedFiles& before) {
  auto message = receive_message(socket);
  if (!message) return {};
  const std::string& text = message.assume_value().bytes;
  if (text == "on") return {.kind = WatchedChange::Kind::begun};
  if (text.starts_with("off ")) return {.kind = WatchedChange::Kind::failed, .text = text.substr(4)};
  if (text.starts_with("partly ")) return {.kind = WatchedChange::Kind::partly, .text = text.substr(7)};
  if (text != "changed") return {};
  return repeat(contents_of(message.assume_value().descriptor.get()), before);
}

}  // namespace shunt::runtime
