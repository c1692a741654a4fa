// Texts about peers.
#include "runtime/peers/show_peers.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <ranges>

#include "runtime/socket_address.hpp"

namespace shunt::runtime {
namespace {

using Clock = PeersGroup::Clock;

std::string address_text(const graph::Graph& graph, graph::ServerId id) {
  return parser::to_string(graph.servers[id].address);
}

std::string seconds(Clock::duration time) {
  return fmt::format("{}s", std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

std::string end_text(const SocketAddress& address) {
  const fetchers::Endpoint end = to_endpoint(address);
  return fmt::format("{}:{}", fetchers::to_string(end), end.port);
}

class Dump {
 public:
  Dump(const PeersGroup& group, bool with_names, std::string& text)
      : group_(group), with_names_(with_names), to_(std::back_inserter(text)) {}

  // The last one of the file comes first.
  void write() {
    const bool knows = group_.knows_all();
    fmt::format_to(
        to_, "{}: [{:%d/%b/%Y:%H:%M:%S}] id={} disabled=0 flags=0x{:x} resync_timeout={} task_calls=0\n",
        static_cast<const void*>(&group_), fmt::localtime(std::time(nullptr)), group_.spec().name,
        knows ? 0x33 : 0, knows ? "<PAST>" : "5s");
    const auto members = group_.members();
    bool said = false;
    for (const auto& member : std::views::reverse(members)) {
      if (!said && stands_before_us(member.peer)) {
        write_self();
        said = true;
      }
      write_member(member);
    }
    if (!said) write_self();
  }

 private:
  [[nodiscard]] bool stands_before_us(const graph::Peer& peer) const {
    const auto& own = group_.spec().own;
    const auto& servers = group_.graph().servers;
    return own && servers[peer.server].span.begin < servers[*own].span.begin;
  }

  void write_member(const PeersGroup::MemberFacts& member) {
    const PeerConnection* const connection = member.connection;
    const PeerSession* const session = connection != nullptr ? connection->session() : nullptr;
    const auto now = Clock::now();
    fmt::format_to(to_, "  {}: id={}(remote,{}) addr={} last_status={} last_hdshk={}\n",
                   static_cast<const void*>(&member.peer), member.peer.name,
                   connection != nullptr ? "active" : "inactive",
                   address_text(group_.graph(), member.peer.server), member.last_status,
                   member.greeted == Clock::time_point() ? "<NEVER>" : seconds(now - member.greeted));
    const bool waits = connection == nullptr && member.next_call >= now;
    fmt::format_to(to_,
                   "        reconnect={} heartbeat={} confirm=0 tx_hbt={} rx_hbt={} no_hbt=0 new_conn={} "
                   "proto_err={} coll={}\n        flags=0x0",
                   waits ? seconds(member.next_call - now) : "0s", session != nullptr ? "3s" : "<NEVER>",
                   member.beats_sent, member.beats_heard, member.connections, member.errors,
                   member.collisions);
    if (connection != nullptr) {
      const int fd = connection->descriptor();
      fmt::format_to(to_, " appctx:{} st0={} st1=0 task_calls=0 state={}",
                     static_cast<const void*>(connection), connection->talks() ? 7 : 4,
                     session != nullptr ? "EST" : "CON");
      if (!connection->outgoing())
        fmt::format_to(to_, "\n        xprt={} src={} addr={}", connection->has_tls() ? "SSL" : "RAW",
                       end_text(remote_address(fd)), end_text(local_address(fd)));
    }
    if (session != nullptr) {
      write_last("remote_table", session->hearing_of(), *session);
      write_last("last_local_table", session->speaking_of(), *session);
    }
    fmt::format_to(to_, "\n");
    write_tables(session);
  }

  void write_last(std::string_view what, std::optional<std::size_t> table, const PeerSession& session) {
    if (!table) return;
    const SharedTable& shared = group_.tables()[*table];
    fmt::format_to(to_, "\n        {}:{} id={} local_id={} remote_id={}", what,
                   static_cast<const void*>(&shared), shared.spec->name, *table + 1,
                   session.facts(*table).remote_number);
  }

  void write_self() {
    const auto& own = group_.spec().own;
    fmt::format_to(to_,
                   "  {}: id={}(local,inactive) addr={} last_status=NONE last_hdshk=<NEVER>\n"
                   "        reconnect=<NEVER> heartbeat=<NEVER> confirm=0 tx_hbt=0 rx_hbt=0 no_hbt=0 "
                   "new_conn=0 proto_err=0 coll=0\n        flags=0x0\n",
                   static_cast<const void*>(&group_.spec()), group_.spec().local,
                   own ? address_text(group_.graph(), *own) : "?");
    write_tables(nullptr);
  }

  void write_tables(const PeerSession* session) {
    if (group_.tables().empty()) return;
    fmt::format_to(to_, "        shared tables:\n");
    for (std::size_t i = group_.tables().size(); i-- > 0;) {
      const SharedTable& table = group_.tables()[i];
      const auto facts = session != nullptr ? session->facts(i) : PeerSession::TableFacts{};
      const std::uint64_t updates = table.state->updates();
      fmt::format_to(to_,
                     "          {} local_id={} remote_id={} flags=0x0 remote_data=0x{:x}\n"
                     "              last_acked={} last_pushed={} last_get={} teaching_origin=0 update={}\n"
                     "              table:{} id={} update={} localupdate={} commitupdate={} refcnt=1\n",
                     static_cast<const void*>(&table), i + 1, facts.remote_number, facts.remote_types,
                     facts.received, facts.sent, facts.received, facts.sent,
                     static_cast<const void*>(table.state), table.spec->name, updates, updates, updates);
      write_names(session);
    }
  }

  void write_names(const PeerSession* session) {
    if (!with_names_) {
      fmt::format_to(to_, "        Dictionary cache not dumped (use \"show peers dict\")\n");
      return;
    }
    static const PeerNames none;
    write_names('T', session != nullptr ? session->sent_names() : none, false);
    write_names('R', session != nullptr ? session->heard_names() : none, true);
  }

  // All of a connection, though they are told with each table. Of what was sent those that there are, of what
  // was heard all places.
  void write_names(char direction, const PeerNames& names, bool all) {
    fmt::format_to(to_, "        {}X dictionary cache:", direction);
    for (std::size_t i = 0; i < names.size() && (all || !names[i].empty()); ++i)
      fmt::format_to(to_, "{}  {:>3} -> {}", i % 4 == 0 ? "\n        " : "", i,
                     names[i].empty() ? std::string_view("-") : names[i]);
    fmt::format_to(to_, "\n");
  }

  const PeersGroup& group_;
  bool with_names_;
  std::back_insert_iterator<std::string> to_;
};

}  // namespace

std::optional<std::string> answer_peers_command(std::span<const std::string> words,
                                                const PeersService& peers) {
  if (words.size() < 2 || words[0] != "show" || words[1] != "peers") return std::nullopt;
  words = words.subspan(2);
  const bool with_names = !words.empty() && words[0] == "dict";
  if (with_names || (!words.empty() && words[0] == "-")) words = words.subspan(1);
  const auto named = [&](const auto& group) { return words.empty() || group->spec().name == words[0]; };
  if (std::ranges::none_of(peers.groups(), named)) return words.empty() ? "" : "No such peers\n";
  std::string text;
  for (const auto& group : std::views::reverse(peers.groups())) {
    if (!named(group)) continue;
    if (!text.empty()) text += '\n';
    Dump(*group, with_names, text).write();
  }
  return text;
}

}  // namespace shunt::runtime
