// The names behind `timeout` in a proxy.
#include <fmt/core.h>

#include "graph/read/setters.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using T = config::TimeoutSettings;

constexpr std::uint32_t front = in::defaults | in::front;
constexpr std::uint32_t back = in::defaults | in::back;
constexpr std::uint32_t all = in::defaults | in::proxies;

constexpr int warns_of_small = 301;

// "timeout client 30" is mostly meant to be seconds.
void warn_of_small_time(Reading& reading) {
  const auto& word = reading.arguments[0];
  const auto time = parser::read_time(word.value);
  if (time && !time.value().has_unit && time.value().value.count() > 0 && time.value().value.count() < 100 &&
      reading.state.language() >= warns_of_small) {
    reading.report(codes::small_time, word.span,
                   fmt::format("{} is {} milliseconds; write '{}ms' if that is meant", reading.quoted(),
                               word.value, word.value));
  }
}

// Checked like the others, although TCP proxies have no use for it.
void check_only(Reading& reading) {
  warn_of_small_time(reading);
  (void)read_time(reading, reading.arguments[0]);
}

template <auto Member>
void set_timeout(Reading& reading) {
  warn_of_small_time(reading);
  set_time<Member>(reading);
}

constexpr std::array rows{
    Row{.name = "check",
        .places = back,
        .ignored = in::frontend,
        .min_args = 1,
        .max_args = 1,
        .lower = set_timeout<&T::check>,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long a health check may take once it is connected."},
    Row{.name = "client",
        .places = front,
        .ignored = in::backend,
        .min_args = 1,
        .max_args = 1,
        .lower = set_timeout<&T::client>,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long the client side may be silent."},
    Row{.name = "client-fin",
        .places = front,
        .ignored = in::backend,
        .min_args = 1,
        .max_args = 1,
        .lower = set_timeout<&T::client_fin>,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long the client side may be silent once one direction is closed."},
    Row{.name = "client-hs",
        .places = front,
        .ignored = in::backend,
        .min_args = 1,
        .max_args = 1,
        .status = Status::unsupported,
        .since = "2.9",
        .advice = "the handshake has no timer of its own yet",
        .lower = check_only,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long a TLS or PROXY handshake with the client may take."},
    Row{.name = "clitimeout",
        .places = all,
        .status = Status::removed,
        .removed_in = "2.1",
        .advice = "use 'timeout client'",
        .repeat = Repeat::replaces_aloud,
        .documentation = "Old name of `timeout client`."},
    Row{.name = "connect",
        .places = back,
        .ignored = in::frontend,
        .min_args = 1,
        .max_args = 1,
        .lower = set_timeout<&T::connect>,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long connecting to a server may take."},
    Row{.name = "contimeout",
        .places = all,
        .status = Status::removed,
        .removed_in = "2.1",
        .advice = "use 'timeout connect'",
        .repeat = Repeat::replaces_aloud,
        .documentation = "Old name of `timeout connect`."},
    Row{.name = "http-keep-alive",
        .places = all,
        .min_args = 1,
        .max_args = 1,
        .status = Status::no_effect,
        .lower = check_only,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long an idle HTTP client connection is kept."},
    Row{.name = "http-request",
        .places = all,
        .min_args = 1,
        .max_args = 1,
        .status = Status::no_effect,
        .lower = check_only,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long a client may take to send a request head."},
    Row{.name = "queue",
        .places = back,
        .ignored = in::frontend,
        .min_args = 1,
        .max_args = 1,
        .lower = set_timeout<&T::queue>,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long a connection may wait for a free server slot."},
    Row{.name = "server",
        .places = back,
        .ignored = in::frontend,
        .min_args = 1,
        .max_args = 1,
        .lower = set_timeout<&T::server>,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long the server side may be silent."},
    Row{.name = "server-fin",
        .places = back,
        .ignored = in::frontend,
        .min_args = 1,
        .max_args = 1,
        .lower = set_timeout<&T::server_fin>,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long the server side may be silent once one direction is closed."},
    Row{.name = "srvtimeout",
        .places = all,
        .status = Status::removed,
        .removed_in = "2.1",
        .advice = "use 'timeout server'",
        .repeat = Repeat::replaces_aloud,
        .documentation = "Old name of `timeout server`."},
    Row{.name = "tarpit",
        .places = all,
        .min_args = 1,
        .max_args = 1,
        .status = Status::no_effect,
        .lower = check_only,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long a tarpitted HTTP request is held."},
    Row{.name = "tunnel",
        .places = back,
        .ignored = in::frontend,
        .min_args = 1,
        .max_args = 1,
        .lower = set_timeout<&T::tunnel>,
        .repeat = Repeat::replaces_aloud,
        .documentation = "How long both sides may be silent once bytes have flowed in both directions."},
};

}  // namespace

SHUNT_FAMILY(timeout_family, "timeout", rows);

}  // namespace shunt::graph
