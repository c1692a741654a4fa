// Making the next generation while the running one serves: reading through the keeper, on a thread of its
// own.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/generation.hpp"
#include "runtime/keeper.hpp"
#include "runtime/reader.hpp"
#include "runtime/stats_socket.hpp"
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

class Reloader {
 public:
  struct Parts {
    Keeper& keeper;
    const ReadConfiguration& read;
    const ProcessCounters& counters;
    std::uint32_t threads = 1;
  };
  explicit Reloader(const Parts& parts) : parts_(parts) {}
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  // `then` is called on the reading thread. One at a time: the thread of the last one must have called it.
  using Then = std::function<void(ReloadOutcome)>;
  void begin(std::shared_ptr<const Generation> current, const StatsSockets& stats, Then then);

 private:
  [[nodiscard]] ReloadOutcome reload(const Generation& current, const StatsSockets& stats);

  Parts parts_;
  std::thread thread_;
};

// The settings of `global` that a running process can't change, as far as the two differ.
[[nodiscard]] std::vector<std::string_view> settings_that_stay(const graph::Global& running,
                                                               const graph::Global& read);

}  // namespace shunt::runtime
