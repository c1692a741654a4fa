// The life of a peers section.
#include "runtime/peers/peers_group.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "route/table_clock.hpp"
#include "runtime/listening_sockets.hpp"
#include "runtime/network_namespaces.hpp"
#include "runtime/peers/table_inheritance.hpp"
#include "runtime/server_socket.hpp"

namespace shunt::runtime {
namespace {

using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto patience = 5s;    // with whoever is to teach us
constexpr auto gathering = 2ms;  // changes that come within are told together
constexpr std::size_t strangers = 100;

// What `show peers` calls the answer to a hello.
std::string_view status_word(std::uint32_t status) {
  switch (static_cast<PeerStatus>(status)) {
    case PeerStatus::succeeded: return "ESTA";
    case PeerStatus::try_again: return "RETR";
    case PeerStatus::protocol_error: return "PROT";
    case PeerStatus::bad_version: return "VERS";
    case PeerStatus::wrong_name: return "NAME";
    case PeerStatus::unknown_peer: return "UNKN";
  }
  return status == 0 ? "HSHK" : "NONE";
}

}  // namespace

PeersGroup::PeersGroup(boost::asio::io_context& io, std::shared_ptr<const Generation> generation,
                       const graph::Peers& spec)
    : io_(io),
      generation_(std::move(generation)),
      spec_(spec),
      learning_timer_(io),
      news_timer_(io),
      random_(std::random_device{}()) {
  open_tables();
  no_progress_.resize(tables_.size());
  for (const graph::Peer& peer : spec_.others)
    members_.push_back(std::make_unique<Member>(io_, peer, tables_.size()));
}

void PeersGroup::open_tables() {
  const graph::Graph& graph = *generation_->graph;
  for (const graph::TableId id : spec_.tables) {
    const graph::StickTable& table = graph.tables[id];
    SharedTable& shared = tables_.emplace_back(
        SharedTable{.spec = &table,
                    .state = &generation_->state->table(id),
                    .definition = definition_of(table, static_cast<std::uint32_t>(tables_.size() + 1))});
    if (table.write_to != graph::none) shared.copy = &generation_->state->table(table.write_to);
  }
}

// ---- beginning and end

void PeersGroup::start(const PeersMemory* memory, bool has_predecessor) {
  if (memory != nullptr) recall(*memory);
  if (learning_ != Learning::done) {
    learning_ = has_predecessor ? Learning::from_predecessor : Learning::from_others;
    learn_until(patience);
  }
  const graph::Graph& graph = *generation_->graph;
  const graph::Proxy& proxy = graph.proxies[spec_.proxy];
  for (graph::ListenerId id = proxy.first_listener; id < proxy.first_listener + proxy.listener_count; ++id)
    listeners_.push_back(std::make_unique<PeerListener>(
        io_, generation_->sockets->descriptor(id, 0), [this, id](UniqueFd client) {
          accepted(std::move(client), (renewed_ ? renewed_->listeners : generation_->tls)[id].get());
        }));
  listen_to_changes();
  for (const auto& member : members_) call(*member);
}

// A table that is not the same any more keeps what its entries have in common with those of the former one.
void PeersGroup::recall(const PeersMemory& memory) {
  if (memory.knows_all) learning_ = Learning::done;
  for (const SharedTable& table : tables_) {
    const auto former = std::ranges::find(memory.tables, table.spec->name,
                                          [](const SharedTable& each) { return each.spec->name; });
    if (former != memory.tables.end() && former->state != table.state)
      inherit_entries(*former, table, route::table_time(route::Clock::now()));
  }
  for (const auto& member : members_)
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const auto found = memory.confirmed.find({member->peer->name, tables_[i].spec->name});
      if (found != memory.confirmed.end() && found->second.table == tables_[i].state)
        member->progress[i] = found->second.progress;
    }
}

PeersMemory PeersGroup::remember() const {
  PeersMemory memory{.knows_all = knows_all(), .tables = tables_};
  for (const auto& member : members_)
    for (std::size_t i = 0; i < tables_.size(); ++i)
      memory.confirmed[{member->peer->name, tables_[i].spec->name}] = {tables_[i].state, member->progress[i]};
  return memory;
}

void PeersGroup::stop() {
  stopped_ = true;
  listeners_.clear();
  learning_timer_.cancel();
  news_timer_.cancel();
  for (const SharedTable& table : tables_) table.state->bell().listen({});
  for (const auto& member : members_) {
    member->retry.cancel();
    if (member->connection) std::exchange(member->connection, nullptr)->close();
  }
  for (const auto& other : std::exchange(others_, {})) other->close();
  if (successor_) std::exchange(successor_, nullptr)->close();
}

