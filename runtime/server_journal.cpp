// State changes in the order in which HAProxy makes and tells them.
#include "runtime/server_journal.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/server_checks.hpp"
#include "graph/server_name.hpp"
#include "graph/tls_renewal.hpp"
#include "runtime/mail_sender.hpp"

namespace shunt::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// HAProxy counts slow starts in whole seconds.
seconds whole_seconds(milliseconds time) { return std::chrono::ceil<seconds>(time); }

}  // namespace

ServerJournal::ServerJournal(boost::asio::io_context& io, std::shared_ptr<const Generation> generation,
                             LogSender& log, const Messages& messages, SessionEnder& sessions)
    : io_(io),
      generation_(std::move(generation)),
      log_(log),
      mails_(std::make_shared<MailSender>(io)),
      messages_(messages),
      sessions_(sessions) {
  for (const graph::Server& server : graph().traffic_servers())
    if (server.tracked != graph::none) followers_[server.tracked].push_back(server.id);
}

ServerJournal::~ServerJournal() = default;

void ServerJournal::mail(const graph::Proxy& proxy, graph::LogLevel level, std::string_view line) {
  const auto& said = generation_->tls_state;
  const auto alerts = said && said->checks ? said->checks->mails[proxy.id] : nullptr;
  if (alerts && level <= alerts->level) mails_->send(alerts, line);
}

void ServerJournal::release_lines() {
  holds_lines_ = false;
  for (const HeldLine& line : std::exchange(held_lines_, {})) log(*line.proxy, line.level, line.text);
}

void ServerJournal::flush() {
  release_lines();
  log_.flush();
}

void ServerJournal::log(const graph::Proxy& proxy, graph::LogLevel level, const std::string& line) {
  if (holds_lines_) {
    held_lines_.push_back({&proxy, level, line});
    return;
  }
  log_.send(proxy.logs, level, proxy.log_tag.empty() ? graph().global.log_tag : proxy.log_tag, line);
}

void ServerJournal::log_and_warn(const graph::Proxy& proxy, graph::LogLevel level, const std::string& line) {
  log(proxy, level, line);
  messages_.warning(line);
  mail(proxy, level, line);
}

void ServerJournal::check_changed(const graph::Server& server, const CheckResult& result,
                                  const HealthCounter& counter) {
  const graph::Proxy& proxy = backend(server);
  if (!proxy.options.log_health_checks) return;
  const route::ServerState& now = state().server(server.id);
  const bool drained = now.draining.load() && !stopping_.contains(server.id);
  const bool draining = !result.by_agent && (now.weight.load() == 0 || drained);
  const std::string line = health_check_line(graph(), server, result, counter, draining);
  log(proxy, graph::LogLevel::notice, line);
  messages_.warning(line);
  mail(proxy, graph::LogLevel::info, line);
}

void ServerJournal::no_server(const graph::Proxy& proxy) {
  log(proxy, graph::LogLevel::emerg, no_server_line(proxy, false));
  messages_.alert(no_server_line(proxy, true));
}

void ServerJournal::state_changed(const graph::Server& server, const CheckResult& result, bool up) {
  state().server(server.id).check_up.store(up);
  judge(server, result);
}

// That a server in maintenance is down is not noted: there it is taken to be up when it comes back [seen].
void ServerJournal::agent_changed(const graph::Server& server, const CheckResult& result, bool up) {
  if (!up && state().server(server.id).maintenance.load()) return;
  state().server(server.id).agent_up.store(up);
  judge(server, result);
}

// In maintenance nobody is asked; what was said meanwhile counts when it ends.
void ServerJournal::judge(const graph::Server& server, const CheckResult& result) {
  const route::ServerState& now = state().server(server.id);
  if (now.maintenance.load()) return;
  set_up(server, now.check_up.load() && now.agent_up.load(), reason_of(server, result),
         result.status == CheckStatus::analyzed ? 1 : 0);
}

void ServerJournal::stopping_changed(const graph::Server& server, const CheckResult& result, bool stopping) {
  set_stopping(server, stopping, reason_of(server, result));
}

void ServerJournal::came_up_stopping(const graph::Server& server, const CheckResult& result) {
  route::ServerState& now = state().server(server.id);
  now.check_up.store(true);
  if (now.draining.load() || !now.agent_up.load()) return judge(server, result);
  set_stopping(server, true, reason_of(server, result), true);
}

// Behind the change; the line of the check has told it where there is one.
std::string ServerJournal::reason_of(const graph::Server& server, const CheckResult& result) const {
  return backend(server).options.log_health_checks ? std::string() : ", reason: " + describe_result(result);
}

void ServerJournal::set_stopping(const graph::Server& server, bool stopping, std::string_view reason,
                                 bool comes_up) {
  const graph::Proxy& proxy = backend(server);
  route::ServerState& now = state().server(server.id);
  const bool drained_otherwise = now.draining.load() && !stopping_.contains(server.id);
  if (now.maintenance.load() || (!now.up.load() && !comes_up) || drained_otherwise) return;
  const bool was_usable = now.usable();
  if (comes_up) now.up.store(true);
  if (now.draining.exchange(stopping) == stopping) return;
  if (stopping)
    stopping_.insert(server.id);
  else
    stopping_.erase(server.id);
  StateChange change{.up = true, .reason = reason, .stopping = stopping};
  change.requeued = state().server_changed(graph(), server.id);
  change.left = count_servers(graph(), state(), proxy.id);
  change.queued = now.queued.load();
  log_and_warn(proxy, graph::LogLevel::notice, state_change_line(graph(), server, change));
  if (was_usable && change.left.active + change.left.backup == 0) no_server(proxy);
  const std::string via = " via " + qualified_name(graph(), server);
  for (const graph::ServerId follower : followers_[server.id])
    set_stopping(graph().servers[follower], stopping, via, comes_up);
}

