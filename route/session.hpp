// The sans-io machine of one session, from accept to chosen server: rules, waits, retries, the log record.
// Time and bytes come in.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fetchers/captures.hpp"
#include "fetchers/connection_view.hpp"
#include "fetchers/context.hpp"
#include "fetchers/log_record.hpp"
#include "fetchers/variables.hpp"
#include "fetchers/wire/proxy_header.hpp"
#include "graph/graph.hpp"
#include "route/actions.hpp"
#include "route/balance/balancer.hpp"
#include "route/names.hpp"
#include "route/queue.hpp"
#include "route/retry.hpp"
#include "route/session_tables.hpp"
#include "route/session_views.hpp"
#include "route/state.hpp"

namespace shunt::route {

// Told when `error-limit` connections to an observed server have failed in a row.
class ServerObserver {
 public:
  virtual void failed_too_often(graph::ServerId server) = 0;

 protected:
  ~ServerObserver() = default;
};

// How many bytes rules may wait for.
[[nodiscard]] inline std::size_t input_limit(const graph::Tunables& tune) {
  return tune.bufsize > tune.maxrewrite ? tune.bufsize - tune.maxrewrite : tune.bufsize;
}

// What a look at a list of rules came to: from rule `from` on, `found` is the first one that doesn't pass.
struct RuleWalk {
  acl::RuleListId list = acl::no_rules;
  std::uint32_t from = 0;
  acl::ListStep found = {};
};

// Told what rules come to, before their actions are carried out; for those who explain a session.
class RuleWatcher {
 public:
  virtual void walked(const RuleWalk& walk, const fetchers::Context& context) = 0;
  // A server is chosen by an algorithm; `hashed`: there is a key that names it.
  virtual void balanced(bool hashed) = 0;

 protected:
  ~RuleWatcher() = default;
};

// What one thread lends to its sessions of one generation.
struct Facilities {
  const graph::Graph* graph = nullptr;
  State* state = nullptr;
  fetchers::Scratch* scratch = nullptr;
  const fetchers::ProxiesView* proxies = nullptr;  // route/proxies_view.hpp has the one over State
  const fetchers::ProcessView* process = nullptr;
  Wakeups* wakeups = nullptr;  // of this thread; null: nobody is woken (tests)
  ServerObserver* observer = nullptr;
  NameAnswers* names = nullptr;    // null: no name has an address
  RuleWatcher* watcher = nullptr;  // null where connections are served
  std::uint64_t random_state = 0;  // per thread
  Time now = {};                   // of the evaluation that goes on; StateProxiesView reads it
  StreamFacts stream = {};         // what fetches see of the session that evaluates
  ServerSide server_side = {};
  SessionTables tables = {};
};

enum class EventKind : std::uint8_t {
  accepted,             // the very first event
  proxy_header,         // `header`; a NetScaler header, too
  proxy_header_failed,  // `text` is what to log
  tls_established,      // `tls`
  tls_failed,           // `text` is what to log
  input,                // bytes arrived or input ended: `input`
  deadline,             // the deadline of the last Step has passed
  client_reset,         // RST or an error on the client's socket before `relay`
  connected,
  connect_failed,      // refused, reset, unreachable: `text` names it
  connect_impossible,  // local resource: no port, no descriptor
  turn,                // Sleeper::turn_has_come() was called
  // Connected, but what must be agreed before the session's bytes failed: the TLS handshake with the server,
  // or the asking of a SOCKS4 proxy for the way to it. `text` is HAProxy's name of it.
  server_handshake_failed,
  answer,    // of a name server, while rules wait for it: `address`
  response,  // while the relay holds the server's bytes back: at its begin, when some arrive or input ends
};

struct Event {
  EventKind kind = EventKind::accepted;
  Time at = {};
  fetchers::BufferedBytes input = {};     // all that is buffered, whenever bytes can be read in this phase
  bool input_ended = false;               // the client has finished sending
  fetchers::BufferedBytes response = {};  // all that is held back
  bool client_failed = false;             // its socket was found reset or broken, now or before
  const fetchers::wire::ProxyHeader* header = nullptr;
  const fetchers::TlsView* tls = nullptr;  // must outlive the session
  std::string_view text = {};
  fetchers::Endpoint address = {};  // family none: the name has none
};

// What packets of a connection carry.
struct SocketMarks {
  std::optional<std::uint32_t> mark = {};
  std::optional<std::uint8_t> tos = {};
};

// What the driver has to do next. After each Step it waits for the events named there, and for `deadline` if
// there is one.
struct Step {
  enum class Kind : std::uint8_t {
    read_netscaler_header,  // with the number `magic`; then as behind the next one
    read_proxy_header,      // then proxy_header or proxy_header_failed
    handshake_tls,          // then tls_established or tls_failed
    wait_input,             // then input (each time bytes arrive or input ends) or client_reset
    connect,     // to `target`/`server`; then connected, connect_failed, connect_impossible; input and
                 // client_reset too
    wait_turn,   // set_sleeper(), then turn; input and client_reset too
    wait_retry,  // nothing but the deadline (and input, client_reset)
    relay,       // move bytes until finish() is called; those of the server not while it `holds`
    close        // the session is over: log (see log_kind), then close both sockets
  } kind = Kind::close;
  std::optional<Time> deadline = {};
  graph::ServerId server = graph::none;
  std::uint32_t attempt = 0;  // connect: another number than before is a new attempt, the same one goes on
  fetchers::Endpoint target = {};  // connect: where to; family unix_socket: the path in the server's address
  bool reset = false;              // close: with RST (after a connection rule)
  // close: the client is not told; if the kernel can't do that, a reset with this TTL is sent (1 without it).
  bool vanish = false;
  std::optional<std::uint8_t> vanish_ttl = {};
  std::uint32_t magic = 0;
  bool holds = false;         // relay: `response` events are wanted before any of the server's bytes passes
  bool close_server = false;  // relay: the server is reset, the client still gets what was read
  SocketMarks marks = {};     // connect: for the new socket
  bool client_given_up = false;  // connect, relay: its timeout has passed; what it sends is dropped, as if it
                                 // had ended
};

// How the relay phase ended.
enum class EndCause : std::uint8_t {
  done,
  client_reset,
  server_reset,
  client_timeout,
  server_timeout,
  stopped,
  server_down,  // on-marked-down shutdown-sessions
  server_up     // on-marked-up shutdown-backup-sessions
};

enum class LogKind : std::uint8_t { nothing, session, error };

class Session final : public fetchers::ConnectionView, private Changes {
 public:
  // `date`: the wall clock at `accepted`. The addresses are those of the socket.
  Session(Facilities& facilities, graph::ListenerId listener, const fetchers::Endpoint& source,
          const fetchers::Endpoint& destination, std::chrono::system_clock::time_point date);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] Step step(const Event& event);