// What has not been told the others yet goes out first, as far as the kernel takes it.
void PeersGroup::hand_over(std::function<void()> done) {
  for (const auto& member : members_)
    if (member->connection && member->connection->talks()) member->connection->push();
  stop();
  stopped_ = false;
  handed_over_ = std::move(done);
  if (!spec_.own || tables_.empty()) return handed_over();
  learning_timer_.expires_after(patience);
  learning_timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && (!self->successor_ || !self->successor_->talks())) self->handed_over();
  });
  successor_ = make_connection(*spec_.own);
  if (!successor_) return handed_over();
  successor_->call(tls_towards(*spec_.own), spec_.local);
}

void PeersGroup::handed_over() {
  stop();
  if (const auto done = std::exchange(handed_over_, nullptr)) boost::asio::post(io_, done);
}

// ---- connections

void PeersGroup::accepted(UniqueFd client, const TlsContext* tls) {
  if (others_.size() >= strangers) return;
  const auto connection = std::make_shared<PeerConnection>(io_, tls_tools_, *this, client.release());
  others_.push_back(connection);
  connection->accept(tls);
}

std::shared_ptr<const OutgoingTls> PeersGroup::tls_towards(graph::ServerId id) const {
  return (renewed_ ? renewed_->servers : generation_->server_tls)[id];
}

std::shared_ptr<PeerConnection> PeersGroup::make_connection(graph::ServerId id) {
  const graph::Server& server = generation_->graph->servers[id];
  const ServerSocket made =
      open_server_socket(*generation_->namespaces, server, server.endpoint,
                         generation_->graph->proxies[spec_.proxy].options, {}, {}, source_turn_);
  if (made.fd < 0) return nullptr;
  return std::make_shared<PeerConnection>(io_, tls_tools_, *this, made.fd);
}

void PeersGroup::call(Member& member) {
  if (stopped_ || member.connection) return;
  member.connection = make_connection(member.peer->server);
  if (!member.connection) return call_later(member, 500ms, 1000ms);
  member.last_status = "CONN";
  member.greeted = Clock::now();
  ++member.connections;
  const auto connection = member.connection;
  connection->call(tls_towards(member.peer->server), member.peer->name);
}

// At random, since the other one may do the same: two connections at a time end each other.
void PeersGroup::call_later(Member& member, std::chrono::milliseconds least, std::chrono::milliseconds most) {
  std::uniform_int_distribution<std::int64_t> between(least.count(), most.count());
  member.retry.expires_after(std::chrono::milliseconds(between(random_)));
  member.retry.async_wait([self = shared_from_this(), &member](const error_code& error) {
    if (!error) self->call(member);
  });
}

PeersGroup::Member* PeersGroup::member_of(const PeerConnection& connection) {
  const auto found = std::ranges::find_if(
      members_, [&](const auto& member) { return member->connection.get() == &connection; });
  return found != members_.end() ? found->get() : nullptr;
}

// The connection lives as long as its handler runs.
void PeersGroup::forget(PeerConnection& connection) {
  std::erase_if(others_, [&](const auto& each) { return each.get() == &connection; });
}

// Our own name is that of the process which this one takes over from. Who comes anew has lost the connection
// that there was.
PeerStatus PeersGroup::greeted(PeerConnection& connection, const PeerHello& hello) {
  if (hello.sender == spec_.local) {
    connection.give_session(tables_, no_progress_, hello.timed);
    connection.session()->only_teach();
    return PeerStatus::succeeded;
  }
  const auto known =
      std::ranges::find_if(members_, [&](const auto& member) { return member->peer->name == hello.sender; });
  if (known == members_.end()) return PeerStatus::unknown_peer;
  Member& member = **known;
  const auto same = connection.shared_from_this();
  if (member.connection) {
    ++member.collisions;
    std::exchange(member.connection, nullptr)->close();
    if (teacher_ == &member) lose_teacher();
  }
  member.last_status = status_word(200);
  member.ignorant = false;
  ++member.connections;
  member.greeted = Clock::now();
  member.retry.cancel();
  member.connection = same;
  forget(connection);
  connection.give_session(tables_, member.progress, hello.timed);
  return PeerStatus::succeeded;
}

