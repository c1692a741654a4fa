// The listening sockets of a graph: one per thread for TCP (SO_REUSEPORT), one shared for unix, abstract and
// inherited ones.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "runtime/bind_finding.hpp"
#include "runtime/fresh_paths.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

// Owns the descriptors, with the other generations that have them; all are made with the rights of the start
// (by the reader when privileges are gone) and none is closed while its bind lives. One generation's: `graph`
// must outlive it.
class ListeningSockets {
 public:
  ~ListeningSockets();
  // Tries every listener and adds what is wrong to `findings`. Null if that is fatal: nothing stays bound.
  [[nodiscard]] static std::unique_ptr<ListeningSockets> open(const graph::Graph& graph,
                                                              std::uint32_t threads, FreshPaths& paths,
                                                              std::vector<BindFinding>& findings);
  // Of the next generation: sockets of `before` are used again where the identity is the same, `opener` opens
  // the others. Null: it could not (it gave none), and nothing has changed.
  using Opener = std::function<std::vector<UniqueFd>(const graph::Listener&)>;
  [[nodiscard]] static std::unique_ptr<ListeningSockets> next(const graph::Graph& graph,
                                                              const ListeningSockets& before,
                                                              const Opener& opener);
  // Of the sockets that `before` has not; nobody can connect to them until then.
  [[nodiscard]] bool begin_listening(const ListeningSockets& before,
                                     std::vector<BindFinding>& findings) const;
  void take_over(const ListeningSockets& before);  // options of the sockets that both have
  // When no thread accepts from them any more. To be called on the main thread, as are pauses and closings.
  void close_but_those_of(const ListeningSockets& next);
  [[nodiscard]] bool holds(int descriptor) const;
  // The descriptor that this thread accepts from; shared ones are to be registered with EPOLLEXCLUSIVE.
  [[nodiscard]] int descriptor(graph::ListenerId listener, std::uint32_t thread) const;
  [[nodiscard]] bool shared(graph::ListenerId listener) const;
  // Clients of a listener that pauses are refused while it does; those of unix sockets go on being served.
  [[nodiscard]] bool pauses(graph::ListenerId listener) const;
  void pause_all();
  // Listeners that could not be resumed.
  [[nodiscard]] std::vector<graph::ListenerId> resume_all();
  void close_all();  // nobody can connect any more; the descriptors stay until the end

  // Places for connections under the maxconn of a listener and its frontend (0: no limit), taken before
  // accept(2) by any thread.
  [[nodiscard]] bool reserve(const graph::Listener& listener, const graph::Proxy& frontend);
  [[nodiscard]] bool has_place(const graph::Listener& listener, const graph::Proxy& frontend) const;
  void release(const graph::Listener& listener, const graph::Proxy& frontend);

 private:
  struct Data;
  explicit ListeningSockets(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

}  // namespace shunt::runtime
