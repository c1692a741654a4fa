// Making the next generation while the running one serves: reading through the keeper, on a thread of its
// own.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/generation.hpp"
#include "runtime/keeper.hpp"
#include "runtime/reader.hpp"
#include "runtime/stats_socket.hpp"
#include "runtime/watched_files.hpp"
#include "runtime/worker.hpp"

namespace shunt::runtime {

// What came of it. Without `generation` nothing has changed; the text and the alerts say why.
struct ReloadOutcome {
  std::shared_ptr<Generation> generation = {};  // State::install() is to follow
  std::map<std::size_t, UniqueFd> stats = {};   // by place in the file
  UniqueFd watcher = {};                        // of the files that it names; none: there are none
  std::string text = {};                        // findings in line form
  std::vector<std::string> alerts = {}, warnings = {};
};

// Lets the main thread end what the reading thread waits for.
class Conversation {
 public:
  // False: it is over before it begins.
  [[nodiscard]] bool begin(ReaderClient& reader);
  void end();
  void cancel();

 private:
  std::mutex guard_;
  ReaderClient* reader_ = nullptr;
  bool cancelled_ = false;
};

class Reloader {
 public:
  struct Parts {
    Keeper& keeper;
    const ReadConfiguration& read;
    const ProcessCounters& counters;
    std::uint32_t threads = 1;
    Watching watching = Watching::certificates;
  };
  explicit Reloader(const Parts& parts) : parts_(parts) {}
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  // `then` is called on the reading thread. One at a time: the thread of the last one must have called it.
  using Then = std::function<void(ReloadOutcome)>;
  void begin(std::shared_ptr<const Generation> current, const StatsSockets& stats, Then then);
  // The reload that is under way fails soon, whatever it waits for; no other can begin.
  void cancel();

 private:
  Parts parts_;
  Conversation conversation_;
  std::thread thread_;
};

// The settings of `global` that a running process can't change, as far as the two differ: they stay as they
// are.
[[nodiscard]] std::vector<std::string_view> keep_settings(const graph::Global& running, graph::Global& read);

}  // namespace shunt::runtime