void ServerJournal::set_up(const graph::Server& server, bool up, std::string_view reason,
                           std::uint32_t failing) {
  const graph::Proxy& proxy = backend(server);
  route::ServerState& now = state().server(server.id);
  const bool was_usable = now.usable();
  if (now.up.exchange(up) == up) return;
  const bool was_stopping = stopping_.erase(server.id) != 0;
  if (was_stopping) now.draining.store(false);
  if (up) start_slowly(server);
  StateChange change{.up = up, .reason = reason};
  change.requeued = state().server_changed(graph(), server.id);
  change.left = count_servers(graph(), state(), proxy.id);
  change.sessions = now.served.load() + failing;
  change.queued = now.queued.load();
  const bool quiet = up || now.draining.load() || was_stopping;
  log_and_warn(proxy, quiet ? graph::LogLevel::notice : graph::LogLevel::alert,
               state_change_line(graph(), server, change));
  tell_of_drain(server);
  if (was_usable && change.left.active + change.left.backup == 0) no_server(proxy);
  apply(server, up);
  const std::string via = " via " + qualified_name(graph(), server);
  for (const graph::ServerId follower : followers_[server.id]) set_up(graph().servers[follower], up, via);
}

const graph::CheckProgram* ServerJournal::program(graph::ProxyId proxy) const {
  const auto& said = generation_->tls_state;
  return said && said->checks ? said->checks->programs[proxy].get() : nullptr;
}

// What the change does to sessions that run already; those that it ends are logged behind it.
void ServerJournal::apply(const graph::Server& server, bool up) {
  release_lines();
  if (!up && server.down_ends_sessions)
    sessions_.end_sessions(&state().server(server.id), route::EndCause::server_down);
  if (!up || !server.up_ends_backup_sessions || server.backup) return;
  if (!state().server(server.id).usable()) return;
  const graph::Proxy& proxy = backend(server);
  for (std::uint32_t i = 0; i < proxy.server_count; ++i)
    if (graph().servers[proxy.first_server + i].backup)
      sessions_.end_sessions(&state().server(proxy.first_server + i), route::EndCause::server_up);
}

// ---- slow start

void ServerJournal::start_slowly(const graph::Server& server) {
  if (server.slow_start.count() == 0) return;
  route::ServerState& now = state().server(server.id);
  now.ramp.store(1);
  now.progress.store(0);
  growing_[server.id] = std::make_shared<SlowStart>(io_);
  grow(server);
}

void ServerJournal::go_on_from(const ServerJournal& before) {
  for (const graph::ServerId id : before.stopping_)
    if (const graph::ServerId here = state().find(before.state().server(id)); here != graph::none)
      stopping_.insert(here);
  for (const auto& [id, slow_start] : before.growing_) {
    const graph::ServerId here = state().find(before.state().server(id));
    const bool grown = here == graph::none || graph().servers[here].slow_start.count() == 0 ||
                       state().server(here).ramp.load() >= 16;
    if (grown) continue;
    growing_[here] = std::make_shared<SlowStart>(io_);
    growing_[here]->since = slow_start->since;
    grow(graph().servers[here]);
  }
}

// A handler that is queued already runs even if its timer is gone, and this journal with it.
void ServerJournal::grow(const graph::Server& server) {
  const seconds whole = whole_seconds(server.slow_start);
  const std::shared_ptr<SlowStart>& slow_start = growing_[server.id];
  slow_start->timer.expires_after(std::max<milliseconds>(seconds(1), whole / 20));
  slow_start->timer.async_wait(
      [this, &server, whole, growing = std::weak_ptr(slow_start)](const boost::system::error_code& error) {
        const std::shared_ptr<SlowStart> still = growing.lock();
        if (error || !still) return;
        const auto since = std::chrono::steady_clock::now() - still->since;
        grown_for(server, std::min(whole, std::chrono::duration_cast<seconds>(since)));
      });
}

void ServerJournal::grown_for(const graph::Server& server, seconds elapsed) {
  const seconds whole = whole_seconds(server.slow_start);
  route::ServerState& now = state().server(server.id);
  const auto ramp = static_cast<std::uint32_t>((16 * elapsed.count() + whole.count()) / whole.count());
  now.ramp.store(std::min(ramp, 16u));
  now.progress.store(static_cast<std::uint32_t>(100 * elapsed.count() / whole.count()));
  state().server_changed(graph(), server.id);
  if (!now.up.load()) return;
  if (elapsed < whole) return grow(server);
  StateChange grown{.up = true, .left = count_servers(graph(), state(), server.backend)};
  log_and_warn(backend(server), graph::LogLevel::notice, state_change_line(graph(), server, grown));
  flush();
}

void ServerJournal::stop() { growing_.clear(); }

}  // namespace shunt::runtime
