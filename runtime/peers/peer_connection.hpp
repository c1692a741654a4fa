// One connection between peers on the io_context of the main thread: socket, TLS, hello, time limits; what is
// said then is a PeerSession's.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "runtime/peers/peer_hello.hpp"
#include "runtime/peers/peer_session.hpp"
#include "runtime/transport.hpp"

namespace shunt::runtime {

class OutgoingTls;
class PeerConnection;
class TlsContext;
struct TlsTools;

// The section that a connection belongs to. Nothing is called once PeerConnection::close() was.
class PeerHost {
 public:
  [[nodiscard]] virtual const std::string& local_name() const = 0;
  // A process says who it is. Succeeded: the connection has a session now.
  [[nodiscard]] virtual PeerStatus greeted(PeerConnection& connection, const PeerHello& hello) = 0;
  // The process that we have called has answered; if it is ready, the connection gets a session.
  virtual void answered(PeerConnection& connection, std::uint32_t status) = 0;
  // Both know each other.
  virtual void established(PeerConnection& connection) = 0;
  virtual void lesson_ended(PeerConnection& connection, bool complete) = 0;
  virtual void lesson_confirmed(PeerConnection& connection) = 0;
  [[nodiscard]] virtual bool knows_all() const = 0;
  // It can't go on and is closed.
  virtual void ended(PeerConnection& connection) = 0;

 protected:
  ~PeerHost() = default;
};

class PeerConnection final : public PeerSessionOwner, public std::enable_shared_from_this<PeerConnection> {
 public:
  PeerConnection(boost::asio::io_context& io, TlsTools& tls_tools, PeerHost& host, int fd);

  // Somebody has connected; `tls`: null without.
  void accept(const TlsContext* tls);
  // The socket is connecting to the process of that name.
  void call(std::shared_ptr<const OutgoingTls> tls, std::string name);
  void close();
  void give_session(std::span<const SharedTable> tables, std::vector<PeerProgress>& progress, bool timed);

  // Says what there is to say.
  void push();
  [[nodiscard]] PeerSession* session() { return session_ ? &*session_ : nullptr; }
  [[nodiscard]] const PeerSession* session() const { return session_ ? &*session_ : nullptr; }
  [[nodiscard]] bool misunderstood() const { return misunderstood_; }
  [[nodiscard]] bool has_tls() const { return transport_.tls() != nullptr; }
  [[nodiscard]] bool talks() const { return phase_ == Phase::talking; }
  [[nodiscard]] bool outgoing() const { return outgoing_; }
  [[nodiscard]] int descriptor() const { return transport_.fd(); }

  void lesson_ended(bool complete) override;
  void lesson_confirmed() override;
  [[nodiscard]] bool knows_all() const override;

 private:
  enum class Phase : std::uint8_t { connecting, handshake, hello, talking, closed };
  using Clock = std::chrono::steady_clock;
  using Ready = void (PeerConnection::*)();

  void await(bool output, Ready next);
  void limit(std::chrono::milliseconds time);
  void watch_silence();
  void connected();
  void begin_handshake(TlsConnection* tls);
  void shake_hands();
  void say_hello();
  void readable();
  void writable();
  [[nodiscard]] bool understand(std::string_view bytes);
  [[nodiscard]] bool understand_hello(std::string_view& bytes);
  [[nodiscard]] bool understand_answer(std::string_view& bytes);
  void talk();
  [[nodiscard]] bool write();
  void end();

  boost::asio::io_context& io_;
  TlsTools& tls_tools_;
  PeerHost* host_;  // null: nobody is told any more
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer timer_;
  Transport transport_;
  Phase phase_ = Phase::hello;
  bool outgoing_ = false, writing_ = false, misunderstood_ = false;
  std::shared_ptr<const OutgoingTls> tls_;  // towards the one that we call
  std::string name_;                        // ... and its name
  PeerHelloReader hello_;
  PeerStatusReader answer_;
  std::optional<PeerSession> session_;
  std::string plain_;  // what is said before the session
  Clock::time_point heard_ = {}, spoke_ = {};
  Clock::time_point blocked_ = {};  // since when the output waits
};

}  // namespace shunt::runtime
