// The `stats socket` lines: bound and answered; of the commands there are those about stick tables, peers
// and name servers.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "parser/result.hpp"
#include "runtime/bind_finding.hpp"
#include "runtime/fresh_paths.hpp"
#include "runtime/unique_fd.hpp"

namespace boost::asio {
class io_context;
}

namespace shunt::runtime {

struct Generation;  // runtime/generation.hpp

class StatsSockets {
 public:
  // Tries to bind all of them, before privileges are dropped; a socket file of that name is replaced once
  // `paths` are in place.
  // What is wrong is added to `findings`, and then the result is not to be served.
  [[nodiscard]] static std::unique_ptr<StatsSockets> open(const graph::Graph& graph, FreshPaths& paths,
                                                          std::vector<BindFinding>& findings);
  ~StatsSockets();
  // What tells the sockets that are open now apart, for another thread.
  using Identities = std::vector<std::string>;
  [[nodiscard]] Identities identities() const;
  // Of another generation's lines: those that have no socket yet, by their place in the file.
  [[nodiscard]] static std::vector<std::size_t> missing(const Identities& open, const graph::Graph& graph);
  // Serves the lines of `graph` instead: with the sockets that they have already, or these.
  void adopt(boost::asio::io_context& io, std::shared_ptr<const Generation> generation,
             std::map<std::size_t, UniqueFd> opened);
  using Answers = std::function<std::optional<std::string>(std::span<const std::string> words)>;
  // Asked first, for commands about what stands outside of generations; nullopt: it is none of these.
  void answer_with(Answers answers);
  // Commands are about this generation.
  void serve(boost::asio::io_context& io, std::shared_ptr<const Generation> generation);
  void stop();

 private:
  struct Data;
  void close_all();
  explicit StatsSockets(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

// The socket of one line, or what is said about it.
[[nodiscard]] Result<UniqueFd, std::string> open_stats_socket(const graph::StatsSocket& line,
                                                              FreshPaths& paths);

}  // namespace shunt::runtime