void PeersGroup::answered(PeerConnection& connection, std::uint32_t status) {
  if (Member* const member = member_of(connection)) {
    member->last_status = status_word(status);
    member->greeted = Clock::now();
    member->ignorant = false;
  }
  if (status != static_cast<std::uint32_t>(PeerStatus::succeeded)) return;
  if (successor_.get() == &connection) {
    connection.give_session(tables_, no_progress_, true);
    connection.session()->only_teach();
    connection.session()->teach();
    return;
  }
  if (Member* const member = member_of(connection)) connection.give_session(tables_, member->progress, true);
}

void PeersGroup::established(PeerConnection& connection) {
  find_teacher();
  connection.push();
}

void PeersGroup::ended(PeerConnection& connection) {
  if (successor_.get() == &connection) return handed_over();
  forget(connection);
  Member* const member = member_of(connection);
  if (member == nullptr) return;
  const PeerSession* const session = connection.session();
  const bool talked = session != nullptr;
  if (talked) {
    member->beats_sent += session->beats_sent();
    member->beats_heard += session->beats_heard();
  }
  if (connection.misunderstood()) ++member->errors;
  member->connection.reset();
  if (teacher_ == member) lose_teacher();
  talked ? call_later(*member, 50ms, 550ms) : call_later(*member, 500ms, 1000ms);
}

// ---- lessons

void PeersGroup::learn_until(std::chrono::milliseconds limit) {
  learning_timer_.expires_after(limit);
  learning_timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error || self->stopped_ || self->teacher_ != nullptr) return;
    if (self->learning_ == Learning::from_predecessor) {
      self->learning_ = Learning::from_others;
      self->learn_until(patience);
      return self->find_teacher();
    }
    self->learning_ = Learning::done;  // nobody is left to ask
  });
}

void PeersGroup::find_teacher() {
  if (learning_ != Learning::from_others || teacher_ != nullptr) return;
  std::vector<Member*> able;
  for (const auto& member : members_)
    if (member->connection && member->connection->talks() && !member->ignorant) able.push_back(member.get());
  if (able.empty()) return;
  teacher_ = able[random_() % able.size()];
  learning_timer_.cancel();
  teacher_->connection->session()->ask_for_lesson();
  teacher_->connection->push();
}

void PeersGroup::lose_teacher() {
  teacher_ = nullptr;
  if (learning_ != Learning::from_others) return;
  learn_until(patience);
  find_teacher();
}

// Of the one that we asked, or of our predecessor. What anybody else says about it is not counted.
void PeersGroup::lesson_ended(PeerConnection& connection, bool complete) {
  Member* const member = member_of(connection);
  if (member == nullptr) {
    if (learning_ != Learning::from_predecessor) return;
    if (!complete) return learn_until(patience);
    learning_ = Learning::done;
    learning_timer_.cancel();
    return;
  }
  if (member != teacher_) return;
  if (complete) {
    learning_ = Learning::done;
    teacher_ = nullptr;
    return;
  }
  member->ignorant = true;
  lose_teacher();
}

void PeersGroup::lesson_confirmed(PeerConnection& connection) {
  if (successor_.get() == &connection)
    boost::asio::post(io_, [self = shared_from_this()] {
      if (self->successor_) self->handed_over();
    });
}

std::vector<PeersGroup::MemberFacts> PeersGroup::members() const {
  std::vector<MemberFacts> facts;
  for (const auto& member : members_) {
    const PeerSession* const session = member->connection ? member->connection->session() : nullptr;
    facts.push_back({.peer = *member->peer,
                     .connection = member->connection.get(),
                     .last_status = member->last_status,
                     .greeted = member->greeted,
                     .next_call = member->retry.expiry(),
                     .connections = member->connections,
                     .errors = member->errors,
                     .collisions = member->collisions,
                     .beats_sent = member->beats_sent + (session != nullptr ? session->beats_sent() : 0),
                     .beats_heard = member->beats_heard + (session != nullptr ? session->beats_heard() : 0)});
  }
  return facts;
}

// ---- changes

void PeersGroup::listen_to_changes() {
  for (const SharedTable& table : tables_)
    table.state->bell().listen([this_group = weak_from_this(), &io = io_] {
      boost::asio::post(io, [this_group] {
        if (const auto self = this_group.lock()) self->changed();
      });
    });
}

void PeersGroup::changed() {
  if (stopped_ || news_timer_.expiry() > std::chrono::steady_clock::now()) return;
  news_timer_.expires_after(gathering);
  news_timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && !self->stopped_) self->tell_changes();
  });
}

void PeersGroup::tell_changes() {
  for (const SharedTable& table : tables_) table.state->bell().wind_up();
  for (const auto& member : members_) {
    const auto connection = member->connection;
    if (connection && connection->talks()) connection->push();
  }
}

}  // namespace shunt::runtime
