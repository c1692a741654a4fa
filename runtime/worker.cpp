// A thread of the data path: acceptors and streams on one engine, nested in one io_context.
#include "runtime/worker.hpp"

#include <algorithm>
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
      : tools(options, *this, *this,
              [this](std::function<void()> task) {
                asio::post(io, [this, task = std::move(task)] {
                  tools.engine.refresh_now();
                  task();
                  driver.touch();
                });
              }),
        driver(io, tools.engine, *this),
        sockets(options.generation->sockets),
        maxconn(options.maxconn),
        connects_inside(options.connects_inside) {
    add_generation(options.generation);
    options.counters->waiters.enroll(*this);
  }

  void add_generation(std::shared_ptr<const Generation> generation) {
    contexts.push_back(std::make_unique<ThreadContext>(tools, std::move(generation)));
    ThreadContext& thread = *contexts.back();
    for (graph::Listener const& listener : thread.graph().traffic_listeners()) {
      if (thread.graph().proxies[listener.frontend].disabled) continue;
      acceptors.push_back(
          std::make_unique<Acceptor>(thread, *thread.sockets, listener.id, tools.number, maxconn));
      if (connects_inside) tools.inner.put(listener, *acceptors.back());
    }
  }

  // Clients that wait at a socket that goes away are still served.
  void adopt(std::shared_ptr<const Generation> generation) {
    tools.engine.refresh_now();
    for (auto const& acceptor : acceptors) {
      if (!generation->sockets->holds(acceptor->descriptor())) acceptor->drain();
      acceptor->hand_over();
      tools.inner.remove(*acceptor);
    }
    acceptors.clear();
    for (auto const& [path, socket] : generation->log_sockets) tools.log.use_socket(path, socket->get());
    tools.log.prepare(*generation->graph);
    add_generation(std::move(generation));
    if (!finishing)
      for (auto const& acceptor : acceptors) acceptor->start();
    release_unused();
    driver.touch();
  }

  void release_unused() {
    while (contexts.size() > 1) {
      auto const unused = std::ranges::find_if(contexts.begin(), contexts.end() - 1,
                                               [](auto const& context) { return context->living == 0; });
      if (unused == contexts.end() - 1) return;
      auto generation = std::move((*unused)->generation);
      contexts.erase(unused);
      if (release) release(std::move(generation));
    }
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
      tools.engine.refresh_now();
      deliver();
      driver.touch();
    });
  }

  void await_place() override { tools.counters->waiters.wait(*this); }

  void stream_ended() override {
    reconsider();
    tools.counters->waiters.place_freed();
    release_unused();
    if (finishing && tools.stream_count == 0) end();
  }

  void going_idle() override { tools.log.flush(); }

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
    finishing = true;
    if (tools.stream_count == 0) end();
  }

  void stop() {
    tools.engine.refresh_now();
    stop_accepting();
    while (tools.streams) tools.streams->kill();
    tools.log.flush();
    end();
  }

  template <class Act>
  void for_each_stream(const Act& act) {
    tools.engine.refresh_now();
    for (Stream *stream = tools.streams, *next = nullptr; stream != nullptr; stream = next) {
      next = stream->next();
      act(*stream);
    }
    driver.touch();
  }

  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  ThreadTools tools;
  std::vector<std::unique_ptr<ThreadContext>> contexts;  // the last one gets the new connections
  std::vector<std::unique_ptr<Acceptor>> acceptors;      // of the last one
  EngineDriver driver;
  Release release;
  std::shared_ptr<ListeningSockets> sockets;  // of the newest generation, for the main thread
  std::uint32_t maxconn;
  bool connects_inside;
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
  while (data_->tools.streams) data_->tools.streams->kill();
  data_->tools.engine.turn(0);  // destroys what was killed while the acceptors are still here
  data_->tools.log.flush();
}

void Worker::on_release(Release release) { data_->release = std::move(release); }

void Worker::adopt(std::shared_ptr<const Generation> generation, std::uint32_t maxconn,
                   std::function<void()> done) {
  data_->sockets = generation->sockets;
  post([data = data_.get(), generation = std::move(generation), maxconn, done = std::move(done)]() mutable {
    data->maxconn = maxconn;
    data->adopt(std::move(generation));
    done();
  });
}

void Worker::renew(const Generation* generation, std::shared_ptr<const TlsSet> set, Replaced done) {
  post([data = data_.get(), generation, set = std::move(set), done = std::move(done)]() mutable {
    for (auto const& context : data->contexts)
      if (context->generation.get() == generation) context->renewed.swap(set);
    done(std::move(set));
  });
}

void Worker::staple(std::vector<CertificatePtr> certificates, std::shared_ptr<const StapledAnswer> answer) {
  post([data = data_.get(), certificates = std::move(certificates), answer = std::move(answer)] {
    data->tools.tls.stapled.put(certificates, answer);
  });
}

// Nobody gets in any more when this returns: shutting a listener down needs no thread of its own.
void Worker::finish_and_stop() {
  data_->tools.counters->stopping.store(true, std::memory_order_relaxed);
  data_->sockets->close_all();
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

void Worker::end_sessions(const route::ServerState* server, route::EndCause cause) {
  post([data = data_.get(), server, cause] {
    data->for_each_stream([&](Stream& stream) { stream.end_if_on(server, cause); });
  });
}

void Worker::end_generation(const Generation* generation) {
  post([data = data_.get(), generation] {
    data->for_each_stream([&](Stream& stream) {
      if (stream.generation() == generation) stream.kill();
    });
    data->tools.log.flush();
  });
}

void Worker::post(std::function<void()> task) { asio::post(data_->io, std::move(task)); }

void Worker::ask_for_pools(std::function<void(const PoolUses&)> then) {
  post([data = data_.get(), then = std::move(then)] { then(data->tools.pools()); });
}

std::uint32_t Worker::connections() const {
  return data_->tools.stream_count.load(std::memory_order_relaxed);
}

}  // namespace shunt::runtime