  // Ends the relay phase (or a stop of the process ends any phase). Idempotent: the first cause wins.
  void finish(EndCause cause, Time at);
  // A limit of the relay phase has passed and names the end, whenever that comes.
  void note_timeout(EndCause cause);
  void count_to_client(std::uint64_t bytes) { bytes_to_client_ += bytes; }
  void count_to_server(std::uint64_t bytes) { bytes_to_server_ += bytes; }

  // Bytes that were counted were those of a header.
  void discount_header(std::uint64_t bytes) { bytes_to_server_ -= bytes; }
  // A PROXY header follows the one that is read now.
  [[nodiscard]] bool expects_another_header() const {
    return phase_ == Phase::netscaler_header && expects_proxy_header();
  }
  // When rules will wait no longer for the server's bytes.
  [[nodiscard]] std::optional<Time> response_deadline() const;

  // The source that a refused PROXY header announced, for the log line; nothing happens for family none.
  void announce(const fetchers::Endpoint& source) {
    if (source.family != fetchers::Family::none) source_ = source;
  }

  // When the client will have been silent for too long, as it stood at the last step; nothing while its bytes
  // wait for the server. A connect doesn't restart it.
  [[nodiscard]] std::optional<Time> client_deadline() const;

  // Who is told when a session in a line gets its slot.
  void set_sleeper(Sleeper& sleeper);
  // Who is told what a name server has answered; must outlive the session.
  void set_name_listener(NameListener& listener) { name_listener_ = &listener; }

  // What the server is to be told before the first byte; empty without send-proxy. `input`: what the client
  // has sent so far.
  [[nodiscard]] std::string proxy_header_to_send(std::string_view input) const;
  // What TLS is to call the server; empty: nothing. `input` is what the client has sent so far.
  [[nodiscard]] std::string server_name(std::string_view input) const;

  // After `close`, or after `relay` with option logasap: what has to be logged, and its contents.
  [[nodiscard]] LogKind log_kind() const;
  // The line is written when the server is connected: logasap, or a format that needs nothing else.
  [[nodiscard]] bool logs_early() const;
  // The relay has begun; the limits of that phase apply from now on.
  void begin_limits() { limits_apply_ = true; }
  void fill(fetchers::LogRecord& record, Time now) const;
  [[nodiscard]] std::string_view error_text() const;
  // What rules say of the line's level.
  [[nodiscard]] std::optional<graph::LogLevel> log_level() const;
  // A context for log formats; `record` must outlive its use.
  [[nodiscard]] fetchers::Context log_context(const fetchers::LogRecord& record) const;

