// Names at run time: asks for those of servers and sessions, and tells the journal what becomes of servers.
#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/name_desk.hpp"
#include "runtime/names/name_section.hpp"
#include "runtime/server_journal.hpp"

namespace shunt::runtime {

// The hosts that service records gave to servers, by "backend/server", for the next generation.
using NameMemories = std::unordered_map<std::string, std::string>;

// Runs on the io_context of the main thread. `journal` must outlive it.
class NameService final : private ServerChanges {
 public:
  // `back`: a server has left maintenance, its checks may begin anew.
  NameService(boost::asio::io_context& io, ServerJournal& journal, std::function<void(graph::ServerId)> back);
  void start(const NameMemories& before = {});
  [[nodiscard]] NameMemories remember() const;
  void stop() { sections_.clear(); }

  // Requests of sessions.
  void ask(NameRequest request);
  void forget(std::uint64_t number);
  // Those without an answer yet, for the next generation.
  [[nodiscard]] std::vector<NameRequest> take_requests();

 private:
  void moved(graph::ServerId server, const fetchers::Endpoint& to, std::string_view by) override;
  void lost(graph::ServerId server, std::string_view why) override;
  void found(graph::ServerId server, std::string_view host, bool answered) override;
  void hosted(graph::ServerId server, std::string_view host) override;
  void weighs(graph::ServerId server, std::uint32_t weight) override;
  void look_up(graph::ServerId server, const std::string& host) override;
  void stop_looking(graph::ServerId server) override;

  void enrol(const graph::Server& server, const graph::NamedServer& named, const NameMemories& before);
  void ended(NameSection& section, AskedName& name, std::string_view by);
  void answer_waiters(AskedName& name);
  [[nodiscard]] const graph::Server& line(graph::ServerId server) const {
    return journal_.graph().servers[server];
  }

  boost::asio::io_context& io_;
  ServerJournal& journal_;
  std::function<void(graph::ServerId)> back_;
  std::shared_ptr<NameCounters> counters_ = {};
  ServerNames servers_;
  std::vector<std::unique_ptr<NameSection>> sections_;
  std::unordered_map<graph::ServerId, AskedName*> looking_;  // hosts of services whose address is asked for
};

}  // namespace shunt::runtime
