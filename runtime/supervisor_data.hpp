// What the main thread holds while the workers serve; shared by the two halves of the supervisor only.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>
#include <thread>

#include "runtime/health_checks.hpp"
#include "runtime/names/name_service.hpp"
#include "runtime/ocsp_updates.hpp"
#include "runtime/peers/peers_service.hpp"
#include "runtime/proxy_reports.hpp"
#include "runtime/renewals.hpp"
#include "runtime/ring_forwarder.hpp"
#include "runtime/supervisor.hpp"
#include "runtime/table_sweeper.hpp"

namespace shunt::runtime {

struct Supervisor::Data final : SessionEnder {
  explicit Data(Parts given);

  // What watches the servers of one generation.
  struct Watch {
    Watch(Data& data, std::shared_ptr<const Generation> of);
    std::shared_ptr<const Generation> generation;
    ServerJournal journal;
    HealthChecks checks;
    NameService names;
    ProxyReports reports;
  };

  Parts parts;
  boost::asio::io_context io{1};
  boost::asio::signal_set signals{io};
  boost::asio::steady_timer hard_stop_timer{io}, grace_timer{io};
  std::unique_ptr<Watch> watch;
  std::vector<std::thread> threads;
  std::size_t running = 0;
  bool handing_over = false;  // tables, to the process that replaces this one
  bool stopping = false, paused = false, stop_scheduled = false;
  int ended_by = 0;
  bool reloading = false, reload_again = false, pause_after_reload = false;
  std::size_t switching = 0;  // workers that have not yet taken over what was read last
  std::shared_ptr<const Generation> switching_from;
  std::shared_ptr<const graph::TlsState> tls_state;  // of the certificates that new connections get
  boost::asio::steady_timer expiry_timer{io};
  std::unique_ptr<Renewals> renewals;
  std::uint64_t patterns_replaced = 0;  // so many times
  RingForwarders rings{io, parts.rings};
  OcspUpdates ocsp{io, ocsp_effects()};
  TableSweeper tables{io};
  PeersService peers{io};
  std::unique_ptr<Reloader> reloader;  // these end before the io_context that it posts to

  // supervisor.cpp
  void end_sessions(const route::ServerState* server, route::EndCause cause) override;
  void start_threads();
  void wait_for_signal();
  void on_signal(int number);
  void begin_grace();
  void soft_stop();
  void pause();
  void resume();
  void dump_pools();
  void hard_stop();
  void worker_ended();
  void end_if_idle();
  void log(graph::LogLevel level, const std::string& line);

  // supervisor_renewal.cpp
  void say(graph::LogLevel level, const std::string& line);
  [[nodiscard]] WatchedFiles watched_files() const;
  void watch_first_files();
  void begin_watching(UniqueFd watcher);
  void take_renewed(const Generation* of, const Renewed& renewed);
  void replace_patterns(const acl::FileSets& fresh);
  void warn_of_expiry();
  [[nodiscard]] OcspUpdates::Effects ocsp_effects();

  // supervisor_reload.cpp
  void reload();
  void reloaded(ReloadOutcome outcome);
  void refused();
  void install(ReloadOutcome outcome);
  void watch_next(const std::shared_ptr<const Generation>& next);
  void switch_workers(const std::shared_ptr<const Generation>& previous);
  void switched();
  void end_of_reload();
  void say_findings(const ReloadOutcome& outcome);
  void limit_generation(const std::shared_ptr<const Generation>& previous);
  [[nodiscard]] std::uint32_t next_maxconn() const;
};

}  // namespace shunt::runtime
