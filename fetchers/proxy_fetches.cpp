// Fetches of frontends, backends and listeners: names, numbers, limits, counts, rates.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/proxies_view.hpp"
#include "fetchers/running_rows.hpp"
#include "fetchers/stream_view.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::uint32_t unresolved = 0xffffffff;
using Own = std::uint32_t Context::*;

// Without an argument, the stream's own proxy.
std::uint32_t id_of(const ArgumentValue& argument, std::uint32_t own) {
  return argument.reference == unresolved && argument.text.empty() ? own : argument.reference;
}

// One number of a frontend or a backend that may be named.
template <auto read, Own own>
Fetched count(Context& context, Arguments arguments, Sample& out) {
  const std::uint32_t id = id_of(arguments[0], context.*own);
  if (context.proxies == nullptr || id == unresolved) return {};
  return integer((context.proxies->*read)(id), out);
}

// Queued requests for each usable server; twice as many without one.
Fetched average_queue(Context& context, Arguments arguments, Sample& out) {
  const std::uint32_t id = id_of(arguments[0], context.backend);
  if (context.proxies == nullptr || id == unresolved) return {};
  const std::int64_t queued = context.proxies->queued(id);
  const std::int64_t servers = context.proxies->usable_servers(id);
  return integer(servers != 0 ? (queued + servers - 1) / servers : queued * 2, out);
}

// The stream's backend; its frontend as long as none is chosen.
std::uint32_t chosen_backend(const Context& context) {
  if (context.stream == nullptr) return context.backend;
  const std::uint32_t id = context.stream->backend();
  return id != StreamView::none ? id : context.frontend;
}

Fetched frontend_number(Context& context, Arguments, Sample& out) {
  return context.proxies != nullptr ? integer(context.proxies->number(context.frontend), out) : Fetched{};
}
Fetched frontend_name(Context& context, Arguments, Sample& out) {
  return context.proxies != nullptr ? text_if_any(context.proxies->name(context.frontend), out) : Fetched{};
}
Fetched default_backend(Context& context, Arguments, Sample& out) {
  return context.proxies != nullptr ? text_if_any(context.proxies->default_backend(context.frontend), out)
                                    : Fetched{};
}
Fetched backend_number(Context& context, Arguments, Sample& out) {
  return context.proxies != nullptr ? integer(context.proxies->number(chosen_backend(context)), out)
                                    : Fetched{};
}
Fetched backend_name(Context& context, Arguments, Sample& out) {
  return context.proxies != nullptr ? text_if_any(context.proxies->name(chosen_backend(context)), out)
                                    : Fetched{};
}

// No limit is 0.
template <TimeoutKind kind>
Fetched backend_timeout(Context& context, Arguments, Sample& out) {
  if (context.proxies == nullptr) return {};
  return integer(context.proxies->timeout(chosen_backend(context), kind).value_or(0), out);
}
template <TimeoutKind kind>
Fetched frontend_timeout(Context& context, Arguments, Sample& out) {
  if (context.proxies == nullptr) return {};
  return integer(context.proxies->timeout(context.frontend, kind).value_or(0), out);
}
template <TimeoutKind kind>
Fetched current_timeout(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? integer(context.stream->timeout(kind).value_or(0), out) : Fetched{};
}

Fetched retries(Context& context, Arguments, Sample& out) {
  return context.proxies != nullptr ? integer(context.proxies->retries(chosen_backend(context)), out)
                                    : Fetched{};
}

Fetched listener_connections(Context& context, Arguments, Sample& out) {
  if (context.proxies == nullptr || context.stream == nullptr) return {};
  return integer(context.proxies->listener_connections(context.stream->listener()), out);
}
Fetched listener_number(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? integer(context.stream->listener_number(), out) : Fetched{};
}
Fetched listener_name(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? text_if_any(context.stream->listener_name(), out) : Fetched{};
}

constexpr Own frontend = &Context::frontend;
constexpr Own backend = &Context::backend;

constexpr FetchRow of_backend(std::string_view name, FetchFunction function, std::string_view text) {
  return reads(name, {.required = 1, .types = {ArgumentType::backend}}, SampleType::sint,
               places::process_state, function, text);
}
constexpr FetchRow of_frontend(std::string_view name, FetchFunction function, std::string_view text) {
  return reads(name, {.required = 1, .types = {ArgumentType::frontend}}, SampleType::sint,
               places::process_state, function, text);
}
constexpr FetchRow backend_fact(std::string_view name, FetchFunction function, std::string_view text,
                                std::string_view since = {}, SampleType out = SampleType::sint) {
  return reads(name, {}, out, places::backend_facts, function, text, since);
}
constexpr FetchRow frontend_fact(std::string_view name, FetchFunction function, std::string_view text,
                                 std::string_view since = {}, SampleType out = SampleType::sint) {
  return reads(name, {}, out, places::frontend_facts, function, text, since);
}
using K = TimeoutKind;

