// One thread of the data path: its io_context, its engine, its connections. Made on the main thread, run on
// its own.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "route/session.hpp"
#include "runtime/admission.hpp"
#include "runtime/generation.hpp"
#include "runtime/listening_sockets.hpp"
#include "runtime/pool_report.hpp"
#include "runtime/slot_waiters.hpp"
#include "runtime/tls/stapled_answers.hpp"

namespace shunt::runtime {

class LogFaults;
class NameRequests;
class ServerErrors;
class LogRings;

// Counters that all workers share.
struct ProcessCounters {
  std::atomic<std::uint32_t> connections{0};  // client connections now open
  std::atomic<std::uint64_t> accepted{0};
  std::uint64_t most_sockets = 0;  // that the process may have open; set before threads run
  std::atomic<bool> stopping{false};
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  AdmissionCounters admission;
  SlotWaiters waiters;  // threads that have to leave clients in the backlog
};

struct WorkerOptions {
  std::uint32_t number = 0;  // 0 ... nbthread-1
  std::shared_ptr<const Generation> generation;
  ProcessCounters* counters = nullptr;
  const ServerErrors* errors = nullptr;
  const NameRequests* names = nullptr;
  LogFaults* log_faults = nullptr;  // null: lost lines are only counted
  const LogRings* log_rings = nullptr;
  std::uint32_t maxconn = 0;    // of the process
  bool connects_inside = true;  // to binds of its own without a socket
};

class Worker {
 public:
  explicit Worker(const WorkerOptions& options);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Serves until stop() was called, or finish_and_stop() was and the last connection ended. Blocks.
  void run();

  // Before run(): who gets the generations that this thread no longer needs, on that thread.
  using Release = std::function<void(std::shared_ptr<const Generation>)>;
  void on_release(Release release);

  // From the main thread: new connections belong to this generation from now on. `done` is called on the
  // worker's thread when it accepts from no socket any more that the generation doesn't have.
  void adopt(std::shared_ptr<const Generation> generation, std::uint32_t maxconn, std::function<void()> done);

  // New connections of this generation use this from now on. `done` gets what they used before, on the
  // worker's thread.
  using Replaced = std::function<void(std::shared_ptr<const TlsSet>)>;
  void renew(const Generation* generation, std::shared_ptr<const TlsSet> set, Replaced done);

  // OCSP responses for the handshakes of these certificates from now on; null: what stands beside them.
  void staple(std::vector<CertificatePtr> certificates, std::shared_ptr<const StapledAnswer> answer);

  // The following may be called from any thread.
  void finish_and_stop();  // soft stop: no new connections
  void suspend();          // no new connections for now, but on unix sockets
  void resume();
  // Those of one server, of all generations.
  void end_sessions(const route::ServerState* server, route::EndCause cause);
  void end_generation(const Generation* generation);  // logs its sessions as killed and closes them
  void stop();                                        // now: open sessions are logged as killed and closed
  // Runs `task` on the worker's thread (administration, slots that were freed, server state changes).
  void post(std::function<void()> task);
  // What its pools hold; `then` runs on the worker's thread.
  void ask_for_pools(std::function<void(const PoolUses&)> then);
  [[nodiscard]] std::uint32_t connections() const;

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

}  // namespace shunt::runtime
