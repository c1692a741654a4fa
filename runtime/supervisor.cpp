// The main thread while the workers serve: signals, health checks, the soft stop and its end.
#include "runtime/supervisor.hpp"

#include <malloc.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <memory>
#include <thread>
#include <utility>

#include "runtime/names/name_commands.hpp"
#include "runtime/peers/show_peers.hpp"
#include "runtime/pool_report.hpp"
#include "runtime/signals_blocked.hpp"
#include "runtime/supervisor_data.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;

}  // namespace

Supervisor::Data::Watch::Watch(Data& data, std::shared_ptr<const Generation> of)
    : generation(std::move(of)),
      journal(data.io, generation, data.parts.log, data.parts.messages, data),
      checks(data.io, journal),
      names(data.io, journal, [this](graph::ServerId server) { checks.came_back(server); }),
      reports(*generation, data.parts.log, data.parts.messages) {}

Supervisor::Data::Data(Parts given)
    : parts(std::move(given)), watch(std::make_unique<Watch>(*this, parts.generation)) {
  parts.errors.listen([this](const route::ServerState* server) {
    asio::post(io, [this, server] { watch->checks.failed_too_often(server); });
  });
  parts.names.listen(
      [this](NameRequest request) {
        asio::post(io, [this, request = std::move(request)] { watch->names.ask(request); });
      },
      [this](std::uint64_t number) { asio::post(io, [this, number] { watch->names.forget(number); }); });
  if (parts.reload) reloader = std::make_unique<Reloader>(*parts.reload);
  for (const int number : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTTOU, SIGTTIN})
    signals.add(number);
  for (const auto& worker : parts.workers) {
    // A whole configuration may go with it, so that is not done by a thread that serves.
    worker->on_release([this](std::shared_ptr<const Generation> unused) {
      asio::post(io, [unused = std::move(unused)]() mutable {
        const bool last = unused.use_count() == 1;
        unused.reset();
        if (last) ::malloc_trim(0);
      });
    });
  }
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

void Supervisor::Data::end_sessions(const route::ServerState* server, route::EndCause cause) {
  for (const auto& worker : parts.workers) worker->end_sessions(server, cause);
}

void Supervisor::Data::worker_ended() {
  --running;
  end_if_idle();
}

void Supervisor::Data::end_if_idle() {
  if (running == 0 && !handing_over) io.stop();
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
    case SIGUSR1: begin_grace(); break;
    case SIGHUP:
      if (parts.master_worker)
        reload();
      else
        watch->reports.dump_server_states();
      break;
    case SIGUSR2: reload(); break;
    case SIGTTOU: pause(); break;
    case SIGTTIN: resume(); break;
    case SIGQUIT: dump_pools(); break;
    default: ended_by = number; io.stop();
  }
}

void Supervisor::Data::log(graph::LogLevel level, const std::string& line) {
  const graph::Global& global = parts.generation->graph->global;
  parts.log.send(global.logs, level, global.log_tag, line);
}

// Who distributes connections gets a moment to notice that this process is about to leave.
void Supervisor::Data::begin_grace() {
  const graph::Milliseconds grace = parts.generation->graph->global.grace;
  if (grace.count() == 0) return soft_stop();
  if (stopping || std::exchange(stop_scheduled, true)) return;
  const auto say = [this](graph::LogLevel level, const std::string& line) {
    parts.messages.notice(line);
    log(level, line);
    parts.log.flush();
  };
  say(graph::LogLevel::warning, "Scheduling a soft-stop in " + std::to_string(grace.count()) + " ms.");
  grace_timer.expires_after(grace);
  grace_timer.async_wait([this, say](const boost::system::error_code& error) {
    if (error) return;
    say(graph::LogLevel::notice, "Grace period expired, proceeding with soft-stop now.");
    soft_stop();
  });
}

void Supervisor::Data::soft_stop() {
  if (stopping) return;
  stopping = true;
  if (reloader) reloader->cancel();
  parts.notifier.stopping();
  for (const auto& worker : parts.workers) worker->finish_and_stop();
  watch->reports.proxies_stopped();
  watch->checks.stop();
  watch->names.stop();
  watch->journal.stop();
  parts.stats.stop();
  tables.stop();
  handing_over = true;
  peers.hand_over([this] {
    handing_over = false;
    end_if_idle();
  });
  renewals.reset();
  ocsp.stop();
  expiry_timer.cancel();
  const auto limit = parts.generation->graph->global.hard_stop_after;
  if (!limit) return;
  hard_stop_timer.expires_after(*limit);
  hard_stop_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) hard_stop();
  });
}

// The sockets of a reload that is under way are not known yet.
void Supervisor::Data::pause() {
  if (reloading) {
    pause_after_reload = true;
    return;
  }
  if (stopping || std::exchange(paused, true)) return;
  parts.generation->sockets->pause_all();
  for (const auto& worker : parts.workers) worker->suspend();
  watch->reports.proxies_paused();
}

void Supervisor::Data::resume() {
  pause_after_reload = false;
  if (stopping || !std::exchange(paused, false)) return;
  for (const graph::ListenerId failed : parts.generation->sockets->resume_all())
    watch->reports.not_resumed(failed);
  for (const auto& worker : parts.workers) worker->resume();
  watch->reports.proxies_resumed();
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
  watch->reports.hard_stop();
  for (const auto& worker : parts.workers) worker->stop();
  peers.stop();  // nobody tells any more that tables were handed over
  handing_over = false;
  end_if_idle();
}

Supervisor::Supervisor(Parts parts) : data_(std::make_unique<Data>(std::move(parts))) {}

Supervisor::~Supervisor() = default;

int Supervisor::run() {
  data_->wait_for_signal();
  data_->rings.adopt(data_->parts.generation->graph->rings);
  data_->start_threads();
  data_->watch->checks.start();
  data_->watch->names.start();
  data_->parts.stats.answer_with([data = data_.get()](std::span<const std::string> words) {
    if (auto told = answer_peers_command(words, data->peers)) return told;
    const Generation& now = *data->parts.generation;
    return answer_name_command(words, now.graph->resolvers, *now.name_counters);
  });
  data_->parts.stats.serve(data_->io, data_->parts.generation);
  data_->tables.adopt(data_->parts.generation);
  data_->peers.adopt(data_->parts.generation, data_->parts.replaces_others);
  data_->tls_state = data_->parts.generation->tls_state;
  data_->watch_first_files();
  data_->ocsp.adopt(*data_->tls_state);
  data_->warn_of_expiry();
  data_->io.run();
  data_->rings.finish();
  data_->parts.log.flush();
  if (data_->ended_by != 0) return data_->ended_by;  // the threads end with the process
  for (std::thread& thread : data_->threads) thread.join();
  return 0;
}

}  // namespace shunt::runtime
