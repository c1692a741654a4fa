// From the threads that see connections to servers fail to the one that judges servers.
#pragma once
#include <functional>

#include "route/session.hpp"

namespace shunt::runtime {

class ServerErrors final : public route::ServerObserver {
 public:
  // Before the threads run. `listener` is called on any of them.
  void listen(std::function<void(graph::ServerId)> listener) { listener_ = std::move(listener); }
  void failed_too_often(graph::ServerId server) override {
    if (listener_) listener_(server);
  }

 private:
  std::function<void(graph::ServerId)> listener_;
};

}  // namespace shunt::runtime
