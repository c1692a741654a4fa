// The main thread's part of renewals: what is watched, what is said, giving threads newer certificates.
#include <fmt/core.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <ctime>
#include <utility>

#include "graph/tls_renewal.hpp"
#include "runtime/supervisor_data.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;

}  // namespace

void Supervisor::Data::say(graph::LogLevel level, const std::string& line) {
  log(level, line);
  if (level == graph::LogLevel::notice)
    parts.messages.notice(line);
  else
    parts.messages.warning(line);
}

// A configuration that names no such file has nothing to watch.
void Supervisor::Data::begin_watching(UniqueFd watcher) {
  renewals.reset();
  if (!watcher) return;
  renewals = std::make_unique<Renewals>(
      std::move(watcher), parts.generation, watched_files(), static_cast<std::uint32_t>(parts.workers.size()),
      [this, generation = parts.generation.get()](Renewed renewed) {
        asio::post(io,
                   [this, generation, renewed = std::move(renewed)] { take_renewed(generation, renewed); });
      });
}

WatchedFiles Supervisor::Data::watched_files() const {
  return {parts.generation->tls_state, *parts.generation->graph, parts.watch->patterns};
}

void Supervisor::Data::watch_first_files() {
  if (!parts.watch || watched_files().places().empty()) return;
  auto watcher = parts.watch->keeper.begin_watching();
  if (watcher) return begin_watching(std::move(watcher).value());
  say(graph::LogLevel::warning, "Files are not watched: " + watcher.error().message() + ".");
}

void Supervisor::Data::take_renewed(const Generation* of, const Renewed& renewed) {
  if (of != parts.generation.get() || stopping) return;
  if (!renewed.fault.empty())
    say(graph::LogLevel::warning,
        fmt::format("Files are {}: {}.",
                    renewed.ended ? "not watched any more" : "not all watched or taken over", renewed.fault));
  else if (renewed.ended)
    say(graph::LogLevel::warning, "Files are not watched any more: the watching process is gone.");
  if (renewed.set) {
    watch->journal.renew(renewed.set);
    peers.renew(renewed.set);
    tls_state = renewed.set->state;
    for (const auto& worker : parts.workers)
      worker->renew(of, renewed.set, [this](std::shared_ptr<const TlsSet> unused) {
        asio::post(io, [unused = std::move(unused)]() mutable { unused.reset(); });
      });
    ocsp.adopt(*tls_state);
    ocsp.forget_others();
  }
  if (!renewed.patterns.empty()) replace_patterns(renewed.patterns);
  for (const graph::pki::RenewalFinding& finding : renewed.findings)
    say(finding.refused ? graph::LogLevel::warning : graph::LogLevel::notice, finding.text);
  parts.log.flush();
}

// What was replaced goes when each thread has come back from what it was at.
void Supervisor::Data::replace_patterns(const acl::FileSets& fresh) {
  acl::replace_sets(parts.generation->graph->program, fresh);
  struct Round {
    std::uint64_t number;
    std::size_t missing;
    std::weak_ptr<const Generation> of;
  };
  const auto round =
      std::make_shared<Round>(++patterns_replaced, parts.workers.size(), std::weak_ptr(parts.generation));
  const auto answered = [this, round] {
    const std::shared_ptr<const Generation> generation = round->of.lock();
    if (--round->missing == 0 && generation && round->number == patterns_replaced)
      generation->graph->program.reclaim();
  };
  for (const auto& worker : parts.workers) worker->post([this, answered] { asio::post(io, answered); });
}

OcspUpdates::Effects Supervisor::Data::ocsp_effects() {
  return {.staple =
              [this](const std::vector<CertificatePtr>& certificates,
                     const std::shared_ptr<const StapledAnswer>& answer) {
                for (const auto& worker : parts.workers) worker->staple(certificates, answer);
              },
          .report =
              [this](const std::string& line) {
                log(graph::LogLevel::notice, line);
                parts.log.flush();
              },
          .warn =
              [this](const std::string& line) {
                say(graph::LogLevel::warning, line);
                parts.log.flush();
              }};
}

// At the start, after a reload, and then daily.
void Supervisor::Data::warn_of_expiry() {
  for (const std::string& sentence : graph::expiry_warnings(*tls_state, std::time(nullptr)))
    say(graph::LogLevel::warning, sentence);
  parts.log.flush();
  expiry_timer.expires_after(std::chrono::hours(24));
  expiry_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error && !stopping) warn_of_expiry();
  });
}

}  // namespace shunt::runtime
