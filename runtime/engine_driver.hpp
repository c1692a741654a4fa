// Nests an engine in the thread's io_context: its epoll descriptor is one Asio descriptor, its next deadline
// one Asio timer.
#pragma once
#include <memory>

#include "runtime/engine.hpp"

namespace boost::asio {
class io_context;
}

namespace shunt::runtime {

// Called when nothing is left to do at the moment.
class IdleHook {
 public:
  virtual void going_idle() = 0;

 protected:
  ~IdleHook() = default;
};

class EngineDriver {
 public:
  EngineDriver(boost::asio::io_context& io, Engine& engine, IdleHook& idle);
  ~EngineDriver();
  EngineDriver(const EngineDriver&) = delete;
  EngineDriver& operator=(const EngineDriver&) = delete;

  void start();
  // To be called when something outside of an engine callback scheduled a deadline or put work off.
  void touch();
  void stop();  // lets io_context::run() return

 private:
  struct Data;
  std::shared_ptr<Data> data_;
};

}  // namespace shunt::runtime