  [[nodiscard]] const graph::Listener& listener() const;
  [[nodiscard]] const graph::Proxy& frontend() const;
  [[nodiscard]] const graph::Proxy* backend() const;             // null before one is chosen
  [[nodiscard]] const graph::Server* server() const;             // null before one is chosen
  [[nodiscard]] bool persistent() const { return persistent_; }  // a rule or a cookie named the server

  // fetchers::ConnectionView: the client as rules see it (after a PROXY header, the announced one).
  [[nodiscard]] fetchers::Endpoint source() const override;
  [[nodiscard]] fetchers::Endpoint destination() const override;
  [[nodiscard]] std::string_view proxy_tlvs() const override;
  [[nodiscard]] bool received_proxy_header() const override;
  [[nodiscard]] fetchers::Endpoint socket_source() const override;
  [[nodiscard]] fetchers::Endpoint socket_destination() const override;
  [[nodiscard]] std::optional<fetchers::TcpFacts> tcp_facts() const override;
  [[nodiscard]] std::size_t saved_syn(std::span<char> room) const override;
  [[nodiscard]] std::uint32_t error() const override;

  // The sockets of this session; must outlive it.
  void set_sockets(const Sockets& sockets) { sockets_ = &sockets; }

 private:
  enum class Phase : std::uint8_t {
    fresh,
    netscaler_header,
    proxy_header,
    handshake,
    inspect_frontend,
    inspect_backend,
    queued,
    connecting,
    retry_wait,
    inspect_response,
    relay,
    closed
  };
  static constexpr std::size_t phase_count = 12;
  using Handler = void (Session::*)(const Event&);
  static const std::array<Handler, phase_count> handlers;

  // Things that few sessions have.
  struct Rare {
    std::string tlvs;
    std::string error;
    Waiting waiting;
    std::int32_t priority_class = 0, priority_offset = 0;     // set-priority-*
    std::uint32_t server_position = 0, backend_position = 0;  // %sq, %bq
    std::string unique_id;
    bool making_unique_id = false;
    bool addresses_changed = false;
    fetchers::Endpoint socket_source, socket_destination;  // what a PROXY header or a rule replaced
    std::optional<fetchers::Captures> captures;
    SocketMarks server_marks;
    std::optional<std::int64_t> log_level;
    std::optional<std::uint32_t> retries;
    std::optional<std::uint8_t> vanish_ttl;
    // The rule of a list that asked for the address of a name, and what came of it.
    struct Asking {
      acl::RuleListId list = acl::no_rules;
      std::uint32_t rule = 0;
      NameAnswers::Ticket ticket = 0;
      std::optional<fetchers::Endpoint> found = {};
    };
    std::optional<Asking> asking;
  };

  // What walking a rule list came to.
  enum class Verdict : std::uint8_t { accepted, rejected, server_closed, waits };

  // session.cpp: phases up to the stream
  void on_accepted(const Event& event);
  void on_netscaler_header(const Event& event);
  void on_proxy_header(const Event& event);
  void on_handshake(const Event& event);
  void ignore(const Event& event);
  void await_header(Phase phase, const Event& event);
  void after_netscaler_header(const Event& event);
  void after_proxy_header(const Event& event);
  [[nodiscard]] bool expects_proxy_header() const { return expects_proxy_ || listener().accept_proxy; }
  void begin_stream(const Event& event);
  void take_header(const fetchers::wire::ProxyHeader& header);
  void fail_early(std::string_view text, Time at);
  void refuse(Time at);
  void drop_silently(Time at);
  [[nodiscard]] Step current() const;
  [[nodiscard]] Rare& rare() const;
  [[nodiscard]] std::string_view unique_id() const;

