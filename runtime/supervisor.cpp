// The main thread while the workers serve: signals, health checks, the soft stop and its end.
#include "runtime/supervisor.hpp"

#include <pthread.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <memory>
#include <thread>
#include <utility>

#include "runtime/health_checks.hpp"
#include "runtime/pool_report.hpp"
#include "runtime/proxy_reports.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;

// Signals are the main thread's: a worker must not be interrupted in its system calls.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_ = {};
};

}  // namespace

struct Supervisor::Data final : SessionEnder {
  explicit Data(const Parts& given);

  Parts parts;
  asio::io_context io{1};
  asio::signal_set signals{io};
  asio::steady_timer hard_stop_timer{io};
  ServerJournal journal;
  HealthChecks checks;
  ProxyReports reports;
  std::vector<std::thread> threads;
  std::size_t running = 0;
  bool stopping = false, paused = false;
  int ended_by = 0;

  void end_sessions(graph::ServerId server, route::EndCause cause) override;
  void start_threads();
  void wait_for_signal();
  void on_signal(int number);
  void soft_stop();
  void pause();
  void resume();
  void dump_pools();
  void hard_stop();
  void worker_ended();
  void not_yet(const char* what);
};

Supervisor::Data::Data(const Parts& given)
    : parts(given),
      journal(io, given.generation, given.log, given.messages, *this),
      checks(io, journal),
      reports(*given.generation, given.log, given.messages) {
  parts.errors.listen([this](graph::ServerId server) {
    asio::post(io, [this, server] { checks.failed_too_often(server); });
  });
  for (const int number : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTTOU, SIGTTIN})
    signals.add(number);
}

void Supervisor::Data::start_threads() {
  const SignalsBlocked blocked;
  running = parts.workers.size();
  for (const auto& worker : parts.workers) {
    threads.emplace_back([this, &worker] {
      worker->run();
      asio::post(io, [this] { worker_ended(); });
    });
  }
}

void Supervisor::Data::end_sessions(graph::ServerId server, route::EndCause cause) {
  for (const auto& worker : parts.workers) worker->end_sessions(server, cause);
}

void Supervisor::Data::worker_ended() {
  if (--running == 0) io.stop();
}

void Supervisor::Data::wait_for_signal() {
  signals.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    on_signal(number);
    wait_for_signal();
  });
}

void Supervisor::Data::on_signal(int number) {
  switch (number) {
    case SIGUSR1: soft_stop(); break;
    case SIGHUP:
      if (parts.master_worker)
        not_yet("SIGHUP");
      else
        reports.dump_server_states();
      break;
    case SIGUSR2: not_yet("SIGUSR2"); break;
    case SIGTTOU: pause(); break;
    case SIGTTIN: resume(); break;
    case SIGQUIT: dump_pools(); break;
    default: ended_by = number; io.stop();
  }
}

void Supervisor::Data::not_yet(const char* what) {
  const std::string line =
      std::string(what) + " received: reloading is not available yet, going on as before.";
  const graph::Global& global = parts.generation->graph->global;
  parts.log.send(global.logs, graph::LogLevel::warning, global.log_tag, line);
  parts.log.flush();
  parts.messages.warning(line);
}

void Supervisor::Data::soft_stop() {
  if (stopping) return;
  stopping = true;
  parts.notifier.stopping();
  for (const auto& worker : parts.workers) worker->finish_and_stop();
  reports.proxies_stopped();
  checks.stop();
  journal.stop();
  parts.stats.stop();
  const auto limit = parts.generation->graph->global.hard_stop_after;
  if (!limit) return;
  hard_stop_timer.expires_after(*limit);
  hard_stop_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) hard_stop();
  });
}

void Supervisor::Data::pause() {
  if (stopping || std::exchange(paused, true)) return;
  parts.sockets.pause_all();
  for (const auto& worker : parts.workers) worker->suspend();
  reports.proxies_paused();
}

void Supervisor::Data::resume() {
  if (stopping || !std::exchange(paused, false)) return;
  for (const graph::ListenerId failed : parts.sockets.resume_all()) reports.not_resumed(failed);
  for (const auto& worker : parts.workers) worker->resume();
  reports.proxies_resumed();
}

// The workers answer one by one; the last answer makes the report.
void Supervisor::Data::dump_pools() {
  struct Collected {
    PoolUses uses = {};
    std::size_t missing = 0;
  };
  const auto collected = std::make_shared<Collected>(Collected{.missing = parts.workers.size()});
  for (const auto& worker : parts.workers) {
    worker->ask_for_pools([this, collected](const PoolUses& uses) {
      asio::post(io, [this, collected, uses] {
        collected->uses += uses;
        if (--collected->missing == 0) parts.messages.plain(describe_pools(collected->uses));
      });
    });
  }
}

void Supervisor::Data::hard_stop() {
  reports.hard_stop();
  for (const auto& worker : parts.workers) worker->stop();
}

Supervisor::Supervisor(const Parts& parts) : data_(std::make_unique<Data>(parts)) {}

Supervisor::~Supervisor() = default;

int Supervisor::run() {
  data_->wait_for_signal();
  data_->start_threads();
  data_->checks.start();
  data_->parts.stats.serve(data_->io);
  data_->io.run();
  data_->parts.log.flush();
  if (data_->ended_by != 0) return data_->ended_by;  // the threads end with the process
  for (std::thread& thread : data_->threads) thread.join();
  return 0;
}

}  // namespace shunt::runtime