constexpr std::array rows = {
    of_backend("avg_queue", average_queue, "The queued requests of a backend divided by its usable servers."),
    of_backend("be_conn", count<&ProxiesView::backend_connections, backend>,
               "The number of connections of a backend."),
    of_backend("be_conn_free", count<&ProxiesView::free_connections, backend>,
               "The connections that all usable servers of a backend can still take."),
    backend_fact("be_connect_timeout", backend_timeout<K::connect>, "Configured connect timeout, ms.", "3.4"),
    backend_fact("be_id", backend_number, "The number of the current backend."),
    backend_fact("be_max_retries", retries, "Configured retries.", "3.5"),
    backend_fact("be_name", backend_name, "The name of the current backend.", {}, SampleType::str),
    backend_fact("be_queue_timeout", backend_timeout<K::queue>, "Configured queue timeout, ms.", "3.4"),
    backend_fact("be_server_timeout", backend_timeout<K::server>,
                 "The configured server timeout of the backend in milliseconds."),
    of_backend("be_sess_rate", count<&ProxiesView::backend_session_rate, backend>,
               "New sessions per second of a backend."),
    backend_fact("be_tarpit_timeout", backend_timeout<K::tarpit>, "Configured tarpit timeout, ms.", "3.4"),
    backend_fact("be_tunnel_timeout", backend_timeout<K::tunnel>,
                 "The configured tunnel timeout of the backend in milliseconds."),
    of_backend("connslots", count<&ProxiesView::free_slots, backend>,
               "The free connection and queue slots of all servers of a backend."),
    frontend_fact("cur_client_timeout", current_timeout<K::client>, "Applied client timeout, ms.", "2.9"),
    backend_fact("cur_connect_timeout", current_timeout<K::connect>, "Applied connect timeout.", "3.4"),
    backend_fact("cur_max_retries", retries, "Applied retries.", "3.5"),
    backend_fact("cur_queue_timeout", current_timeout<K::queue>, "Applied queue timeout.", "3.4"),
    backend_fact("cur_server_timeout", current_timeout<K::server>,
                 "The server timeout that applies, in milliseconds."),
    reads("cur_tarpit_timeout", {}, SampleType::sint, places::client_connection, current_timeout<K::tarpit>,
          "Applied tarpit timeout.", "3.4"),
    backend_fact("cur_tunnel_timeout", current_timeout<K::tunnel>,
                 "The tunnel timeout that applies, in milliseconds."),
    frontend_fact("dst_conn", listener_connections, "The connections of the listener that the client uses."),
    frontend_fact("fe_client_timeout", frontend_timeout<K::client>,
                  "The configured client timeout of the frontend in milliseconds."),
    of_frontend("fe_conn", count<&ProxiesView::frontend_connections, frontend>,
                "The number of connections of a frontend."),
    frontend_fact("fe_defbe", default_backend, "The name of the frontend's default backend.", {},
                  SampleType::str),
    frontend_fact("fe_id", frontend_number, "The number of the frontend."),
    frontend_fact("fe_name", frontend_name, "The name of the frontend.", {}, SampleType::str),
    of_frontend("fe_req_rate", count<&ProxiesView::frontend_request_rate, frontend>,
                "HTTP requests per second of a frontend."),
    of_frontend("fe_sess_rate", count<&ProxiesView::frontend_session_rate, frontend>,
                "New sessions per second of a frontend."),
    frontend_fact("fe_tarpit_timeout", frontend_timeout<K::tarpit>, "Configured tarpit timeout, ms.", "3.4"),
    of_backend("nbsrv", count<&ProxiesView::usable_servers, backend>,
               "The number of usable servers of a backend."),
    of_backend("queue", count<&ProxiesView::queued, backend>,
               "The requests waiting in a backend and its servers."),
    frontend_fact("so_id", listener_number, "The number of the listener that accepted the client."),
    frontend_fact("so_name", listener_name, "The name of the listener that accepted the client.", {},
                  SampleType::str),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows proxy_fetches() { return rows; }

}  // namespace shunt::fetchers
