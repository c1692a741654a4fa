// Carries out what the resolutions of a section want: questions with ids that nobody can guess, and their
// times.
#include "runtime/names/name_section.hpp"

#include <fmt/core.h>

#include <utility>

namespace shunt::runtime {

NameSection::NameSection(boost::asio::io_context& io, const graph::Resolvers& settings, Ended ended)
    : settings_(settings),
      ended_(std::move(ended)),
      timer_(io),
      sockets_(io, settings,
               [this](std::size_t server, std::string_view message) { heard(server, message); }) {}

AskedName& NameSection::name(NameKey key) {
  std::unique_ptr<AskedName>& found = names_[key];
  if (!found) found = std::make_unique<AskedName>(settings_, std::move(key));
  return *found;
}

void NameSection::begin(AskedName& name) {
  if (!name.resolution.asking()) follow(name, name.resolution.begin(NameClock::now()), {});
}

void NameSection::reconsider(AskedName& name) {
  if (name.wanted()) return;
  close_question(name);
  unschedule(name);
  const NameKey key = name.resolution.key();
  names_.erase(key);
}

void NameSection::forget(std::uint64_t number) {
  for (auto& [key, name] : names_) {
    if (std::erase_if(name->waiters, [&](const NameRequest& each) { return each.number == number; }) == 0)
      continue;
    return reconsider(*name);
  }
}

std::vector<NameRequest> NameSection::take_requests() {
  std::vector<NameRequest> taken;
  for (auto& [key, name] : names_)
    for (NameRequest& waiter : std::exchange(name->waiters, {})) taken.push_back(std::move(waiter));
  return taken;
}

void NameSection::heard(std::size_t server, std::string_view message) {
  const auto id = message_id(message);
  const auto found = id ? open_.find(*id) : open_.end();
  if (found == open_.end()) return;
  AskedName& name = *found->second;
  const DnsAnswer answer = read_answer(message, name.resolution.key().name, name.resolution.type());
  const std::string by = fmt::format("{}/{}", settings_.name, settings_.servers[server].name);
  follow(name, name.resolution.heard(NameClock::now(), answer), by);
}

void NameSection::follow(AskedName& name, const Resolution::Turn& turn, std::string_view by) {
  if (turn.ask) ask(name, *turn.ask);
  if (turn.ended) close_question(name);
  schedule(name);
  if (turn.ended) ended_(*this, name, by);
}

// A name that has no place in a question is one without an answer.
void NameSection::ask(AskedName& name, RecordType type) {
  close_question(name);
  const std::uint16_t id = fresh_id();
  const auto query = make_query(name.resolution.key().name, type, id, settings_.payload);
  if (!query) return;
  if (!open_.emplace(id, &name).second) return;  // all ids are in use
  name.id = id;
  sockets_.send(*query);
}

void NameSection::close_question(AskedName& name) {
  if (name.id) open_.erase(*name.id);
  name.id.reset();
}

std::uint16_t NameSection::fresh_id() {
  for (;;) {
    const auto id = static_cast<std::uint16_t>(random_());
    if (!open_.contains(id) || open_.size() > 60000) return id;
  }
}

void NameSection::unschedule(AskedName& name) { due_.erase({name.scheduled, &name}); }

void NameSection::schedule(AskedName& name) {
  unschedule(name);
  name.scheduled = name.resolution.due();
  due_.insert({name.scheduled, &name});
  arm();
}

void NameSection::arm() {
  if (due_.empty()) return;
  const NameTime first = due_.begin()->first;
  if (timer_.expiry() == first) return;
  timer_.expires_at(first);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
    if (!error && !alive.expired()) on_time();
  });
}

void NameSection::on_time() {
  const NameTime now = NameClock::now();
  while (!due_.empty() && due_.begin()->first <= now) {
    AskedName& name = *due_.begin()->second;
    follow(name, name.resolution.waited(now), {});
  }
  arm();
}

}  // namespace shunt::runtime
