// Fetches of servers: of one that is named, and of the stream's own.
#include <algorithm>
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/proxies_view.hpp"
#include "fetchers/running_rows.hpp"
#include "fetchers/stream_view.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::uint32_t unresolved = 0xffffffff;

template <class Read>
Fetched named(Context& context, Arguments arguments, Sample& out, Read read) {
  if (context.proxies == nullptr || arguments[0].reference == unresolved) return {};
  return integer(read(context.proxies->server(arguments[0].reference)), out);
}

template <auto member>
Fetched number(Context& context, Arguments arguments, Sample& out) {
  return named(context, arguments, out, [](const ServerFacts& server) { return server.*member; });
}

// -1 without a limit.
Fetched free_connections(Context& context, Arguments arguments, Sample& out) {
  return named(context, arguments, out, [](const ServerFacts& server) -> std::int64_t {
    if (server.max_connections == 0) return -1;
    return std::max<std::int64_t>(0, std::int64_t{server.max_connections} - server.connections);
  });
}

Fetched is_up(Context& context, Arguments arguments, Sample& out) {
  if (context.proxies == nullptr || arguments[0].reference == unresolved) return {};
  return boolean(context.proxies->server(arguments[0].reference).up, out);
}

// The server that the stream was given.
template <class Read>
Fetched own(const Context& context, Read read) {
  if (context.proxies == nullptr || context.stream == nullptr) return {};
  const std::uint32_t id = context.stream->server();
  return id != StreamView::none ? read(context.proxies->server(id)) : Fetched{};
}
Fetched own_number(Context& context, Arguments, Sample& out) {
  return own(context, [&](const ServerFacts& server) { return integer(server.number, out); });
}
Fetched own_name(Context& context, Arguments, Sample& out) {
  return own(context, [&](const ServerFacts& server) { return text_if_any(server.name, out); });
}

constexpr FetchRow of_server(std::string_view name, FetchFunction function, std::string_view text,
                             SampleType out = SampleType::sint) {
  return reads(name, {.required = 1, .types = {ArgumentType::server}}, out, places::process_state, function,
               text);
}

constexpr std::array rows = {
    of_server("srv_conn", number<&ServerFacts::connections>, "The connections of a server."),
    of_server("srv_conn_free", free_connections, "The connections that a server can still take."),
    reads("srv_id", {}, SampleType::sint, places::server_facts, own_number,
          "The number of the chosen server."),
    of_server("srv_is_up", is_up, "Whether a server is usable.", SampleType::boolean),
    of_server("srv_iweight", number<&ServerFacts::first_weight>, "The initial weight of a server."),
    reads("srv_name", {}, SampleType::str, places::server_facts, own_name, "The name of the chosen server."),
    of_server("srv_queue", number<&ServerFacts::queued>, "The requests waiting for a server."),
    of_server("srv_sess_rate", number<&ServerFacts::session_rate>, "New sessions per second of a server."),
    of_server("srv_uweight", number<&ServerFacts::user_weight>, "The weight that a user gave to a server."),
    of_server("srv_weight", number<&ServerFacts::weight>, "The weight of a server in use."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows server_fetches() { return rows; }

}  // namespace shunt::fetchers
