// The main thread's part of a reload: asking for it, saying what was found, putting the next generation in.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <set>
#include <utility>

#include "runtime/limits.hpp"
#include "runtime/supervisor_data.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;

// What a log line says of "[ALERT]    (12) : config : ...": all but the label and the number.
std::string_view without_label(std::string_view line) {
  const std::size_t end = line.find(") : ");
  return line.starts_with('[') && end != std::string_view::npos ? line.substr(end + 4) : line;
}

graph::LogLevel level_of(std::string_view line) {
  if (line.starts_with("[ALERT]")) return graph::LogLevel::alert;
  return line.starts_with("[WARNING]") ? graph::LogLevel::warning : graph::LogLevel::notice;
}

}  // namespace

// One that comes while another is under way is done after it: the files may have changed since.
void Supervisor::Data::reload() {
  if (stopping) return;
  if (!reloader)
    return parts.messages.warning("Reloading is not available: the process can't read its files.");
  if (std::exchange(reloading, true)) {
    reload_again = true;
    return;
  }
  parts.notifier.reloading();
  if (parts.master_worker) parts.messages.notice("Reloading HAProxy");
  resume();  // what was paused would otherwise stay so in some sockets and not in others
  reloader->begin(parts.generation, parts.stats, [this](ReloadOutcome outcome) {
    // Handlers are copied, sockets aren't.
    auto kept = std::make_shared<ReloadOutcome>(std::move(outcome));
    asio::post(io, [this, kept] { reloaded(std::move(*kept)); });
  });
}

void Supervisor::Data::reloaded(ReloadOutcome outcome) {
  if (stopping) return;
  say_findings(outcome);
  if (!outcome.generation) return refused();
  install(std::move(outcome));
}

// On the terminal and in the logs: a daemon has no other way to say it.
void Supervisor::Data::say_findings(const ReloadOutcome& outcome) {
  for (std::string_view rest = outcome.text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    parts.messages.plain(line);
    log(level_of(line), std::string(without_label(line)));
  }
  for (const std::string& line : outcome.alerts) {
    parts.messages.alert(line);
    log(graph::LogLevel::alert, line);
  }
  for (const std::string& line : outcome.warnings) {
    parts.messages.warning(line);
    log(graph::LogLevel::warning, line);
  }
}

void Supervisor::Data::refused() {
  const std::string line = "Reload failed: the configuration stays as it was.";
  log(graph::LogLevel::alert, line);
  parts.log.flush();
  parts.messages.warning(parts.master_worker ? "Loading failure!" : line);
  end_of_reload();
}

void Supervisor::Data::install(ReloadOutcome outcome) {
  const std::shared_ptr<const Generation> previous = parts.generation;
  const std::shared_ptr<const Generation> next = std::move(outcome.generation);
  next->state->install();
  next->sockets->take_over(*previous->sockets);
  for (auto const& [path, socket] : next->log_sockets) parts.log.use_socket(path, socket->get());
  parts.rings.adopt(next->graph->rings);
  parts.log.prepare(*next->graph);
  rings.adopt(next->graph->rings);
  parts.stats.adopt(io, next, std::move(outcome.stats));
  tables.adopt(next);
  peers.adopt(next);
  parts.generation = next;
  watch_next(next);
  limit_generation(previous);
  tls_state = next->tls_state;
  ocsp.adopt(*tls_state);
  switch_workers(previous);
  if (parts.watch) begin_watching(std::move(outcome.watcher));
  warn_of_expiry();
}

// Checks and slow starts go on where they were.
void Supervisor::Data::watch_next(const std::shared_ptr<const Generation>& next) {
  std::unique_ptr<Watch> before = std::exchange(watch, nullptr);
  const CheckMemories memories = before->checks.remember();
  before->checks.stop();
  const NameMemories names_of_hosts = before->names.remember();
  std::vector<NameRequest> asked = before->names.take_requests();
  before->names.stop();
  watch = std::make_unique<Watch>(*this, next);
  watch->journal.go_on_from(before->journal);
  watch->checks.start(memories);
  watch->names.start(names_of_hosts);
  for (NameRequest& request : asked) watch->names.ask(std::move(request));
  std::set<std::string_view> names;
  for (const graph::Proxy& proxy : next->graph->traffic_proxies()) names.insert(proxy.name);
  for (const graph::Proxy& proxy : before->generation->graph->traffic_proxies())
    if (!proxy.disabled && !names.contains(proxy.name)) before->reports.stopped(proxy);
}

std::uint32_t Supervisor::Data::next_maxconn() const {
  const graph::Graph& graph = *parts.generation->graph;
  const graph::Global& global = graph.global;
  const auto count = static_cast<std::uint32_t>(parts.workers.size());
  const DescriptorPlan plan = plan_descriptors({parts.maxconn.value_or(global.maxconn), global.ulimit_n,
                                                fixed_descriptors(graph, count), global.tune.maxpipes},
                                               hard_descriptor_limit());
  static_cast<void>(raise_descriptor_limit(plan.needed));
  if (descriptor_limit() < plan.needed)
    parts.messages.warning(
        fmt::format("FD limit ({}) too low for maxconn={}/maxsock={}. Please raise 'ulimit-n' to {} or more "
                    "and restart to "
                    "avoid any trouble.",
                    descriptor_limit(), plan.maxconn, plan.needed, plan.needed));
  return plan.maxconn;
}

// No worker holds the previous one for this: the last holder frees it.
void Supervisor::Data::switch_workers(const std::shared_ptr<const Generation>& previous) {
  switching_from = previous;
  const std::uint32_t maxconn = next_maxconn();
  switching = parts.workers.size();
  for (const auto& worker : parts.workers) {
    worker->adopt(parts.generation, maxconn, [this] {
      asio::post(io, [this] {
        if (--switching == 0) switched();
      });
    });
  }
}

// Now nobody accepts from a socket that the files don't name any more.
void Supervisor::Data::switched() {
  switching_from->sockets->close_but_those_of(*parts.generation->sockets);
  switching_from.reset();
  ocsp.forget_others();
  const std::string line = "Configuration reloaded.";
  log(graph::LogLevel::notice, line);
  parts.log.flush();
  parts.messages.notice(parts.master_worker ? "Loading success." : line);
  end_of_reload();
}

void Supervisor::Data::end_of_reload() {
  parts.notifier.ready(::getpid());
  reloading = false;
  const bool rest = std::exchange(pause_after_reload, false);
  if (std::exchange(reload_again, false)) {
    reload();
    pause_after_reload = rest;
  } else if (rest) {
    pause();
  }
}

// What was running with the old files may go on for as long as these allowed.
void Supervisor::Data::limit_generation(const std::shared_ptr<const Generation>& previous) {
  const auto limit = previous->graph->global.hard_stop_after;
  if (!limit) return;
  auto timer = std::make_shared<asio::steady_timer>(io, *limit);
  timer->async_wait([this, timer, old = std::weak_ptr(previous)](const boost::system::error_code& error) {
    const std::shared_ptr<const Generation> left = old.lock();
    if (error || !left) return;
    watch->reports.end_of_patience();
    for (const auto& worker : parts.workers) worker->end_generation(left.get());
  });
}

}  // namespace shunt::runtime
