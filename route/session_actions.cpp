// What rules change of a session beside its variables.
#include "route/session.hpp"

namespace shunt::route {

// What was there before is still what the socket says. Rules of the connection change that, too [seen].
void Session::keep_socket_addresses() {
  if (phase_ == Phase::fresh || rare().addresses_changed) return;
  rare().addresses_changed = true;
  rare().socket_source = source_;
  rare().socket_destination = destination_;
}

void Session::set_source(const fetchers::Endpoint& source) {
  keep_socket_addresses();
  source_ = source;
}

void Session::set_destination(const fetchers::Endpoint& destination) {
  keep_socket_addresses();
  destination_ = destination;
}

void Session::set_packet_option(PacketOption option, std::uint32_t value) {
  const auto tos = static_cast<std::uint8_t>(value);
  switch (option) {
    case PacketOption::client_mark:
      if (sockets_ != nullptr) sockets_->mark_client(value);
      return;
    case PacketOption::client_tos:
      if (sockets_ != nullptr) sockets_->set_client_tos(tos);
      return;
    case PacketOption::server_mark: rare().server_marks.mark = value; return;
    case PacketOption::server_tos: rare().server_marks.tos = tos; return;
  }
}

void Session::vanish_with(std::optional<std::int64_t> ttl) {
  vanishes_ = true;
  if (ttl) rare().vanish_ttl = static_cast<std::uint8_t>(*ttl);
}

}  // namespace shunt::route
