// From sessions that want the address of a name to the main thread, which asks the name servers, and back.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

#include "route/names.hpp"

namespace shunt::runtime {

struct NameRequest {
  std::uint64_t number = 0;  // no two of the process have the same
  std::string resolvers;     // the section's name: generations number them differently
  std::string name;
  fetchers::Family preferred = fetchers::Family::ipv6;
  std::function<void(const fetchers::Endpoint&)> answer = {};  // from the main thread, once at most
};

// Who hears of requests, on the threads of their sessions.
class NameRequests {
 public:
  using Begin = std::function<void(NameRequest)>;
  using Forget = std::function<void(std::uint64_t number)>;
  // Before the threads run.
  void listen(Begin begin, Forget forget) {
    begin_ = std::move(begin);
    forget_ = std::move(forget);
  }
  void begin(NameRequest request) const {
    if (begin_) begin_(std::move(request));
  }
  void forget(std::uint64_t number) const {
    if (forget_) forget_(number);
  }

 private:
  Begin begin_;
  Forget forget_;
};

// The requests of one thread.
class NameDesk final : public route::NameAnswers {
 public:
  using Post = std::function<void(std::function<void()>)>;
  // `post` runs a task on this thread.
  NameDesk(std::uint32_t thread, const NameRequests* requests, Post post);

  [[nodiscard]] Ticket ask(const graph::Resolvers& resolvers, std::string_view name,
                           fetchers::Family preferred, route::NameListener& listener) override;
  void forget(Ticket ticket) override;

 private:
  void deliver(Ticket ticket, const fetchers::Endpoint& found);

  const NameRequests* requests_;
  Post post_;
  Ticket last_;
  std::unordered_map<Ticket, route::NameListener*> waiting_;
};

}  // namespace shunt::runtime
