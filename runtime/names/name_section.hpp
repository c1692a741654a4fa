// One `resolvers` section at work: its names, its sockets, its clock.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <unordered_map>

#include "runtime/name_desk.hpp"
#include "runtime/names/name_counters.hpp"
#include "runtime/names/name_sockets.hpp"
#include "runtime/names/server_names.hpp"

namespace shunt::runtime {

// A name with those who want to know.
struct AskedName {
  AskedName(const graph::Resolvers& section, NameKey key) : resolution(section, std::move(key)) {}
  Resolution resolution;
  std::vector<graph::ServerId> servers = {};  // that want an address
  std::vector<ServiceGroup> groups = {};      // that want services
  std::vector<NameRequest> waiters = {};
  std::optional<std::uint16_t> id = {};  // of the question that is open
  NameTime scheduled = {};

  [[nodiscard]] bool wanted() const { return !servers.empty() || !groups.empty() || !waiters.empty(); }
};

class NameSection {
 public:
  // `ended`: a round is over; `by`: the name server that had the last word.
  using Ended = std::function<void(NameSection& section, AskedName& name, std::string_view by)>;
  // `counters`: one for each name server; it must outlive the section.
  NameSection(boost::asio::io_context& io, const graph::Resolvers& settings,
              std::vector<NameServerCounters>& counters, Ended ended);

  [[nodiscard]] const graph::Resolvers& settings() const { return settings_; }
  // Made where it is new, but not begun.
  [[nodiscard]] AskedName& name(NameKey key);
  void begin(AskedName& name);
  // Forgets it where nobody wants it.
  void reconsider(AskedName& name);
  // All that wait, with the names they wait for; nobody waits here any more.
  [[nodiscard]] std::vector<NameRequest> take_requests();
  // A server has its address from `by`.
  void count_update(std::string_view by);
  // The request isn't answered any more.
  void forget(std::uint64_t number);

 private:
  void heard(std::size_t server, std::string_view message);
  [[nodiscard]] AskedName* asked_with(std::size_t server, std::string_view message);
  void follow(AskedName& name, const Resolution::Turn& turn, std::string_view by);
  void ask(AskedName& name, RecordType type);
  void close_question(AskedName& name);
  [[nodiscard]] std::uint16_t fresh_id();
  void schedule(AskedName& name);
  void unschedule(AskedName& name);
  void arm();
  void on_time();

  const graph::Resolvers& settings_;
  std::vector<NameServerCounters>& counters_;
  std::vector<std::string> sources_;  // the name servers, as log lines name them
  Ended ended_;
  std::map<NameKey, std::unique_ptr<AskedName>> names_;
  std::unordered_map<std::uint16_t, AskedName*> open_;  // by the id of the question
  std::set<std::pair<NameTime, AskedName*>> due_;
  boost::asio::steady_timer timer_;
  std::random_device random_;
  NameSockets sockets_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for handlers that are queued already
};

}  // namespace shunt::runtime
