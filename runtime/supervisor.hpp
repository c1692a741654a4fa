// The main thread while the workers serve: signals, health checks, reloads, the soft stop and its end.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "runtime/generation.hpp"
#include "runtime/listening_sockets.hpp"
#include "runtime/log_ring.hpp"
#include "runtime/log_sender.hpp"
#include "runtime/messages.hpp"
#include "runtime/name_desk.hpp"
#include "runtime/notify.hpp"
#include "runtime/reloader.hpp"
#include "runtime/server_errors.hpp"
#include "runtime/stats_socket.hpp"
#include "runtime/worker.hpp"

namespace shunt::runtime {

class Supervisor {
 public:
  struct Parts {
    std::shared_ptr<const Generation> generation;
    std::vector<std::unique_ptr<Worker>>& workers;
    StatsSockets& stats;
    LogSender& log;
    LogRings& rings;
    const Messages& messages;
    const Notifier& notifier;
    ServerErrors& errors;
    NameRequests& names;
    bool master_worker = false;
    bool replaces_others = false;  // -sf, -st: these may teach this process
    std::optional<Reloader::Parts> reload = {};  // none: SIGUSR2 is only answered
    struct Watching {
      Keeper& keeper;
      bool patterns = false;  // not only certificates
    };
    std::optional<Watching> watch = {};         // none: files are not watched
    std::optional<std::uint32_t> maxconn = {};  // of the command line, whatever the files say
  };

  explicit Supervisor(Parts parts);
  ~Supervisor();
  // Starts the threads, blocks until they ended. 0, or the number of the signal that ends the process at
  // once.
  [[nodiscard]] int run();

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

}  // namespace shunt::runtime
