// A `peers` section at work: who is connected, who teaches whom, and when what has changed is told.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "runtime/generation.hpp"
#include "runtime/peers/peer_connection.hpp"
#include "runtime/peers/peer_listener.hpp"
#include "runtime/tls/tls_connection.hpp"

namespace shunt::runtime {

// What the next configuration's group of the same name goes on with.
struct PeersMemory {
  struct Confirmed {
    const route::StickTable* table = nullptr;
    PeerProgress progress = {};
  };
  bool knows_all = false;
  std::vector<SharedTable> tables = {};  // as long as the generation before lives
  std::map<std::pair<std::string, std::string>, Confirmed> confirmed = {};  // by peer and table
};

class PeersGroup final : public PeerHost, public std::enable_shared_from_this<PeersGroup> {
 public:
  PeersGroup(boost::asio::io_context& io, std::shared_ptr<const Generation> generation,
             const graph::Peers& spec);

  // `memory`: of the section before a reload; null: there was none. `has_predecessor`: another process will
  // teach us first.
  void start(const PeersMemory* memory, bool has_predecessor);
  [[nodiscard]] PeersMemory remember() const;
  // New connections use these certificates.
  void renew(std::shared_ptr<const TlsSet> set) { renewed_ = std::move(set); }
  void stop();
  // Leaves the others, teaches the process that takes over from this one, if there is any, and calls `done`.
  void hand_over(std::function<void()> done);

  using Clock = std::chrono::steady_clock;
  // What `show peers` tells of another process.
  struct MemberFacts {
    const graph::Peer& peer;
    const PeerConnection* connection = nullptr;  // null: there is none
    std::string_view last_status = {};
    Clock::time_point greeted = {};  // the epoch: never
    Clock::time_point next_call = {};
    std::uint32_t connections = 0, errors = 0, collisions = 0, beats_sent = 0, beats_heard = 0;
  };
  [[nodiscard]] std::vector<MemberFacts> members() const;
  [[nodiscard]] const graph::Peers& spec() const { return spec_; }
  [[nodiscard]] const graph::Graph& graph() const { return *generation_->graph; }
  [[nodiscard]] std::span<const SharedTable> tables() const { return tables_; }

  [[nodiscard]] const std::string& local_name() const override { return spec_.local; }
  [[nodiscard]] PeerStatus greeted(PeerConnection& connection, const PeerHello& hello) override;
  void answered(PeerConnection& connection, std::uint32_t status) override;
  void established(PeerConnection& connection) override;
  void lesson_ended(PeerConnection& connection, bool complete) override;
  void lesson_confirmed(PeerConnection& connection) override;
  [[nodiscard]] bool knows_all() const override { return learning_ == Learning::done; }
  void ended(PeerConnection& connection) override;

 private:
  struct Member {
    Member(boost::asio::io_context& io, const graph::Peer& of, std::size_t tables)
        : peer(&of), retry(io), progress(tables) {}
    const graph::Peer* peer;
    boost::asio::steady_timer retry;
    std::shared_ptr<PeerConnection> connection = {};
    bool ignorant = false;  // it has said that it doesn't know all
    std::string_view last_status = "NONE";
    Clock::time_point greeted = {};
    std::uint32_t connections = 0, errors = 0, collisions = 0;
    std::uint32_t beats_sent = 0, beats_heard = 0;  // on former connections
    std::vector<PeerProgress> progress;
  };
  // Who is to teach us.
  enum class Learning : std::uint8_t { from_predecessor, from_others, done };

  [[nodiscard]] std::shared_ptr<const OutgoingTls> tls_towards(graph::ServerId id) const;
  void open_tables();
  void recall(const PeersMemory& memory);
  void accepted(UniqueFd client, const TlsContext* tls);
  void call(Member& member);
  [[nodiscard]] std::shared_ptr<PeerConnection> make_connection(graph::ServerId server);
  void call_later(Member& member, std::chrono::milliseconds least, std::chrono::milliseconds most);
  [[nodiscard]] Member* member_of(const PeerConnection& connection);
  void forget(PeerConnection& connection);
  void learn_until(std::chrono::milliseconds limit);
  void find_teacher();
  void lose_teacher();
  void listen_to_changes();
  void changed();
  void tell_changes();
  void handed_over();

  boost::asio::io_context& io_;
  const std::shared_ptr<const Generation> generation_;
  const graph::Peers& spec_;
  std::shared_ptr<const TlsSet> renewed_;  // in the place of what the generation began with
  TlsTools tls_tools_;
  std::vector<SharedTable> tables_;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<std::unique_ptr<PeerListener>> listeners_;
  std::vector<std::shared_ptr<PeerConnection>> others_;  // that have not said who they are, and predecessors
  std::vector<PeerProgress> no_progress_;                // towards a predecessor or successor
  std::shared_ptr<PeerConnection> successor_;
  std::function<void()> handed_over_;
  Learning learning_ = Learning::from_others;
  Member* teacher_ = nullptr;
  boost::asio::steady_timer learning_timer_, news_timer_;
  std::minstd_rand random_;
  std::uint32_t source_turn_ = 0;
  bool stopped_ = false;
};

}  // namespace shunt::runtime
