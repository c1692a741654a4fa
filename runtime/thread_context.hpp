// What the streams of one thread borrow from it: engine, pools, rules' facilities, log. One per worker, used
// by its thread only.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "fetchers/proxies_view.hpp"
#include "fetchers/sample.hpp"
#include "route/proxies_view.hpp"
#include "route/session.hpp"
#include "runtime/block_pool.hpp"
#include "runtime/engine.hpp"
#include "runtime/generation.hpp"
#include "runtime/inner_listeners.hpp"
#include "runtime/log_sender.hpp"
#include "runtime/name_desk.hpp"
#include "runtime/pool_report.hpp"
#include "runtime/process_facts.hpp"
#include "runtime/relay.hpp"
#include "runtime/server_errors.hpp"
#include "runtime/tls/tls_connection.hpp"
#include "runtime/worker.hpp"

namespace shunt::runtime {

class Stream;

// Told when a stream of this thread has ended, so that its place is free, and when an acceptor has none.
class StreamObserver {
 public:
  virtual void stream_ended() = 0;
  virtual void await_place() = 0;  // the acceptors will be asked to reconsider

 protected:
  ~StreamObserver() = default;
};

// What a thread has whatever is configured. Sizes are those of the first generation.
struct ThreadTools {
  ThreadTools(const WorkerOptions& options, StreamObserver& stream_observer, route::Wakeups& thread_wakeups,
              NameDesk::Post post);

  std::uint32_t number;
  ProcessCounters* counters;
  const ServerErrors* errors;
  StreamObserver& observer;
  route::Wakeups& wakeups;
  Engine engine;
  fetchers::Scratch scratch;
  std::string hostname;
  RelayTools relay;
  TlsTools tls;
  LogSender log;
  std::string log_line;  // reused
  BlockPool stream_memory;
  InnerListeners inner;
  NameDesk names;
  std::size_t input_limit;                     // bytes that rules may wait for
  std::uint32_t source_turn;                   // where the next range of source ports is begun
  Stream* streams = nullptr;                   // all of this thread, linked
  std::atomic<std::uint32_t> stream_count{0};  // written by this thread only

  [[nodiscard]] PoolUses pools() const;
};

// What the streams of one generation borrow from their thread.
struct ThreadContext {
  ThreadContext(ThreadTools& tools, std::shared_ptr<const Generation> of);

  std::shared_ptr<const Generation> generation;
  ProcessCounters* counters;
  ListeningSockets* sockets;
  StreamObserver& observer;
  Engine& engine;
  std::string& hostname;
  ProcessFacts process;
  GenerationErrors errors;
  route::Facilities facilities;
  route::StateProxiesView proxies;
  RelayTools& relay;
  TlsTools& tls;
  LogSender& log;
  std::string& log_line;
  BlockPool& stream_memory;
  InnerListeners& inner;
  std::uint32_t& source_turn;
  Stream*& streams;
  std::atomic<std::uint32_t>& stream_count;
  std::shared_ptr<const TlsSet> renewed = {};  // in the place of what the generation began with
  std::uint32_t living = 0;                    // streams of this generation whose memory is in use

  [[nodiscard]] const graph::Graph& graph() const { return *generation->graph; }
  [[nodiscard]] std::size_t input_limit() const { return input_limit_; }
  [[nodiscard]] const TlsContext* listener_tls(graph::ListenerId id) const {
    return (renewed ? renewed->listeners : generation->tls)[id].get();
  }
  [[nodiscard]] const OutgoingTls* server_tls(graph::ServerId id) const {
    return (renewed ? renewed->servers : generation->server_tls)[id].get();
  }

 private:
  std::size_t input_limit_;
};

}  // namespace shunt::runtime
