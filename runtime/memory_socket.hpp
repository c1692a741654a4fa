// One end of a connection inside one thread: what a unix stream socket would do, without the kernel.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "runtime/buffer.hpp"
#include "runtime/engine.hpp"
#include "runtime/pipe_pool.hpp"

namespace shunt::runtime {

struct RelayTools;

// Both ends belong to the thread of the engine. At rest it holds no buffer.
class MemorySocket final : public Engine::Posted {
 public:
  static constexpr std::size_t capacity = 64U << 10;  // bytes that one end may send ahead

  // Two ends that are connected; each is given up by close().
  [[nodiscard]] static std::pair<MemorySocket*, MemorySocket*> make_pair(Engine& engine, RelayTools& tools);

  // As recv(2), send(2) with MSG_NOSIGNAL, shutdown(2) with SHUT_WR and SO_ERROR of a non-blocking socket: -1
  // and errno.
  [[nodiscard]] ssize_t receive(char* to, std::size_t size);
  [[nodiscard]] ssize_t send(std::string_view bytes);
  void shutdown_write();
  [[nodiscard]] int take_error();
  // False: nothing can be sent any more; send() says EPIPE.
  [[nodiscard]] bool can_send() const { return peer_ != nullptr && !output_over_; }
  // Bytes that are in the kernel already go on as they are: a pipe with bytes changes hands. False: not now,
  // as EAGAIN, of one that can_send().
  [[nodiscard]] bool send_pipe(Pipe* pipe);
  [[nodiscard]] Pipe* receive_pipe();  // null: receive() knows more

  // The next close() is one with unread bytes.
  void leave_unread() { left_unread_ = true; }
  // Unread bytes make the other end fail with ECONNRESET, as those of a unix socket do.
  void close();

  // As an edge-triggered epoll set: on_ready() comes from the engine, never from inside a call, first for
  // what is ready now.
  void watch(Handler& handler, unsigned side, std::uint32_t events);

  void deliver() override;

 private:
  MemorySocket(Engine& engine, RelayTools& tools) : engine_(engine), tools_(tools) {}
  ~MemorySocket() = default;
  void announce();
  [[nodiscard]] std::uint32_t state() const;
  [[nodiscard]] ssize_t receive_from_pipe(char* to, std::size_t size);
  void taken();  // the other end may go on sending
  void drop_inbox();
  void forget_if_over();

  Engine& engine_;
  RelayTools& tools_;
  MemorySocket* peer_ = nullptr;  // null: it has closed
  Handler* handler_ = nullptr;
  Buffer* inbox_ = nullptr;
  Pipe* pipe_ = nullptr;  // instead of the inbox
  std::uint32_t watched_ = 0;
  unsigned side_ = 0;
  int error_ = 0;
  bool posted_ = false;
  bool closed_ = false;
  bool input_over_ = false;   // the other end sends no more
  bool output_over_ = false;  // this one doesn't
  bool left_unread_ = false;
  bool held_up_ = false;  // its last send() was not taken in full
};

}  // namespace shunt::runtime
