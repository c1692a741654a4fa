// The sockets towards the name servers of one section: questions go out to all, whatever comes back is handed
// on.
#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graph/resolvers.hpp"

namespace shunt::runtime {

class NameSockets {
 public:
  // `heard`: a message of the name server with that place in the section; a datagram is cut one byte behind
  // what was announced.
  using Heard = std::function<void(std::size_t server, std::string_view message)>;
  NameSockets(boost::asio::io_context& io, const graph::Resolvers& section, const Heard& heard);
  ~NameSockets();
  NameSockets(const NameSockets&) = delete;
  NameSockets& operator=(const NameSockets&) = delete;

  // `nowhere`: there is no way to it. That is a name server without an answer, too.
  enum class Sent : std::uint8_t { yes, failed, nowhere };
  using Told = std::function<void(std::size_t server, Sent sent)>;
  void send(const std::string& query, const Told& told);

  class Peer;

 private:
  std::vector<std::shared_ptr<Peer>> peers_;
};

}  // namespace shunt::runtime
