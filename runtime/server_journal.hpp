// What happens to servers while the process runs: up and down, who follows, what that does to sessions, and
// the lines about it.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "route/session.hpp"
#include "route/target.hpp"
#include "runtime/agent_answer.hpp"
#include "runtime/generation.hpp"
#include "runtime/health_texts.hpp"
#include "runtime/log_sender.hpp"
#include "runtime/messages.hpp"

namespace shunt::graph {
struct CheckProgram;  // graph/check_program.hpp
}

namespace shunt::runtime {

class MailSender;  // runtime/mail_sender.hpp

// Ends sessions of one server on all threads.
class SessionEnder {
 public:
  virtual void end_sessions(const route::ServerState* server, route::EndCause cause) = 0;

 protected:
  ~SessionEnder() = default;
};

// Used by the main thread only; workers see the result through route::ServerState.
class ServerJournal {
 public:
  ServerJournal(boost::asio::io_context& io, std::shared_ptr<const Generation> generation, LogSender& log,
                const Messages& messages, SessionEnder& sessions);
  ~ServerJournal();

  [[nodiscard]] const graph::Graph& graph() const { return *generation_->graph; }
  [[nodiscard]] route::State& state() const { return *generation_->state; }
  // Where the server is now.
  [[nodiscard]] fetchers::Endpoint address_of(const graph::Server& server) const {
    return route::address_of(graph(), server, state().server(server.id));
  }
  [[nodiscard]] const Generation& generation() const { return *generation_; }
  // How this proxy's servers are checked; null: they are only connected to.
  [[nodiscard]] const graph::CheckProgram* program(graph::ProxyId proxy) const;
  [[nodiscard]] bool stopping(graph::ServerId id) const { return stopping_.contains(id); }
  [[nodiscard]] const OutgoingTls& server_tls(graph::ServerId id) const {
    return *(renewed_ ? renewed_->servers : generation_->server_tls)[id];
  }
  void renew(std::shared_ptr<const TlsSet> set) { renewed_ = std::move(set); }

  // A check's outcome or the counter is another one than before.
  void check_changed(const graph::Server& server, const CheckResult& result, const HealthCounter& counter);
  // The counter has crossed the line; servers that track this one follow.
  void state_changed(const graph::Server& server, const CheckResult& result, bool up);
  // Its check wants no new sessions for a server that is up, or takes them again.
  void stopping_changed(const graph::Server& server, const CheckResult& result, bool stopping);
  // It was down, and is up as one that stops.
  void came_up_stopping(const graph::Server& server, const CheckResult& result);
  // The agent's verdict; the server is up while check and agent say so.
  void agent_changed(const graph::Server& server, const CheckResult& result, bool up);
  // server_orders.cpp: what agents order. Servers that track this one follow. True: it has left maintenance.
  using Order = AgentAnswer::Order;
  bool order(const graph::Server& server, Order wanted);
  // In percent of the weight in the file. Why not, if the backend's algorithm doesn't take it.
  [[nodiscard]] std::string_view set_weight(const graph::Server& server, std::uint32_t percent);
  void set_maxconn(const graph::Server& server, std::uint32_t maxconn);
  // server_addresses.cpp: what name servers say. Servers that track this one follow into maintenance and
  // back.
  void moved(const graph::Server& server, const fetchers::Endpoint& to, std::string_view by);
  void lost_address(const graph::Server& server, std::string_view why);
  // True: it may be checked from now on.
  bool found_address(const graph::Server& server, std::string_view host, bool answered);
  void hosted(const graph::Server& server, std::string_view host);
  void weighs(const graph::Server& server, std::uint32_t weight);
  // What is told from now on is written by `flush`: who reads that something happened finds all of it done.
  void hold_lines() { holds_lines_ = true; }
  void flush();
  void stop();  // nothing grows any more
  // Slow starts of the generation before go on.
  void go_on_from(const ServerJournal& before);

 private:
  // `failing`: sessions that are about to end because of this server but are not counted any more.
  void set_up(const graph::Server& server, bool up, std::string_view reason, std::uint32_t failing = 0);
  void judge(const graph::Server& server, const CheckResult& result);
  void set_stopping(const graph::Server& server, bool stopping, std::string_view reason,
                    bool comes_up = false);
  [[nodiscard]] std::string reason_of(const graph::Server& server, const CheckResult& result) const;
  void apply(const graph::Server& server, bool up);
  // `why`: in parentheses, if there is a reason to tell.
  void enter_maintenance(const graph::Server& server, bool was_drained, std::string_view via,
                         std::string_view why = {});
  void leave_maintenance(const graph::Server& server, std::string_view via);
  // Nobody has asked the server meanwhile: its checks are taken to pass. `up`: what its agent says, or whom
  // it tracks. `how`: why it is back.
  void come_back(const graph::Server& server, bool up, std::string_view name, std::string_view how);
  void go_nameless(const graph::Server& server, std::string_view why, std::string_view via);
  void follow_back(const graph::Server& server);
  void enter_drain(const graph::Server& server, std::string_view via);
  void follow_order(const graph::Server& server, Order wanted, std::string_view via);
  void tell_of_drain(const graph::Server& server);
  void start_slowly(const graph::Server& server);
  void grow(const graph::Server& server);
  void grown_for(const graph::Server& server, std::chrono::seconds elapsed);
  void log(const graph::Proxy& proxy, graph::LogLevel level, const std::string& line);
  void log_and_warn(const graph::Proxy& proxy, graph::LogLevel level, const std::string& line);
  void mail(const graph::Proxy& proxy, graph::LogLevel level, std::string_view line);
  void no_server(const graph::Proxy& proxy);
  [[nodiscard]] const graph::Proxy& backend(const graph::Server& server) const {
    return graph().proxies[server.backend];
  }

  struct HeldLine {
    const graph::Proxy* proxy;
    graph::LogLevel level;
    std::string text;
  };
  void release_lines();

  boost::asio::io_context& io_;
  std::shared_ptr<const Generation> generation_;
  std::shared_ptr<const TlsSet> renewed_ = {};
  bool holds_lines_ = false;
  std::vector<HeldLine> held_lines_ = {};
  LogSender& log_;
  std::shared_ptr<MailSender> mails_;
  const Messages& messages_;
  SessionEnder& sessions_;
  std::map<graph::ServerId, std::vector<graph::ServerId>> followers_;
  std::set<graph::ServerId> stopping_ = {};  // drained because their checks say so
  struct SlowStart {
    explicit SlowStart(boost::asio::io_context& io) : timer(io) {}
    boost::asio::steady_timer timer;
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  };
  std::map<graph::ServerId, std::shared_ptr<SlowStart>> growing_;
};

}  // namespace shunt::runtime
