// Binds of this thread that a server line of the same process can lead to: the connection is then made in
// memory.
#pragma once
#include <string>
#include <unordered_map>

#include "graph/listener.hpp"
#include "graph/server.hpp"

namespace shunt::runtime {

class Acceptor;
class MemorySocket;

class InnerListeners {
 public:
  // Only `abns@` and `unix@` binds are taken; one that is put later takes the place of an earlier one.
  void put(const graph::Listener& listener, Acceptor& acceptor);
  void remove(const Acceptor& acceptor);
  // The server's end of a new connection. Null: no such bind, or it takes none now, and a real socket finds
  // out what to make of that.
  [[nodiscard]] MemorySocket* connect(const graph::Server& server) const;

 private:
  std::unordered_map<std::string, Acceptor*> by_name_;
};

}  // namespace shunt::runtime
