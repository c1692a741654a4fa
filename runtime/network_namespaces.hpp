// Network namespaces that the file names: opened while the process may, entered for the making of a socket.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "graph/graph.hpp"
#include "parser/result.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

class NetworkNamespaces {
 public:
  // Those of servers. What `before` (may be null) holds is not opened again: a process that has given up its
  // rights cannot. The fault is the server's.
  struct Fault {
    graph::ServerId server = 0;
    std::string message;
  };
  [[nodiscard]] static Result<std::shared_ptr<const NetworkNamespaces>, Fault> open(
      const graph::Graph& graph, const NetworkNamespaces* before);

  // As socket(2); `name` empty: of the process's own namespace.
  [[nodiscard]] int socket(const std::string& name, int family, int type) const;

 private:
  std::map<std::string, std::shared_ptr<const UniqueFd>> by_name_;
  std::shared_ptr<const UniqueFd> own_;
};

// The same for a namespace that is opened only for this.
[[nodiscard]] int socket_in_namespace(const std::string& name, int family, int type);

}  // namespace shunt::runtime
