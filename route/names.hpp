// How a session asks for the address of a name (`do-resolve`) and hears of it.
#pragma once
#include <cstdint>
#include <string_view>

#include "fetchers/endpoint.hpp"
#include "graph/resolvers.hpp"

namespace shunt::route {

// Who waits for an answer; told on its own thread, never from within ask(). Family none: there is none.
class NameListener {
 public:
  virtual void name_answered(const fetchers::Endpoint& found) = 0;

 protected:
  ~NameListener() = default;
};

// The name servers as the sessions of one thread see them.
class NameAnswers {
 public:
  using Ticket = std::uint64_t;
  [[nodiscard]] virtual Ticket ask(const graph::Resolvers& resolvers, std::string_view name,
                                   fetchers::Family preferred, NameListener& listener) = 0;
  // Nothing is said of it any more.
  virtual void forget(Ticket ticket) = 0;

 protected:
  ~NameAnswers() = default;
};

}  // namespace shunt::route
