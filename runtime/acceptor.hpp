// Takes connections from one listening socket of one thread, within the limits of the process and of the
// frontend.
#pragma once
#include <vector>

#include "runtime/admission.hpp"
#include "runtime/listening_sockets.hpp"
#include "runtime/thread_context.hpp"
#include "runtime/wire.hpp"

namespace shunt::runtime {

struct SocketAddress;

// Lives as long as the thread's engine.
class Acceptor final : public Handler, public Engine::Posted {
 public:
  Acceptor(ThreadContext& thread, ListeningSockets& sockets, graph::ListenerId listener,
           std::uint32_t thread_number, std::uint32_t process_limit);

  void start();
  void stop();       // for good; the socket itself stays
  void hand_over();  // the same, but clients that were accepted begin; it can be destroyed then
  void drain();      // takes the clients that wait now, as far as there are places for them
  [[nodiscard]] int descriptor() const { return fd_; }
  // The process takes a rest (not from unix clients, as in HAProxy), and goes on.
  void suspend();
  void resume();
  // A place was freed somewhere: a paused acceptor looks whether it may go on.
  void reconsider();

  // A client of the same thread. Null: a place or the rates lack, or it does not listen.
  [[nodiscard]] MemorySocket* connect_inside();
  void deliver() override;

  void on_ready(unsigned side, std::uint32_t events) override;
  void on_deadline() override;
  void destroy() override {}

 private:
  enum class State : std::uint8_t { stopped, listening, paused };
  [[nodiscard]] bool reserve();  // a place in the process and in the frontend
  void give_up_place();
  [[nodiscard]] bool place_is_free() const;
  [[nodiscard]] bool take_one();
  void pause();
  [[nodiscard]] bool wait_for_rates();
  void accepted(int fd, const SocketAddress& peer);
  void begin(const Wire& wire, const fetchers::Endpoint& source);

  ThreadContext& thread_;
  const graph::Listener& listener_;
  const graph::Proxy& frontend_;
  int fd_;
  std::uint32_t process_limit_;
  Admission admission_;
  fetchers::Endpoint bound_;  // family none: asked for each connection
  bool shared_;
  bool pauses_;
  bool suspended_ = false;
  bool resource_pause_ = false;         // not to be ended early: descriptors are what is missing
  std::vector<MemorySocket*> arrived_;  // accepted, but not begun
  State state_now_ = State::stopped;
};

}  // namespace shunt::runtime
