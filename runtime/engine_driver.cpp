// One outstanding wait on the nested descriptor, one timer that is moved only to an earlier time.
#include "runtime/engine_driver.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace shunt::runtime {

namespace asio = boost::asio;
using boost::system::error_code;

struct EngineDriver::Data : std::enable_shared_from_this<EngineDriver::Data> {
  Data(asio::io_context& context, Engine& driven, IdleHook& hook)
      : io(context), engine(driven), idle(hook), descriptor(context, driven.descriptor()), timer(context) {}

  void wait() {
    if (waiting) return;
    waiting = true;
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](error_code error) {
                            self->waiting = false;
                            if (!error) self->turn();
                          });
  }

  void turn() {
    if (stopped) return;
    bool const more = engine.turn(0);
    if (stopped) return;
    arm();
    if (more) {
      turn_again();
    } else {
      idle.going_idle();
      wait();
    }
  }

  void turn_again() {
    if (posted) return;
    posted = true;
    asio::post(io, [self = shared_from_this()] {
      self->posted = false;
      self->turn();
    });
  }

  // A timer that is too early costs one idle turn; moving it for every cancelled deadline would cost a system
  // call each.
  void arm() {
    auto const next = engine.next_deadline();
    if (!next || (armed && *armed <= *next)) return;
    armed = next;
    timer.expires_at(*next);
    timer.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->stopped) return;
      self->armed.reset();
      self->turn();
    });
  }

  asio::io_context& io;
  Engine& engine;
  IdleHook& idle;
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  std::optional<Time> armed = {};
  bool waiting = false, posted = false, stopped = false;
};

EngineDriver::EngineDriver(asio::io_context& io, Engine& engine, IdleHook& idle)
    : data_(std::make_shared<Data>(io, engine, idle)) {}

EngineDriver::~EngineDriver() {
  stop();
  data_->descriptor.release();  // the engine owns it
}

void EngineDriver::start() {
  data_->arm();
  data_->wait();
}

void EngineDriver::touch() { data_->turn(); }

void EngineDriver::stop() {
  if (data_->stopped) return;
  data_->stopped = true;
  error_code ignored;
  data_->descriptor.cancel(ignored);
  data_->timer.cancel();
}

}  // namespace shunt::runtime
