// Which of the many timeouts limits which side of a relaying connection.
#include "route/idle_limits.hpp"

namespace shunt::route {
namespace {

using Limit = std::optional<graph::Milliseconds>;

// Of the limits that are set, the first one counts.
Limit first_set(const Limit& a, const Limit& b, const Limit& c) {
  if (a) return a;
  return b ? b : c;
}

// A side whose own bytes wait for the other one can't be blamed for its silence, only one that is to speak or
// to read.
bool waited_for(SideFacts side, SideFacts other) { return side.owed || (!side.ended && !other.owed); }

std::optional<Time> due(SideFacts side, SideFacts other, const IdleClock& since, const Limit& limit) {
  if (!limit || !waited_for(side, other)) return std::nullopt;
  return (side.owed ? since.told : since.heard) + *limit;
}

}  // namespace

IdleDue idle_due(const graph::Timeouts& frontend, const graph::Timeouts& backend, const IdleSince& since,
                 SideFacts client, SideFacts server) {
  const Limit for_client =
      first_set(server.ended ? frontend.client_fin : Limit{}, backend.tunnel, frontend.client);
  const Limit for_server =
      first_set(client.ended ? backend.server_fin : Limit{}, backend.tunnel, backend.server);
  return {.client = due(client, server, since.client, for_client),
          .server = due(server, client, since.server, for_server)};
}

}  // namespace shunt::route