  // session_rules.cpp: content rules and the choice of the backend
  void on_inspect(const Event& event);
  void note_input(const Event& event);
  void inspect(const Event& event, bool delay_over);
  [[nodiscard]] Verdict run_content_rules(const graph::Proxy& proxy, const Event& event, bool delay_over);
  [[nodiscard]] static Verdict verdict_of(ActionEffect effect);
  [[nodiscard]] static Verdict final_verdict(Verdict verdict);
  Verdict begin_delay(Verdict verdict, graph::Milliseconds delay, Time at);  // unless it has begun
  [[nodiscard]] acl::ListStep walk(acl::RuleListId list, std::uint32_t from,
                                   fetchers::Context& rules_context) const;
  // `patient`: it can wait for name servers.
  [[nodiscard]] Verdict run_rules(acl::RuleListId list, fetchers::Context& context, bool patient = false);
  [[nodiscard]] acl::ListStep next_rule(acl::RuleListId list, std::uint32_t from,
                                        fetchers::Context& rules_context);
  [[nodiscard]] bool pass_early_rules(acl::RuleListId list, Time at);
  void choose_backend(const Event& event);
  [[nodiscard]] graph::ProxyId backend_by_rules(const Event& event);
  [[nodiscard]] graph::ProxyId switch_target(const graph::Switch& rule, fetchers::Context& context) const;
  [[nodiscard]] fetchers::BufferedBytes request_bytes(const Event& event) const;
  [[nodiscard]] fetchers::Context context(const fetchers::BufferedBytes& request, bool final, Time at) const;
  [[nodiscard]] fetchers::Context context(const fetchers::BufferedBytes& request, bool final, Time at,
                                          fetchers::Scratch& scratch) const;

  // session_names.cpp: rules that ask name servers
  [[nodiscard]] bool asks(acl::RuleListId list) const {
    return rare_ && rare_->asking && rare_->asking->list == list;
  }
  [[nodiscard]] bool begin_asking(acl::RuleListId list, std::uint32_t rule, const graph::Action& action,
                                  fetchers::Context& context, bool patient);
  void end_asking(const graph::Action& action, fetchers::Context& context);
  void forget_question();

  // session_actions.cpp: Changes, for rules
  void set_source(const fetchers::Endpoint& source) override;
  void set_destination(const fetchers::Endpoint& destination) override;
  void set_packet_option(PacketOption option, std::uint32_t value) override;
  void set_log_level(std::int64_t level) override { rare().log_level = level; }
  void set_priority_class(std::int32_t value) override { rare().priority_class = value; }
  void set_priority_offset(std::int32_t milliseconds) override { rare().priority_offset = milliseconds; }
  void set_retries(std::uint32_t count) override { rare().retries = count; }
  void expect_proxy_header() override { expects_proxy_ = true; }
  void expect_netscaler_header() override { expects_netscaler_ = true; }
  void vanish_with(std::optional<std::int64_t> ttl) override;
  void track(std::uint32_t counter, graph::TableId table, const fetchers::Sample& key,
             fetchers::Scratch& scratch) override;
  void keep_socket_addresses();

  // session_response.cpp: rules on the server's bytes
  void server_connected(const Event& event);
  void on_inspect_response(const Event& event);
  [[nodiscard]] Verdict judge_response(const Event& event);

  // session_tracking.cpp: what tracked entries count
  [[nodiscard]] TableUse& table_use();
  void count_session(Time at);
  void count_bytes(Time at);
  void release_tables();

  // session_sticking.cpp: servers that tables know, and what they learn
  [[nodiscard]] graph::ServerId server_by_tables(graph::ServerId named, fetchers::Context& rules_context);
  [[nodiscard]] graph::ServerId server_known_to(graph::TableId table, std::string_view key, Time at);
  [[nodiscard]] bool stick_key(const graph::StickRule& rule, fetchers::Context& rules_context,
                               std::string_view& key) const;
  void add_lesson(graph::TableId table, std::string_view key);
  void teach(Time at);
  void learn_from_response(const Event& event);

  // session_connect.cpp: the choice of the server, attempts and retries
  void on_connecting(const Event& event);
  void on_retry_wait(const Event& event);
  [[nodiscard]] bool aborted_by_client(const Event& event);
  void close_without_server(Time at);
  void note_client_timeout(const Event& event);
  void assign_server(graph::ServerId avoid, const Event& event);
  [[nodiscard]] bool choose_server(graph::ServerId avoid, const Event& event);
  void start_attempt(Time at);
  [[nodiscard]] fetchers::Endpoint target() const;
  void observe(bool connected);
  void attempt_failed(AttemptFailure failure, const Event& event);
  void retry(const Event& event);
  [[nodiscard]] RetryPlan plan(AttemptFailure failure) const;
  void release_server();
  void pass_slot_on();
  [[nodiscard]] std::uint32_t next_random();

