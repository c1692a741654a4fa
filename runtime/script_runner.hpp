// Gives a check's program sockets, TLS and time.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "fetchers/endpoint.hpp"
#include "graph/server.hpp"
#include "runtime/check_run.hpp"
#include "runtime/socket_address.hpp"
#include "runtime/transport.hpp"

namespace shunt::runtime {

class OutgoingTls;
struct TlsTools;

// Where a program's connections lead unless its steps say otherwise.
struct ScriptSurroundings {
  SocketAddress address = {};
  std::uint16_t port = 0;                           // of steps with an address of their own
  std::function<int(int family)> open_socket = {};  // -1 and errno
  std::function<void(const fetchers::Endpoint& here, const fetchers::Endpoint& there)> connected = {};
  std::shared_ptr<const OutgoingTls> tls = {};
  bool tls_by_default = false;
  std::string server_name = {}, protocols = {};
  graph::SendProxy proxy_header = graph::SendProxy::none;
  std::chrono::milliseconds connect_limit{2000};
  std::optional<std::chrono::milliseconds> answer_limit = {};  // from each connection on
};

// One program at a time; on the io_context of the main thread.
class ScriptRunner : public std::enable_shared_from_this<ScriptRunner> {
 public:
  using Done = std::function<void(const CheckConclusion& conclusion)>;

  ScriptRunner(boost::asio::io_context& io, TlsTools& tls_tools)
      : tls_tools_(tls_tools), timer_(io), socket_(io) {}
  // `program` must outlive the run.
  void run(const graph::CheckProgram& program, CheckTools tools, ScriptSurroundings surroundings, Done done);
  void stop();
  [[nodiscard]] bool running() const { return run_.has_value(); }

 private:
  using Clock = std::chrono::steady_clock;
  using Ready = void (ScriptRunner::*)();
  void go_on();
  void open();
  void start_tls();
  void shake_hands();
  void connection_stands(bool tls);
  void connected();
  void write();
  void await_input();
  void read();
  [[nodiscard]] IoResult receive(char* to, std::size_t size);
  void await(bool output, Ready next);
  void limit(Clock::time_point end);
  void time_is_over();
  void fail(graph::CheckOutcome outcome, std::string_view what);
  void finish();
  void close(bool gently);
  [[nodiscard]] SocketAddress target();
  [[nodiscard]] bool send_header(int flags);  // of send(2), besides the usual one
  [[nodiscard]] std::string proxy_header();
  [[nodiscard]] bool uses_tls() const;
  [[nodiscard]] bool wants_header() const;

  TlsTools& tls_tools_;
  boost::asio::steady_timer timer_;
  boost::asio::posix::stream_descriptor socket_;
  Transport tls_;  // without a descriptor of its own
  std::optional<CheckRun> run_ = {};
  ScriptSurroundings surroundings_ = {};
  const graph::CheckConnect* connect_ = nullptr;  // of the connection that stands
  SocketAddress address_ = {};
  std::string header_ = {};     // that goes ahead of the first bytes
  Clock::time_point end_ = {};  // of the wait
  Clock::time_point due_ = {};  // when a new connection comes too late
  bool connecting_ = false, in_handshake_ = false, peer_ended_ = false, http_ = false;
  int reset_ = 0;  // the error behind the bytes that are judged still
  Done done_ = {};
};

}  // namespace shunt::runtime
