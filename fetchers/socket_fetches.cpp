// Fetches of what the sockets say: errors, the kernel's measurements, whether an address is one of this
// machine.
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/connection_errors.hpp"
#include "fetchers/connection_view.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/process_view.hpp"
#include "fetchers/running_rows.hpp"

namespace shunt::fetchers {
namespace {

using Side = const ConnectionView* Context::*;
using End = Endpoint (ConnectionView::*)() const;
constexpr Side client = &Context::client;
constexpr Side server = &Context::server;

template <Side side>
Fetched error_number(Context& context, Arguments, Sample& out) {
  const ConnectionView* view = context.*side;
  return view != nullptr && view->exists() ? integer(view->error(), out) : Fetched{};
}

template <Side side>
Fetched error_text(Context& context, Arguments, Sample& out) {
  const ConnectionView* view = context.*side;
  return view != nullptr && view->exists() ? text_if_any(connection_error_text(view->error()), out)
                                           : Fetched{};
}

template <End end>
Fetched is_local(Context& context, Arguments, Sample& out) {
  if (context.client == nullptr || context.process == nullptr) return {};
  const Endpoint found = (context.client->*end)();
  return found.family != Family::none ? boolean(context.process->is_local(found), out) : Fetched{};
}

// check_rtt keeps in `reference` whether microseconds were asked for.
template <Side side, std::uint32_t TcpFacts::* fact>
Fetched time_of(Context& context, Arguments arguments, Sample& out) {
  const auto facts = context.*side != nullptr ? (context.*side)->tcp_facts() : std::nullopt;
  if (!facts) return {};
  const bool microseconds = arguments[0].type != ArgumentType::none && arguments[0].text == "us";
  return integer((*facts).*fact / (microseconds ? 1u : 1000u), out);
}

template <std::uint32_t TcpFacts::* fact>
Fetched count_of(Context& context, Arguments, Sample& out) {
  const auto facts = context.client != nullptr ? context.client->tcp_facts() : std::nullopt;
  return facts ? integer((*facts).*fact, out) : Fetched{};
}

// The headers of a SYN with all options are below 200 bytes.
Fetched saved_syn(Context& context, Arguments, Sample& out) {
  if (context.client == nullptr) return {};
  const std::span<char> room = context.scratch->allocate(512);
  const std::size_t size = context.client->saved_syn(room);
  out.set_binary({room.data(), size});
  return {.found = size != 0};
}

constexpr ArgumentSignature unit{.types = {ArgumentType::str}, .check = check_rtt};
constexpr ArgumentSignature no_unit{.types = {ArgumentType::str}, .check = check_no_unit};

constexpr FetchRow counter(std::string_view name, FetchFunction function, std::string_view text) {
  return reads(name, no_unit, SampleType::sint, places::client_connection, function, text);
}
constexpr FetchRow locality(std::string_view name, FetchFunction function, std::string_view text) {
  return reads(name, {}, SampleType::boolean, places::client_connection, function, text);
}

constexpr std::array rows = {
    reads("bc_err", {}, SampleType::sint, places::response_head, error_number<server>,
          "The number of the last error of the server connection."),
    reads("bc_err_str", {}, SampleType::str, places::response_head, error_text<server>,
          "The last error of the server connection as text."),
    reads("bc_rtt", unit, SampleType::sint, places::client_connection, time_of<server, &TcpFacts::rtt_us>,
          "Kernel RTT; unit ms (default) or us.", "2.8"),
    reads("bc_rttvar", unit, SampleType::sint, places::client_connection,
          time_of<server, &TcpFacts::rtt_variance_us>, "RTT variance; same unit.", "2.8"),
    locality("dst_is_local", is_local<&ConnectionView::destination>,
             "Whether the address the client connected to belongs to this machine."),
    locality("fc_dst_is_local", is_local<&ConnectionView::socket_destination>,
             "Whether the original destination address belongs to this machine."),
    reads("fc_err", {}, SampleType::sint, places::client_connection, error_number<client>,
          "The number of the last error of the client connection."),
    reads("fc_err_str", {}, SampleType::str, places::client_connection, error_text<client>,
          "The last error of the client connection as text."),
    counter("fc_fackets", count_of<&TcpFacts::forward_acknowledged>,
            "The kernel's counter of forward acknowledgements of the client connection."),
    counter("fc_lost", count_of<&TcpFacts::lost>,
            "The kernel's counter of lost segments of the client connection."),
    counter("fc_reordering", count_of<&TcpFacts::reordering>,
            "The kernel's measure of reordering of the client connection."),
    counter("fc_retrans", count_of<&TcpFacts::retransmitted>,
            "The kernel's counter of unacknowledged retransmits of the client connection."),
    reads("fc_rtt", unit, SampleType::sint, places::client_connection, time_of<client, &TcpFacts::rtt_us>,
          "The kernel's round trip time of the client connection."),
    reads("fc_rttvar", unit, SampleType::sint, places::client_connection,
          time_of<client, &TcpFacts::rtt_variance_us>,
          "The variance of the round trip time of the client connection."),
    counter("fc_sacked", count_of<&TcpFacts::sacked>,
            "The kernel's counter of selectively acknowledged segments."),
    reads("fc_saved_syn", {}, SampleType::bin, places::client_connection, saved_syn,
          "Saved SYN (needs bind tcp-ss); the kernel tells it once.", "3.4"),
    locality("fc_src_is_local", is_local<&ConnectionView::socket_source>,
             "Whether the original source address belongs to this machine."),
    counter("fc_unacked", count_of<&TcpFacts::unacknowledged>,
            "The kernel's counter of unacknowledged segments of the client connection."),
    locality("src_is_local", is_local<&ConnectionView::source>,
             "Whether the client's address belongs to this machine."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows socket_fetches() { return rows; }

}  // namespace shunt::fetchers