  // session_persistence.cpp: what a choice depends on beside the servers
  [[nodiscard]] graph::ServerId named_server(const Event& event);
  [[nodiscard]] graph::ServerId server_by_rules(fetchers::Context& rules_context) const;
  [[nodiscard]] graph::ServerId server_by_cookie(fetchers::Context& rules_context) const;
  [[nodiscard]] graph::ServerId server_by_name(std::string_view name) const;
  [[nodiscard]] bool reachable(graph::ServerId id) const;
  [[nodiscard]] BalanceKey balance_key(const Event& event);

  // session_queue.cpp: a slot at once, or a place in a line
  void take_place(graph::ServerId chosen, Time at);
  void server_assigned(Time at);
  void wait_in_line(graph::ServerId server, Time at);
  void leave_queue(Time at);
  [[nodiscard]] bool turn_has_come(const Event& event);
  void on_queued(const Event& event);

  // session_end.cpp: the end, and what is logged of it
  void close(char cause, char phase, Time at);
  void note_end(char cause, char phase);
  void release_backend();
  [[nodiscard]] std::optional<Time> next_deadline() const;
  [[nodiscard]] std::int64_t elapsed(Time at) const;

  // session_server.cpp: what a server is told first
  [[nodiscard]] std::string tlvs_to_send(std::string_view input) const;
  [[nodiscard]] std::string tls_facts() const;
  void append_own_values(std::string& tlvs, std::string_view input, std::size_t room) const;

  // session_views.cpp
  [[nodiscard]] const fetchers::TlsView* server_tls() const;

  static constexpr Time never = Time::max();

  friend class StreamFacts;
  friend class ServerSide;
  friend class SessionTables;

  Facilities* facilities_;
  const Sockets* sockets_ = nullptr;
  NameListener* name_listener_ = nullptr;
  const fetchers::TlsView* tls_ = nullptr;
  std::unique_ptr<TableUse> table_use_;    // null: it has nothing to do with tables
  mutable std::unique_ptr<Rare> rare_;     // a log format may make the unique id
  mutable fetchers::Variables variables_;  // a log format may write them, too
  std::chrono::system_clock::time_point date_;
  Time accepted_at_ = {};
  Time client_deadline_ = never;
  Time phase_deadline_ = never;  // inspect-delay, timeout connect or the pause before a retry
  Time assigned_at_ = {};
  std::uint64_t bytes_to_client_ = 0;
  std::uint64_t bytes_to_server_ = 0;
  std::uint64_t request_counter_ = 0;
  std::int64_t handshake_ms_ = 0, queue_ms_ = -1, connect_ms_ = -1, total_ms_ = 0;
  fetchers::Endpoint source_, destination_;
  fetchers::Endpoint server_address_;  // at the last attempt
  graph::ListenerId listener_;
  graph::ProxyId backend_ = graph::none;
  graph::ServerId server_ = graph::none;
  std::uint32_t attempt_ = 0, retries_ = 0;
  std::uint32_t calls_ = 0;
  std::uint32_t server_error_ = 0;  // of the last attempt's handshake, as HAProxy numbers it
  const graph::Action* waiting_rule_ = nullptr;
  const graph::Action* last_rule_ = nullptr;  // the last content rule that ended its list
  std::uint32_t resumed_rule_ = graph::none;  // whose action waits
  std::uint32_t input_size_ = 0;              // bytes that were buffered at the last event
  Phase phase_ = Phase::fresh;
  char termination_[2] = {'-', '-'};
  char client_failure_ = 0;   // before a server is chosen: 'C' reset, 'c' timeout
  bool started_ : 1 = false;  // `accepted` was seen
  bool received_header_ : 1 = false;
  bool client_sent_ : 1 = false;  // at least one byte
  bool input_ended_ : 1 = false;
  bool served_ : 1 = false;        // counted in the server's `served`
  bool in_backend_ : 1 = false;    // counted in the backend's connections
  bool redispatch_ : 1 = false;    // the retry that is waited for makes a new choice
  bool redispatched_ : 1 = false;  // ... and one came to another server
  bool unlogged_ : 1 = false;      // refused by a connection or session rule
  bool reset_ : 1 = false;         // ... by a connection rule: HAProxy then closes with RST
  bool vanishes_ : 1 = false;
  bool expects_proxy_ : 1 = false;  // a rule says so
  bool expects_netscaler_ : 1 = false;
  bool closes_server_ : 1 = false;
  bool limits_apply_ : 1 = false;
  bool client_given_up_ : 1 = false;  // its timeout passed while connecting
  bool persistent_ : 1 = false;       // a rule or a cookie named the server
  bool forced_ : 1 = false;           // ... and it is used even if it is down
  bool owes_slot_ : 1 = false;        // its slot is free, but not yet given to the next in line
};

}  // namespace shunt::route
