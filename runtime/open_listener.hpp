// Opening the sockets of one listener: by a start before privileges are dropped, by a reload in the reader.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "runtime/bind_finding.hpp"
#include "runtime/fresh_paths.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

// One socket for all threads: unix, abstract and inherited ones.
[[nodiscard]] bool is_shared(const graph::Listener& listener);
[[nodiscard]] int backlog_of(const graph::Graph& graph, const graph::Listener& listener);

// One descriptor, or one for each thread; fewer after a failure, which is added to `findings`. They are
// bound, but nobody can connect before begin_listening(), or before `paths` are in place.
[[nodiscard]] std::vector<UniqueFd> open_listener(const graph::Graph& graph, const graph::Listener& listener,
                                                  std::uint32_t threads, FreshPaths& paths,
                                                  std::vector<BindFinding>& findings);
// False: the first failure is among `findings`.
[[nodiscard]] bool begin_listening(const graph::Graph& graph, const graph::Listener& listener,
                                   const std::vector<UniqueFd>& sockets, std::vector<BindFinding>& findings);

// Two listeners with the same one may use the same sockets, one after the other.
[[nodiscard]] std::string listener_identity(const graph::Listener& listener);
// What another generation says about sockets that stay.
void renew_options(int fd, const graph::Graph& graph, const graph::Listener& listener);

}  // namespace shunt::runtime
