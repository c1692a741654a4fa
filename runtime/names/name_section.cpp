// Carries out what the resolutions of a section want: questions with ids that nobody can guess, and their
// times.
#include "runtime/names/name_section.hpp"

#include <fmt/core.h>

#include <utility>

namespace shunt::runtime {

namespace {

std::uint64_t& counter_of(NameServerCounters& counters, AnswerFinding finding) {
  switch (finding) {
    case AnswerFinding::valid: return counters.valid;
    case AnswerFinding::alias_alone: return counters.cname_error;
    case AnswerFinding::empty: return counters.any_err;
    case AnswerFinding::nx: return counters.nx;
    case AnswerFinding::refused: return counters.refused;
    case AnswerFinding::error: return counters.other;
    case AnswerFinding::cut: return counters.truncated;
    case AnswerFinding::invalid: break;
  }
  return counters.invalid;
}

}  // namespace

NameSection::NameSection(boost::asio::io_context& io, const graph::Resolvers& settings,
                         std::vector<NameServerCounters>& counters, Ended ended)
    : settings_(settings),
      counters_(counters),
      ended_(std::move(ended)),
      timer_(io),
      sockets_(io, settings,
               [this](std::size_t server, std::string_view message) { heard(server, message); }) {
  counters_.resize(settings_.servers.size());
  for (const graph::NameServer& server : settings_.servers)
    sources_.push_back(fmt::format("{}/{}", settings_.name, server.name));
}

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

void NameSection::count_update(std::string_view by) {
  for (std::size_t i = 0; i < sources_.size(); ++i)
    if (sources_[i] == by) ++counters_[i].update;
}

// Null: no question has that id, or the message is none that counts as an answer.
AskedName* NameSection::asked_with(std::size_t server, std::string_view message) {
  NameServerCounters& counters = counters_[server];
  if (message.size() > settings_.payload) return ++counters.too_big, nullptr;
  const auto id = message_id(message);
  if (!id) return ++counters.invalid, nullptr;
  const auto found = open_.find(*id);
  if (found != open_.end()) return found->second;
  // HAProxy has ids of its own on streams and drops what it doesn't know [seen].
  if (!settings_.servers[server].stream) ++counters.outdated;
  return nullptr;
}

void NameSection::heard(std::size_t server, std::string_view message) {
  AskedName* const name = asked_with(server, message);
  if (name == nullptr) return;
  const DnsAnswer answer = read_answer(message, name->resolution.key().name, name->resolution.type());
  ++counter_of(counters_[server], answer.finding);
  follow(*name, name->resolution.heard(NameClock::now(), answer), sources_[server]);
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
  sockets_.send(*query, [this](std::size_t server, NameSockets::Sent sent) {
    if (sent == NameSockets::Sent::yes) ++counters_[server].sent;
    if (sent == NameSockets::Sent::failed) ++counters_[server].snd_error;
  });
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
