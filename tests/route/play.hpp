// Plays a session without sockets: a configuration, events at given milliseconds, and what the machine
// answers, as text.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fetchers/proxies_view.hpp"
#include "graph/load.hpp"
#include "route/proxies_view.hpp"
#include "route/session.hpp"

namespace shunt::route {

// Only counts how often the thread was asked to deliver.
struct CountedWakeups final : Wakeups {
  void ring() override { ++rings; }
  int rings = 0;
};

// A graph made of text, with the state and the facilities of one thread. Tests fail if the text has faults.
class Stage {
 public:
  explicit Stage(std::string_view text);
  Stage(const Stage&) = delete;

  [[nodiscard]] const graph::Graph& graph() const { return *loaded_->graph; }
  [[nodiscard]] State& state() { return *state_; }
  [[nodiscard]] Facilities& facilities() { return facilities_; }
  [[nodiscard]] graph::ServerId server(std::string_view name) const;
  [[nodiscard]] graph::ProxyId proxy(std::string_view name) const;
  void maintenance(std::string_view server, bool on);
  [[nodiscard]] int rings() const { return wakeups_.rings; }

  // Everything that was taken has been given back.
  [[nodiscard]] bool at_rest() const;

 private:
  std::unique_ptr<graph::Loaded> loaded_;
  std::unique_ptr<State> state_;
  std::unique_ptr<StateProxiesView> view_;
  fetchers::Scratch scratch_;
  CountedWakeups wakeups_;
  Facilities facilities_;
};

// A proxy and its server; further lines are added behind it.
inline const std::string one_bind = R"(
defaults
    mode tcp
    timeout connect 1s
    timeout client 5s
    timeout server 5s
listen l
    bind 127.0.0.1:8000
)";
inline const std::string one_server = one_bind + "    server s 127.0.0.1:9000\n";

// One event of a script and the step that has to come out. `bytes`: all that is buffered.
struct Move {
  std::int64_t at = 0;
  EventKind kind = EventKind::accepted;
  std::string bytes = {};
  bool ended = false;
  std::string step;
};

inline Move accepted(std::string step, std::string bytes = {}) {
  return {0, EventKind::accepted, std::move(bytes), false, std::move(step)};
}
inline Move accepted_and_ended(std::string step, std::string bytes = {}) {
  return {0, EventKind::accepted, std::move(bytes), true, std::move(step)};
}
inline Move input(std::int64_t at, std::string bytes, std::string step) {
  return {at, EventKind::input, std::move(bytes), false, std::move(step)};
}
inline Move fin(std::int64_t at, std::string bytes, std::string step) {
  return {at, EventKind::input, std::move(bytes), true, std::move(step)};
}
inline Move deadline(std::int64_t at, std::string step) {
  return {at, EventKind::deadline, {}, false, std::move(step)};
}
inline Move reset(std::int64_t at, std::string step) {
  return {at, EventKind::client_reset, {}, false, std::move(step)};
}
inline Move connected(std::int64_t at, std::string step = "relay") {
  return {at, EventKind::connected, {}, false, std::move(step)};
}
inline Move refused(std::int64_t at, std::string step) {
  return {at, EventKind::connect_failed, {}, false, std::move(step)};
}
inline Move response(std::int64_t at, std::string bytes, std::string step, bool ended = false) {
  return {at, EventKind::response, std::move(bytes), ended, std::move(step)};
}
inline Move turn(std::int64_t at, std::string step) {
  return {at, EventKind::turn, {}, false, std::move(step)};
}
inline Move impossible(std::int64_t at, std::string step) {
  return {at, EventKind::connect_impossible, {}, false, std::move(step)};
}

// One client of a stage. Steps read "input @700", "connect s1 #2 @1000", "retry @1000", "relay", "close", ...
class Client {
 public:
  explicit Client(Stage& stage, const std::string& source = "127.0.0.1",
                  const std::string& destination = "127.0.0.1", graph::ListenerId listener = 0);

  // Expects every step, and that `deadline` events come when the step before asked for them.
  void play(const std::vector<Move>& moves);
  [[nodiscard]] std::string step(const Event& event);
  void finish(EndCause cause, std::int64_t at) { session_->finish(cause, time(at)); }
  void sent_to_client(std::uint64_t bytes) { session_->count_to_client(bytes); }
  void sent_to_server(std::uint64_t bytes) { session_->count_to_server(bytes); }

  // The log line from the frontend's name on: "l l/s1 1/0/0 5 -- 1/1/0/0/0 0/0"; "" when nothing is logged.
  [[nodiscard]] std::string log(std::int64_t now = 0) const;
  // The frontend's own log format.
  [[nodiscard]] std::string formatted() const;
  [[nodiscard]] Session& session() { return *session_; }
  [[nodiscard]] const Step& last() const { return last_; }
  [[nodiscard]] static Time time(std::int64_t ms) {
    return Time{} + std::chrono::hours(1) + graph::Milliseconds(ms);
  }
  void leave() { session_.reset(); }

 private:
  [[nodiscard]] std::string text(const Step& step) const;

  Stage& stage_;
  std::unique_ptr<Session> session_;
  std::string buffered_;
  std::string response_;
  bool ended_ = false, response_ended_ = false;
  Step last_;
};

}  // namespace shunt::route
