// One client connection with its server connection: turns readiness into events of route::Session, and its
// steps into system calls.
#pragma once
#include <optional>

#include "route/idle_limits.hpp"
#include "route/session.hpp"
#include "runtime/engine.hpp"
#include "runtime/relay.hpp"
#include "runtime/server_socket.hpp"
#include "runtime/thread_context.hpp"
#include "runtime/transport.hpp"

namespace shunt::runtime {

class OutgoingTls;

struct AcceptedSocket {
  Wire wire = {};
  graph::ListenerId listener = 0;
  fetchers::Endpoint source = {};
  fetchers::Endpoint destination = {};
};

class Stream final : public Handler,
                     public route::Sleeper,
                     public route::NameListener,
                     public route::Sockets {
 public:
  // Takes the descriptor over and lives until the connection is over (in the thread's stream memory).
  static void start(ThreadContext& thread, const AcceptedSocket& socket);
  // The process stops: logs and closes at once.
  void kill();
  // Ends the session if it is connected (or connecting) to that server.
  void end_if_on(const route::ServerState* server, route::EndCause cause);
  [[nodiscard]] const Generation* generation() const { return thread_.generation.get(); }
  [[nodiscard]] Stream* next() const { return next_; }

  void on_ready(unsigned side, std::uint32_t events) override;
  void on_deadline() override;
  void on_resume() override;
  void turn_has_come() override;
  void name_answered(const fetchers::Endpoint& found) override;
  void destroy() override;

  // stream_facts.cpp: what fetches want to know of the sockets
  [[nodiscard]] std::optional<fetchers::TcpFacts> client_facts() const override;
  [[nodiscard]] std::optional<fetchers::TcpFacts> server_facts() const override;
  [[nodiscard]] std::size_t saved_syn(std::span<char> room) const override;
  void mark_client(std::uint32_t mark) const override;
  void set_client_tos(std::uint8_t tos) const override;
  [[nodiscard]] fetchers::Endpoint server_source() const override;
  [[nodiscard]] const fetchers::TlsView* server_tls() const override;

 private:
  enum Side : unsigned { client_side = 0, server_side = 1 };
  enum class Phase : std::uint8_t { opening, header, handshake, input, connecting, pause, relay, dead };
  enum class Way : std::uint8_t { open, unasked, asked };
  using MaybeEvent = std::optional<route::Event>;

  Stream(ThreadContext& thread, const AcceptedSocket& socket);
  ~Stream() override = default;

  // stream.cpp: the session's steps
  void open();
  void drive(const route::Event& first);
  [[nodiscard]] MaybeEvent enter(const route::Step& step);
  [[nodiscard]] route::Event event(route::EventKind kind, std::string_view text = {}) const;
  void set_deadline(std::optional<Time> deadline);
  void note_begin_of_stream();
  void give_client_up();
  [[nodiscard]] bool refused_unread() const;
  void client_ready_before_relay(std::uint32_t events);
  void link();
  void unlink();

  // stream_input.cpp: what the client sends before the relay
  [[nodiscard]] MaybeEvent await_header(const route::Step& step);
  [[nodiscard]] route::Event closed_before_header() const;
  [[nodiscard]] MaybeEvent read_header();
  [[nodiscard]] MaybeEvent parse_header();
  [[nodiscard]] MaybeEvent parse_netscaler_header();
  [[nodiscard]] MaybeEvent take_header(const fetchers::wire::ProxyHeader& header);
  [[nodiscard]] MaybeEvent start_tls();
  [[nodiscard]] MaybeEvent shake_hands();
  [[nodiscard]] route::Event tls_event(route::EventKind kind, std::string_view text = {}) const;
  [[nodiscard]] MaybeEvent read_input();
  [[nodiscard]] Buffer& input_buffer();
  [[nodiscard]] bool speaks_plainly() const;

  // stream_connect.cpp: the server's side until it is connected
  [[nodiscard]] MaybeEvent start_attempt(const route::Step& step);
  [[nodiscard]] MaybeEvent open_server(const route::Step& step);
  [[nodiscard]] MaybeEvent impossible(Lack lack);
  [[nodiscard]] bool take_tls_place();
  void leave_tls_place();
  [[nodiscard]] MaybeEvent read_while_connecting();
  [[nodiscard]] MaybeEvent go_on_connecting();
  [[nodiscard]] MaybeEvent send_early();
  [[nodiscard]] MaybeEvent connect_error(int error);
  [[nodiscard]] bool connected_already() const;
  void server_ready_before_relay(std::uint32_t events);
  void prepend_proxy_header();
  void watch_server(bool for_writing);
  void close_server();

  // stream_socks.cpp: through a proxy to the server
  [[nodiscard]] MaybeEvent begin_asking_for_way();
  [[nodiscard]] MaybeEvent ask_for_way(std::uint32_t events);
  [[nodiscard]] MaybeEvent begin_behind_proxy();
  void way_ready(std::uint32_t events);

  // stream_server_tls.cpp
  [[nodiscard]] const OutgoingTls* server_tls_context() const;
  [[nodiscard]] bool begin_server_tls(const OutgoingTls& context);
  [[nodiscard]] MaybeEvent shake_hands_with_server();
  [[nodiscard]] MaybeEvent server_handshake_failed();
  void server_handshake_ready(std::uint32_t events);
  void abandon_handshake();

  // stream_response.cpp: the server's bytes while rules look at them
  [[nodiscard]] MaybeEvent go_on_relaying(const route::Step& step);
  [[nodiscard]] bool hear_server();
  [[nodiscard]] bool read_held();
  void server_silent_for_too_long();
  void drop_server();
  void pass_held_on();

  // stream_relay.cpp: the bytes, and the end
  void begin_relay();
  void relay_ready(unsigned side, std::uint32_t events);
  void pump_both(bool to_server, bool to_client);
  [[nodiscard]] bool pump_one(unsigned source);
  void arm_writing(unsigned sink);
  [[nodiscard]] route::IdleDue idle_due() const;
  void set_idle_deadline();
  void idle_deadline();
  void both_idle();
  void give_up(unsigned side);
  void note_activity(unsigned source, bool heard, bool ended);
  [[nodiscard]] bool independent(unsigned side) const;
  [[nodiscard]] route::IdleClock& idle_of(unsigned side) {
    return side == client_side ? idle_.client : idle_.server;
  }
  [[nodiscard]] bool failed_while_blocked(std::uint32_t events) const;
  [[nodiscard]] bool direction_finished(unsigned source);
  [[nodiscard]] bool owes(unsigned source) const;  // bytes from there still wait for the other side
  [[nodiscard]] bool server_sent_fin() const { return to_client_.passed_on && !to_client_.given_up; }
  void begin_idle_time();
  [[nodiscard]] bool resets_at_end(unsigned source) const;
  void go_on_later();
  void side_failed(unsigned side);
  // `spare_client`: it gets a FIN whatever the options say.
  void finish(route::EndCause cause, bool spare_client = false);
  void close(bool reset_client, bool reset_server);

  [[nodiscard]] Transport& transport(unsigned side) { return side == client_side ? client_ : server_; }
  [[nodiscard]] Flow& flow_from(unsigned side) { return side == client_side ? to_server_ : to_client_; }
  [[nodiscard]] const Flow& flow_from(unsigned side) const {
    return side == client_side ? to_server_ : to_client_;
  }

  ThreadContext& thread_;
  Stream* next_ = nullptr;
  Stream** back_ = nullptr;
  Transport client_, server_;
  Flow to_server_, to_client_;
  route::IdleSince idle_ = {};
  std::uint32_t attempt_ = 0;
  Phase phase_ = Phase::opening;
  Way way_ = Way::open;
  bool watches_client_ : 1 = false;  // registered with the engine
  bool watches_server_ : 1 = false;
  bool client_writing_ : 1 = false;  // ... for writability, too
  bool server_writing_ : 1 = false;
  bool header_made_ : 1 = false;  // the PROXY header was put in front of the input
  bool resuming_ : 1 = false;
  bool server_gone_ : 1 = false;     // reset; the client still gets what was read
  bool begun_ : 1 = false;           // the content phase was reached
  bool client_failed_ : 1 = false;   // reset, or another error, when it was read from
  bool has_tls_place_ : 1 = false;   // its server's connection counts in maxsslconn
  bool exchanged_ : 1 = false;       // bytes passed after the begin of the relay
  bool holding_ : 1 = false;         // the server's bytes wait for rules
  bool header_counted_ : 1 = false;  // what was read ahead of a header was counted as the client's
  bool awaits_netscaler_ : 1 = false;
  std::uint32_t magic_ = 0;  // of the NetScaler header
  fetchers::Endpoint way_target_ = {};
  route::Session session_;
};

}  // namespace shunt::runtime
