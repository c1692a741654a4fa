// The sans-io machine of one session, from accept to chosen server: rules, waits, retries, the log record. Time and bytes come in.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fetchers/context.hpp"
#include "fetchers/log_record.hpp"
#include "fetchers/variables.hpp"
#include "fetchers/wire/proxy_header.hpp"
#include "graph/graph.hpp"
#include "route/state.hpp"

namespace shunt::route {

// What one thread lends to its sessions of one generation.
struct Facilities {
  const graph::Graph* graph = nullptr;
  State* state = nullptr;
  fetchers::Scratch* scratch = nullptr;
  const fetchers::ProxiesView* proxies = nullptr;   // route/proxies_view.hpp has the one over State
  std::uint64_t random_state = 0;                   // per thread
};

enum class EventKind : std::uint8_t {
  accepted,              // the very first event
  proxy_header,          // `header`
  proxy_header_failed,   // `text` is what to log
  tls_established,       // `tls`
  tls_failed,            // `text` is what to log
  input,                 // bytes arrived or input ended: `input`
  deadline,              // the deadline of the last Step has passed
  client_reset,          // RST or an error on the client's socket before `relay`
  connected,
  connect_failed,        // refused, reset, unreachable: `text` names it
  connect_impossible,    // local resource: no port, no descriptor
};

struct Event {
  EventKind kind = EventKind::accepted;
  Time at = {};
  fetchers::BufferedBytes input = {};                  // all that is buffered, whenever bytes can be read in this phase
  bool input_ended = false;                            // the client has finished sending
  const fetchers::wire::ProxyHeader* header = nullptr;
  const fetchers::TlsView* tls = nullptr;              // must outlive the session
  std::string_view text = {};
};

// What the driver has to do next. After each Step it waits for the events named there, and for `deadline` if there is one.
struct Step {
  enum class Kind : std::uint8_t {
    read_proxy_header,   // then proxy_header or proxy_header_failed
    handshake_tls,       // then tls_established or tls_failed
    wait_input,          // then input (each time bytes arrive or input ends) or client_reset
    connect,             // to `target`/`server`; then connected, connect_failed, connect_impossible; input and client_reset too
    wait_retry,          // nothing but the deadline (and input, client_reset)
    relay,               // move bytes until finish() is called
    close                // the session is over: log (see log_kind), then close both sockets
  } kind = Kind::close;
  std::optional<Time> deadline = {};
  graph::ServerId server = graph::none;
  fetchers::Endpoint target = {};      // connect: where to; family unix_socket: the path in the server's address
  bool reset = false;                  // close: with RST
};

// How the relay phase ended.
enum class EndCause : std::uint8_t { done, client_reset, server_reset, client_timeout, server_timeout, stopped };

enum class LogKind : std::uint8_t { nothing, session, error };

class Session final : public fetchers::ConnectionView {
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
  void count_to_client(std::uint64_t bytes) { bytes_to_client_ += bytes; }
  void count_to_server(std::uint64_t bytes) { bytes_to_server_ += bytes; }

  // What the server is to be told before the first byte; empty without send-proxy.
  [[nodiscard]] std::string proxy_header_to_send() const;

  // After `close`, or after `relay` with option logasap: what has to be logged, and its contents.
  [[nodiscard]] LogKind log_kind() const;
  void fill(fetchers::LogRecord& record, Time now) const;
  [[nodiscard]] std::string_view error_text() const;
  // A context for log formats; `record` must outlive its use.
  [[nodiscard]] fetchers::Context log_context(const fetchers::LogRecord& record) const;

  [[nodiscard]] const graph::Listener& listener() const;
  [[nodiscard]] const graph::Proxy& frontend() const;
  [[nodiscard]] const graph::Proxy* backend() const;           // null before one is chosen
  [[nodiscard]] const graph::Server* server() const;           // null before one is chosen

  // fetchers::ConnectionView: the client as rules see it (after a PROXY header, the announced one).
  [[nodiscard]] fetchers::Endpoint source() const override;
  [[nodiscard]] fetchers::Endpoint destination() const override;
  [[nodiscard]] std::string_view proxy_tlvs() const override;
  [[nodiscard]] bool received_proxy_header() const override;

 private:
  // The implementer lays this out compactly: ten thousands of sessions are idle in relay at a time.
  std::uint64_t bytes_to_client_ = 0;
  std::uint64_t bytes_to_server_ = 0;
};

// The one idle limit that applies to a relaying connection now. Activity in either direction restarts it.
struct IdleLimit {
  std::optional<graph::Milliseconds> limit = {};
  EndCause cause = EndCause::client_timeout;
};
[[nodiscard]] IdleLimit idle_limit(const graph::Timeouts& frontend, const graph::Timeouts& backend, bool client_ended,
                                   bool server_ended);

}  // namespace shunt::route
