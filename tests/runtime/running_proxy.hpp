// A configuration served by real workers inside the test process, with a loopback server that the test
// scripts.
#pragma once
#include <arpa/inet.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "graph/load.hpp"
#include "parser/printer.hpp"
#include "runtime/listening_sockets.hpp"
#include "runtime/network_namespaces.hpp"
#include "runtime/open_listener.hpp"
#include "runtime/tls/tls_context.hpp"
#include "runtime/worker.hpp"
#include "tests/runtime/socket_test_tools.hpp"

namespace shunt::runtime {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline int listening_on_loopback(std::uint16_t& port) {
  int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::listen(fd, 64);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

// Ports that nobody listens on now, all different.
template <std::size_t Count>
std::array<std::uint16_t, Count> free_ports() {
  std::array<std::uint16_t, Count> ports{};
  std::array<int, Count> held{};
  for (std::size_t i = 0; i < Count; ++i) held[i] = listening_on_loopback(ports[i]);
  for (int const fd : held) ::close(fd);
  return ports;
}

inline std::uint16_t free_port() { return free_ports<1>()[0]; }

inline int connect_to(std::uint16_t port) {
  int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in const address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

// Accepts connections one after the other and gives each to `serve` on a thread of its own.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::function<void(int)> serve) : fd_(listening_on_loopback(port)) {
    acceptor_ = std::thread([this, serve = std::move(serve)] {
      for (;;) {
        int const fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        served_.emplace_back([serve, fd] {
          serve(fd);
          ::close(fd);
        });
      }
    });
  }
  ~LoopbackServer() {
    ::shutdown(fd_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& one : served_) one.join();
    ::close(fd_);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port = 0;

 private:
  int fd_;
  std::thread acceptor_;
  std::vector<std::thread> served_;
};

inline void echo(int fd) {
  std::array<char, 65536> bytes;
  for (ssize_t got; (got = ::recv(fd, bytes.data(), bytes.size(), 0)) > 0;)
    if (::send(fd, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) return;
}

class RunningProxy {
 public:
  // Throws nothing; `error` says why it does not run.
  explicit RunningProxy(const std::string& text, std::uint32_t threads = 1, std::uint32_t maxconn = 0) {
    auto loaded = graph::load_text("test.cfg", text, {});
    if (!loaded->graph) {
      error = "the configuration has errors";
      return;
    }
    auto generation = std::make_shared<Generation>();
    generation->graph = std::shared_ptr<const graph::Graph>(std::move(loaded->graph));
    generation->state = std::make_shared<route::State>(*generation->graph);
    generation->namespaces = NetworkNamespaces::open(*generation->graph, nullptr).value();
    for (graph::Listener const& listener : generation->graph->listeners) {
      generation->tls.emplace_back();
      if (!listener.tls) continue;
      auto made = TlsContext::make(*listener.tls, generation->graph->certificates);
      if (made) generation->tls.back() = made.value();
    }
    FreshPaths paths;
    generation->sockets = ListeningSockets::open(*generation->graph, threads, paths, findings);
    if (generation->sockets && paths.put_in_place()) paths.keep();
    generation_ = generation;
    if (!generation->sockets) {
      error = findings.front().message;
      return;
    }
    for (std::uint32_t i = 0; i < threads; ++i)
      workers.push_back(std::make_unique<Worker>(
          WorkerOptions{.number = i, .generation = generation_, .counters = &counters, .maxconn = maxconn}));
    threads_count_ = threads;
    maxconn_ = maxconn;
    for (auto const& worker : workers)
      worker->on_release([this](std::shared_ptr<const Generation> unused) {
        unused.reset();
        released.fetch_add(1);
      });
    for (auto const& worker : workers) threads_.emplace_back([&worker = *worker] { worker.run(); });
  }
  ~RunningProxy() {
    for (auto const& worker : workers) worker->stop();
    join();
  }
  RunningProxy(const RunningProxy&) = delete;
  RunningProxy& operator=(const RunningProxy&) = delete;

  // Gives the workers another configuration, as a reload does; false: it can't be. `meanwhile` is called when
  // they have been told.
  bool reload(const std::string& text, const std::function<void()>& meanwhile = {}) {
    auto loaded = graph::load_text("test.cfg", text, {});
    if (!loaded->graph) return false;
    auto next = std::make_shared<Generation>();
    next->graph = std::shared_ptr<const graph::Graph>(std::move(loaded->graph));
    next->state = std::make_shared<route::State>(*next->graph, *generation_->state);
    next->namespaces = NetworkNamespaces::open(*next->graph, nullptr).value();
    next->tls.resize(next->graph->listeners.size());
    FreshPaths paths;
    next->sockets =
        ListeningSockets::next(*next->graph, *generation_->sockets, [&](const graph::Listener& listener) {
          return open_listener(*next->graph, listener, threads_count_, paths, findings);
        });
    if (!next->sockets || !paths.put_in_place() ||
        !next->sockets->begin_listening(*generation_->sockets, findings))
      return false;
    paths.keep();
    next->state->install();
    next->sockets->take_over(*generation_->sockets);
    std::latch switched(static_cast<std::ptrdiff_t>(workers.size()));
    for (auto const& worker : workers) worker->adopt(next, maxconn_, [&] { switched.count_down(); });
    if (meanwhile) meanwhile();
    switched.wait();
    generation_->sockets->close_but_those_of(*next->sockets);
    generation_ = next;
    return true;
  }

  void join() {
    for (std::thread& one : threads_)
      if (one.joinable()) one.join();
  }
  [[nodiscard]] route::State& state() const { return *generation_->state; }

  [[nodiscard]] std::shared_ptr<const Generation> generation() const { return generation_; }

  std::string error;
  std::atomic<int> released{0};  // generations that a worker gave back
  std::vector<BindFinding> findings;
  ProcessCounters counters;
  std::vector<std::unique_ptr<Worker>> workers;

 private:
  std::shared_ptr<const Generation> generation_;
  std::vector<std::thread> threads_;
  std::uint32_t threads_count_ = 1, maxconn_ = 0;
};

}  // namespace shunt::runtime
