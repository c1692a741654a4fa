// Between the sections that ask, the servers that follow, and the sessions that wait.
#include "runtime/names/name_service.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "graph/dns_name.hpp"
#include "graph/server_name.hpp"

namespace shunt::runtime {

NameService::NameService(boost::asio::io_context& io, ServerJournal& journal,
                         std::function<void(graph::ServerId)> back)
    : io_(io), journal_(journal), back_(std::move(back)), servers_(journal.graph(), *this) {}

void NameService::enrol(const graph::Server& server, const graph::NamedServer& named,
                        const NameMemories& before) {
  const route::ServerState& state = journal_.state().server(server.id);
  const auto host = before.find(qualified_name(journal_.graph(), server));
  const bool known_host = host != before.end() && !state.nameless.load();
  servers_.begin(server.id, state.address.load(), state.nameless.load(), known_host ? host->second : "");
  NameSection& section = *sections_[named.resolvers];
  AskedName& name = section.name({named.name, named.service, named.preferred});
  if (!state.nameless.load()) name.resolution.believe(NameClock::now());
  if (!named.service) return name.servers.push_back(server.id);
  auto group = std::ranges::find(name.groups, server.backend, &ServiceGroup::backend);
  if (group == name.groups.end()) group = name.groups.insert(name.groups.end(), {.backend = server.backend});
  group->servers.push_back(server.id);
  if (!known_host) group->free.push_back(server.id);
}

void NameService::start(const NameMemories& before) {
  const graph::Graph& graph = journal_.graph();
  counters_ = journal_.generation().name_counters;
  counters_->resize(graph.resolvers.size());
  for (std::size_t i = 0; i < graph.resolvers.size(); ++i)
    sections_.push_back(std::make_unique<NameSection>(
        io_, graph.resolvers[i], (*counters_)[i],
        [this](NameSection& from, AskedName& name, std::string_view by) { ended(from, name, by); }));
  std::vector<std::pair<NameSection*, AskedName*>> begun;
  for (const graph::Server& server : graph.servers) {
    const graph::NamedServer* const named = graph.name_of(server.id);
    if (named == nullptr || graph.proxies[server.backend].disabled) continue;
    enrol(server, *named, before);
    NameSection& section = *sections_[named->resolvers];
    begun.emplace_back(&section, &section.name({named->name, named->service, named->preferred}));
  }
  for (const auto& [section, name] : begun) section->begin(*name);
}

NameMemories NameService::remember() const {
  NameMemories memories;
  const graph::Graph& graph = journal_.graph();
  for (const graph::Server& server : graph.servers) {
    const graph::NamedServer* const named = graph.name_of(server.id);
    if (named == nullptr || !named->service || graph.proxies[server.backend].disabled) continue;
    if (!servers_.host(server.id).empty())
      memories.emplace(qualified_name(journal_.graph(), server), servers_.host(server.id));
  }
  return memories;
}

// ---- the end of a round

void NameService::ended(NameSection& section, AskedName& name, std::string_view by) {
  const bool valid = name.resolution.status() == AnswerStatus::valid;
  answer_waiters(name);
  if (!valid) {
    servers_.failed(name.resolution, name.groups, NameClock::now());
    servers_.failed(name.resolution, name.servers, NameClock::now());
  } else if (name.resolution.key().service) {
    servers_.answered(name.resolution, name.groups);
  } else {
    servers_.answered(std::as_const(name.resolution), name.servers, by);
    name.resolution.sweep();
  }
  journal_.flush();
  section.reconsider(name);
}

void NameService::answer_waiters(AskedName& name) {
  fetchers::Endpoint found;
  if (name.resolution.status() == AnswerStatus::valid)
    for (const KnownRecord& known : name.resolution.records())
      if (!known.gone && found.family == fetchers::Family::none) found = known.record.address;
  for (const NameRequest& waiter : std::exchange(name.waiters, {})) waiter.answer(found);
}

// ---- sessions

void NameService::ask(NameRequest request) {
  const auto section = std::ranges::find_if(
      sections_, [&](const auto& each) { return each->settings().name == request.resolvers; });
  constexpr std::uint16_t any_id = 0, any_size = 512;
  const std::string wanted = graph::canonical_name(request.name);
  if (section == sections_.end() || !make_query(wanted, RecordType::a, any_id, any_size))
    return request.answer({});
  AskedName& name = (*section)->name({wanted, false, request.preferred});
  name.waiters.push_back(std::move(request));
  if (name.resolution.fresh(NameClock::now()))
    answer_waiters(name);
  else
    (*section)->begin(name);
}

std::vector<NameRequest> NameService::take_requests() {
  std::vector<NameRequest> taken;
  for (const auto& section : sections_)
    for (NameRequest& request : section->take_requests()) taken.push_back(std::move(request));
  return taken;
}

void NameService::forget(std::uint64_t number) {
  for (const auto& section : sections_) section->forget(number);
}

// ---- servers

void NameService::moved(graph::ServerId server, const fetchers::Endpoint& to, std::string_view by) {
  sections_[journal_.graph().name_of(server)->resolvers]->count_update(by);
  journal_.moved(line(server), to, by);
}

void NameService::lost(graph::ServerId server, std::string_view why) {
  journal_.lost_address(line(server), why);
}

void NameService::found(graph::ServerId server, std::string_view host, bool answered) {
  if (journal_.found_address(line(server), host, answered)) back_(server);
}

void NameService::hosted(graph::ServerId server, std::string_view host) {
  journal_.hosted(line(server), host);
}

void NameService::weighs(graph::ServerId server, std::uint32_t weight) {
  journal_.weighs(line(server), weight);
}

// Others may know already, or the answer is what brings this about.
void NameService::look_up(graph::ServerId server, const std::string& host) {
  const graph::NamedServer& named = *journal_.graph().name_of(server);
  NameSection& section = *sections_[named.resolvers];
  AskedName& name = section.name({host, false, named.preferred});
  const auto asked = looking_.find(server);
  if (asked != looking_.end() && asked->second == &name) return;
  stop_looking(server);
  looking_.emplace(server, &name);
  name.servers.push_back(server);
  section.begin(name);
}

void NameService::stop_looking(graph::ServerId server) {
  const auto asked = looking_.extract(server);
  if (!asked) return;
  std::erase(asked.mapped()->servers, server);
  sections_[journal_.graph().name_of(server)->resolvers]->reconsider(*asked.mapped());
}

}  // namespace shunt::runtime
