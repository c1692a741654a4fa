// A thread of the data path: acceptors and streams on one engine, nested in one io_context.
#include "runtime/worker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <vector>

#include "runtime/acceptor.hpp"
#include "runtime/engine_driver.hpp"
#include "runtime/stream.hpp"
#include "runtime/thread_context.hpp"

namespace shunt::runtime {

namespace asio = boost::asio;

struct Worker::Data final : StreamObserver, IdleHook, SlotWaiters::Waiter, route::Wakeups {
  explicit Data(const WorkerOptions& options)
      : thread(options, *this, *this), driver(io, thread.engine, *this) {
    auto const& listeners = options.generation->graph->listeners;
    acceptors.reserve(listeners.size());
    for (graph::Listener const& listener : listeners) {
      if (options.generation->graph->proxies[listener.frontend].disabled) continue;
      acceptors.push_back(
          std::make_unique<Acceptor>(thread, *options.sockets, listener.id, options.number, options.maxconn));
      if (options.connects_inside) thread.inner.put(listener, *acceptors.back());
    }
    options.counters->waiters.enroll(*this);
  }

  void reconsider() {
    for (auto const& acceptor : acceptors) acceptor->reconsider();
  }

  void wake() override {
    asio::post(io, [this] { reconsider(); });
  }

  // Sessions whose turn for a server has come.
  void ring() override {
    asio::post(io, [this] {
      thread.engine.refresh_now();
      deliver();
      driver.touch();
    });
  }

  void await_place() override { thread.counters->waiters.wait(*this); }

  void stream_ended() override {
    reconsider();
    thread.counters->waiters.place_freed();
    if (finishing && thread.stream_count == 0) end();
  }

  void going_idle() override { thread.log.flush(); }

  void stop_accepting() {
    for (auto const& acceptor : acceptors) acceptor->stop();
  }

  void end() {
    driver.stop();
    work.reset();
    io.stop();
  }

  void finish_and_stop() {
    stop_accepting();
    thread.sockets->close_all();
    finishing = true;
    if (thread.stream_count == 0) end();
  }

  void stop() {
    thread.engine.refresh_now();
    stop_accepting();
    while (thread.streams) thread.streams->kill();
    thread.log.flush();
    end();
  }

  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  ThreadContext thread;
  std::vector<std::unique_ptr<Acceptor>> acceptors;
  EngineDriver driver;
  bool finishing = false;
};

Worker::Worker(const WorkerOptions& options) : data_(std::make_unique<Data>(options)) {}
Worker::~Worker() = default;

void Worker::run() {
  // splice(2) to a closed socket raises SIGPIPE and has no flag against it.
  sigset_t pipe_signal;
  ::sigemptyset(&pipe_signal);
  ::sigaddset(&pipe_signal, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
  for (auto const& acceptor : data_->acceptors) acceptor->start();
  data_->driver.start();
  data_->io.run();
  while (data_->thread.streams) data_->thread.streams->kill();
  data_->thread.engine.turn(0);  // destroys what was killed while the acceptors are still here
  data_->thread.log.flush();
}

// Nobody gets in any more when this returns: shutting a listener down needs no thread of its own.
void Worker::finish_and_stop() {
  data_->thread.counters->stopping.store(true, std::memory_order_relaxed);
  data_->thread.sockets->close_all();
  asio::post(data_->io, [data = data_.get()] { data->finish_and_stop(); });
}

void Worker::suspend() {
  post([data = data_.get()] {
    for (auto const& acceptor : data->acceptors) acceptor->suspend();
  });
}

void Worker::resume() {
  post([data = data_.get()] {
    for (auto const& acceptor : data->acceptors) acceptor->resume();
  });
}

void Worker::stop() {
  asio::post(data_->io, [data = data_.get()] { data->stop(); });
}

void Worker::end_sessions(graph::ServerId server, route::EndCause cause) {
  post([data = data_.get(), server, cause] {
    data->thread.engine.refresh_now();
    for (Stream *stream = data->thread.streams, *next = nullptr; stream != nullptr; stream = next) {
      next = stream->next();
      stream->end_if_on(server, cause);
    }
    data->driver.touch();
  });
}

void Worker::post(std::function<void()> task) { asio::post(data_->io, std::move(task)); }

void Worker::ask_for_pools(std::function<void(const PoolUses&)> then) {
  post([data = data_.get(), then = std::move(then)] { then(data->thread.pools()); });
}

std::uint32_t Worker::connections() const {
  return data_->thread.stream_count.load(std::memory_order_relaxed);
}

}  // namespace shunt::runtime
