// Servers of a backend share the records of a name: each takes one that no other has, and keeps it as long as
// it is known.
#include "runtime/names/server_names.hpp"

#include <algorithm>

namespace shunt::runtime {
namespace {

using fetchers::Family;

constexpr std::string_view by_cache = "DNS cache", by_record = "DNS additional record";
constexpr std::string_view removed = "entry removed from SRV record";
constexpr std::string_view no_address = "No IP for server ";  // with its blank, as HAProxy writes it [seen]

std::string_view reason(AnswerStatus status) {
  switch (status) {
    case AnswerStatus::nx: return "DNS NX status";
    case AnswerStatus::refused: return "DNS refused status";
    case AnswerStatus::timeout: return "DNS timeout status";
    default: return "unspecified DNS error";
  }
}

bool inside(const acl::Network& network, const fetchers::Endpoint& address) {
  if (address.family != (network.ipv6 ? Family::ipv6 : Family::ipv4)) return false;
  return (acl::address_value(address) & network.mask) == network.address;
}

}  // namespace

void ServerNames::begin(graph::ServerId server, const fetchers::Endpoint& address, bool without_address,
                        std::string host) {
  Follower& follower = followers_[server];
  follower = {.address = without_address ? fetchers::Endpoint{} : address,
              .lost = without_address,
              .host = std::move(host),
              .port = address.port};
}

// ---- addresses

bool ServerNames::taken(std::span<const graph::ServerId> users, graph::ServerId server,
                        const fetchers::Endpoint& address) const {
  return std::ranges::any_of(users, [&](graph::ServerId other) {
    const Follower& has = followers_.at(other);
    return other != server && graph_.servers[other].backend == graph_.servers[server].backend &&
           has.attached && same_host(has.address, address);
  });
}

// Free ones before those of others, near ones before far ones.
const KnownRecord* ServerNames::pick(const Resolution& about, std::span<const graph::ServerId> users,
                                     graph::ServerId server) const {
  const KnownRecord* best = nullptr;
  int best_merit = -1;
  for (const KnownRecord& known : about.records()) {
    const fetchers::Endpoint& address = known.record.address;
    if (known.gone || known.record.type == RecordType::srv) continue;
    const Follower& own = followers_.at(server);
    const bool keeps = own.attached && same_host(own.address, address);
    const bool free = !taken(users, server, address);
    if (!free && !keeps && !line(server).shares_address) continue;
    const bool near =
        std::ranges::any_of(line(server).near, [&](const auto& network) { return inside(network, address); });
    const int merit = (same_host(own.address, address) ? 4 : 0) + (free ? 2 : 0) + (near ? 1 : 0);
    if (merit <= best_merit) continue;
    best = &known;
    best_merit = merit;
  }
  return best;
}

void ServerNames::move(graph::ServerId server, const fetchers::Endpoint& to, std::string_view by) {
  Follower& follower = followers_.at(server);
  const bool changes = !same_host(follower.address, to);
  follower.address = to;
  follower.address.port = follower.port;
  follower.attached = true;
  if (changes) changes_.moved(server, follower.address, by);
}

void ServerNames::lose(graph::ServerId server, std::string_view why) {
  Follower& follower = followers_.at(server);
  follower.address = {};
  follower.attached = false;
  if (follower.lost) return;
  follower.lost = true;
  changes_.lost(server, why);
}

void ServerNames::choose(const Resolution& about, std::span<const graph::ServerId> users,
                         graph::ServerId server, std::string_view by) {
  Follower& follower = followers_.at(server);
  const KnownRecord* const known = pick(about, users, server);
  if (known == nullptr) return lose(server, no_address);
  move(server, known->record.address, by);
  if (!follower.lost) return;
  follower.lost = false;
  changes_.found(server, about.key().name, true);
}

void ServerNames::answered(const Resolution& about, std::span<const graph::ServerId> users,
                           std::string_view by) {
  // Who had one of the addresses that are gone doesn't keep others from taking what is there.
  for (const graph::ServerId user : users) {
    Follower& follower = followers_.at(user);
    const bool known = std::ranges::any_of(about.records(), [&](const KnownRecord& each) {
      return !each.gone && same_host(each.record.address, follower.address);
    });
    follower.attached = follower.attached && known;
  }
  for (const graph::ServerId user : users) {
    choose(about, users, user, by);
    by = by_cache;
  }
}

void ServerNames::failed(Resolution& about, std::span<const graph::ServerId> users, NameTime now) {
  if (!about.lost(now)) return;
  for (const graph::ServerId user : users) lose(user, reason(about.status()));
  about.forget();
}

// ---- services

graph::ServerId ServerNames::server_of(const DnsRecord& record, const ServiceGroup& group) const {
  const auto found = std::ranges::find_if(group.servers, [&](graph::ServerId server) {
    const Follower& follower = followers_.at(server);
    return follower.host == record.host && follower.port == record.port;
  });
  return found == group.servers.end() ? graph::none : *found;
}

void ServerNames::weigh(graph::ServerId server, const DnsRecord& record) {
  if (!line(server).keeps_weight) changes_.weighs(server, weight_of(record.weight));
}

// What the answer brought along is believed; else the host is asked for.
void ServerNames::go_on(graph::ServerId server, const KnownRecord& known) {
  Follower& follower = followers_.at(server);
  if (known.host_address.family == Family::none) return changes_.look_up(server, follower.host);
  changes_.stop_looking(server);
  move(server, known.host_address, by_record);
  if (!follower.lost) return;
  follower.lost = false;
  changes_.found(server, follower.host, false);
}

void ServerNames::serve(const KnownRecord& known, ServiceGroup& group) {
  const graph::ServerId before = server_of(known.record, group);
  if (before != graph::none) {
    weigh(before, known.record);
    return go_on(before, known);
  }
  if (group.free.empty()) return;
  const graph::ServerId server = group.free.front();
  group.free.pop_front();
  Follower& follower = followers_.at(server);
  follower.host = known.record.host;
  follower.port = known.record.port;
  weigh(server, known.record);
  if (known.host_address.family != Family::none) move(server, known.host_address, by_record);
  changes_.hosted(server, follower.host);
  go_on(server, known);
}

void ServerNames::withdraw(const DnsRecord& record, ServiceGroup& group) {
  const graph::ServerId server = server_of(record, group);
  if (server == graph::none) return;
  changes_.stop_looking(server);
  lose(server, removed);
  followers_.at(server).host.clear();
  followers_.at(server).port = 0;
  group.free.push_back(server);
}

void ServerNames::answered(Resolution& about, std::span<ServiceGroup> groups) {
  for (const KnownRecord& known : about.records())
    for (ServiceGroup& group : groups) known.gone ? withdraw(known.record, group) : serve(known, group);
  about.sweep();
}

void ServerNames::failed(Resolution& about, std::span<ServiceGroup> groups, NameTime now) {
  if (!about.lost(now)) return;
  for (const KnownRecord& known : about.records())
    for (ServiceGroup& group : groups) withdraw(known.record, group);
  about.forget();
}

}  // namespace shunt::runtime
