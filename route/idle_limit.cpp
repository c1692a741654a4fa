// Which of the many timeouts limits a relaying connection that is silent.
#include "route/session.hpp"

namespace shunt::route {
namespace {

using Limit = std::optional<graph::Milliseconds>;

Limit first_set(const Limit& a, const Limit& b, const Limit& c) {
  if (a) return a;
  return b ? b : c;
}

// Both sides run together since activity in either direction restarts both; the client's name is logged on a
// tie.
IdleLimit shorter(const Limit& client, const Limit& server) {
  if (!client || (server && *server < *client)) return {server, EndCause::server_timeout};
  return {client, EndCause::client_timeout};
}

}  // namespace

IdleLimit idle_limit(const graph::Timeouts& frontend, const graph::Timeouts& backend, bool client_ended,
                     bool server_ended) {
  const Limit client =
      first_set(server_ended ? frontend.client_fin : Limit{}, backend.tunnel, frontend.client);
  const Limit server = first_set(client_ended ? backend.server_fin : Limit{}, backend.tunnel, backend.server);
  if (client_ended && !server_ended) return {server, EndCause::server_timeout};
  if (server_ended && !client_ended) return {client, EndCause::client_timeout};
  return shorter(client, server);
}

}  // namespace shunt::route
