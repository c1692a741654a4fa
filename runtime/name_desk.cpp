// A thread's requests for addresses of names, by ticket: an answer that comes too late finds nobody.
#include "runtime/name_desk.hpp"

namespace shunt::runtime {

namespace {

constexpr int thread_bits = 48;

}  // namespace

NameDesk::NameDesk(std::uint32_t thread, const NameRequests* requests, Post post)
    : requests_(requests), post_(std::move(post)), last_(Ticket{thread} << thread_bits) {}

route::NameAnswers::Ticket NameDesk::ask(const graph::Resolvers& resolvers, std::string_view name,
                                         fetchers::Family preferred, route::NameListener& listener) {
  const Ticket ticket = ++last_;
  waiting_.emplace(ticket, &listener);
  auto answer = [this, ticket](const fetchers::Endpoint& found) {
    post_([this, ticket, found] { deliver(ticket, found); });
  };
  if (requests_ != nullptr)
    requests_->begin({.number = ticket,
                      .resolvers = resolvers.name,
                      .name = std::string(name),
                      .preferred = preferred,
                      .answer = std::move(answer)});
  return ticket;
}

void NameDesk::forget(Ticket ticket) {
  if (waiting_.erase(ticket) != 0 && requests_ != nullptr) requests_->forget(ticket);
}

void NameDesk::deliver(Ticket ticket, const fetchers::Endpoint& found) {
  auto const waiting = waiting_.extract(ticket);
  if (waiting) waiting.mapped()->name_answered(found);
}

}  // namespace shunt::runtime
