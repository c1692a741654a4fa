// From the threads that see connections to servers fail to the one that judges servers.
#pragma once
#include <functional>
#include <utility>

#include "route/session.hpp"

namespace shunt::runtime {

class ServerErrors {
 public:
  // Servers are known by their state, whatever a generation calls them.
  using Listener = std::function<void(const route::ServerState*)>;
  // Before the threads run. `listener` is called on any of them.
  void listen(Listener listener) { listener_ = std::move(listener); }
  void failed_too_often(const route::ServerState* server) const {
    if (listener_) listener_(server);
  }

 private:
  Listener listener_;
};

// What the sessions of one generation tell.
class GenerationErrors final : public route::ServerObserver {
 public:
  GenerationErrors(const route::State& state, const ServerErrors* told) : state_(state), told_(told) {}
  void failed_too_often(graph::ServerId server) override {
    if (told_ != nullptr) told_->failed_too_often(&state_.server(server));
  }

 private:
  const route::State& state_;
  const ServerErrors* told_;
};

}  // namespace shunt::runtime
