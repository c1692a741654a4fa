// How a played session is loaded, driven and written down.
#include "play.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "fetchers/proxies_view.hpp"
#include "fleet.hpp"

namespace shunt::route {

Stage::Stage(std::string_view text) : loaded_(graph::load_text("test.cfg", std::string(text), {})) {
  for (const parser::Diagnostic& diagnostic : loaded_->sink.all())
    if (diagnostic.severity == parser::Severity::error)
      ADD_FAILURE() << diagnostic.message << "\nin\n" << text;
  if (!loaded_->graph) throw std::runtime_error("no graph");
  state_ = std::make_unique<State>(graph());
  view_ = std::make_unique<StateProxiesView>(graph(), *state_);
  facilities_ = {.graph = &graph(),
                 .state = state_.get(),
                 .scratch = &scratch_,
                 .proxies = view_.get(),
                 .wakeups = &wakeups_,
                 .random_state = 1};
}

graph::ServerId Stage::server(std::string_view name) const {
  for (const graph::Server& server : graph().servers)
    if (server.name == name) return server.id;
  return graph::none;
}

graph::ProxyId Stage::proxy(std::string_view name) const {
  for (const graph::Proxy& proxy : graph().proxies)
    if (proxy.name == name) return proxy.id;
  return graph::none;
}

void Stage::maintenance(std::string_view name, bool on) {
  state_->server(server(name)).maintenance = on;
  state_->server_changed(graph(), server(name));
}

bool Stage::at_rest() const {
  bool rest = state_->connections == 0;
  for (const graph::Proxy& proxy : graph().proxies)
    rest = rest && state_->proxy(proxy.id).frontend_connections == 0 &&
           state_->proxy(proxy.id).backend_connections == 0 && state_->proxy(proxy.id).queued == 0;
  for (const graph::Server& server : graph().servers)
    rest = rest && state_->server(server.id).served == 0 && state_->server(server.id).queued == 0;
  return rest;
}

Client::Client(Stage& stage, const std::string& source, const std::string& destination,
               graph::ListenerId listener)
    : stage_(stage),
      session_(std::make_unique<Session>(stage.facilities(), listener, endpoint(source, 40000),
                                         endpoint(destination, 8000),
                                         std::chrono::system_clock::time_point{})) {}

std::string Client::text(const Step& step) const {
  static constexpr std::array names = {
      "netscaler_header", "proxy_header", "tls", "input", "connect", "line", "retry", "relay", "close"};
  std::string made = names[static_cast<std::size_t>(step.kind)];
  if (step.kind == Step::Kind::connect)
    made += fmt::format(" {} #{}", stage_.graph().servers[step.server].name, step.attempt);
  if (step.reset) made += " reset";
  if (step.vanish) made += " silently";
  if (step.holds) made += " holding";
  if (step.close_server) made += " closing-server";
  if (step.deadline)
    made += fmt::format(" @{}",
                        std::chrono::duration_cast<graph::Milliseconds>(*step.deadline - time(0)).count());
  return made;
}

std::string Client::step(const Event& event) {
  last_ = session_->step(event);
  return text(last_);
}

void Client::play(const std::vector<Move>& moves) {
  for (const Move& move : moves) {
    SCOPED_TRACE(fmt::format("event at {} ms, expected: {}", move.at, move.step));
    if (move.kind == EventKind::deadline) {
      ASSERT_TRUE(last_.deadline.has_value());
      EXPECT_EQ(*last_.deadline, time(move.at));
    }
    if (move.kind == EventKind::input || move.kind == EventKind::accepted)
      buffered_ = move.bytes, ended_ = move.ended;
    if (move.kind == EventKind::response) response_ = move.bytes, response_ended_ = move.ended;
    const Event event{.kind = move.kind,
                      .at = time(move.at),
                      .input = {.data = buffered_, .complete = ended_, .available = true},
                      .input_ended = ended_,
                      .response = {.data = response_, .complete = response_ended_, .available = true}};
    EXPECT_EQ(step(event), move.step);
  }
}

std::string Client::log(std::int64_t now) const {
  if (session_->log_kind() == LogKind::nothing) return "";
  if (session_->log_kind() == LogKind::error) return std::string(session_->error_text());
  fetchers::LogRecord r;
  session_->fill(r, time(now));
  const char* plus = r.as_soon_as_possible ? "+" : "";
  return fmt::format("{}{} {}/{} {}/{}/{}{} {}{} {}{} {}/{}/{}/{}/{}{} {}/{}", r.frontend,
                     r.frontend_tls ? "~" : "", r.backend, r.server_name, r.queue_ms, r.connect_ms, plus,
                     r.total_ms, plus, r.bytes_to_client, r.termination[0], r.termination[1], r.actconn,
                     r.feconn, r.beconn, r.srv_conn, r.redispatched ? "+" : "", r.retries, r.srv_queue,
                     r.backend_queue);
}

std::string Client::formatted() const {
  fetchers::LogRecord record;
  session_->fill(record, time(0));
  fetchers::Context context = session_->log_context(record);
  std::string line;
  fetchers::write(session_->frontend().log_format.value(), stage_.graph().program.expressions(), context,
                  line);
  return line;
}

}  // namespace shunt::route
