// Fetches of a stream's timers, bytes, retries and end.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/running_rows.hpp"
#include "fetchers/stream_view.hpp"
#include "fetchers/unsupported_rows.hpp"

namespace shunt::fetchers {
namespace {

template <class Read>
Fetched number(const Context& context, Sample& out, Read read) {
  return context.stream != nullptr ? integer(static_cast<std::int64_t>(read(*context.stream)), out)
                                   : Fetched{};
}

template <std::int64_t StreamTimes::* time>
Fetched timer(Context& context, Arguments, Sample& out) {
  return number(context, out, [](const StreamView& stream) { return stream.times().*time; });
}
template <std::uint64_t StreamBytes::* bytes>
Fetched count(Context& context, Arguments, Sample& out) {
  return number(context, out, [](const StreamView& stream) { return stream.bytes().*bytes; });
}
template <auto read>
Fetched fact(Context& context, Arguments, Sample& out) {
  return number(context, out, [](const StreamView& stream) { return (stream.*read)(); });
}
template <auto read>
Fetched truth(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? boolean((context.stream->*read)(), out) : Fetched{};
}
template <int value>
Fetched always(Context& context, Arguments, Sample& out) {
  return number(context, out, [](const StreamView&) { return value; });
}

Fetched active(Context& context, Arguments, Sample& out) {
  return number(context, out, [](const StreamView& stream) { return active_ms(stream.times()); });
}
Fetched data(Context& context, Arguments, Sample& out) {
  return number(context, out, [](const StreamView& stream) { return data_ms(stream.times()); });
}
Fetched number32(Context& context, Arguments, Sample& out) {
  return number(context, out, [](const StreamView& stream) { return stream.number() & 0xffffffffu; });
}
Fetched termination(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? text(context.stream->termination(), out) : Fetched{};
}
// What only multiplexed protocols have.
Fetched nothing(Context&, Arguments, Sample&) { return {}; }

constexpr FetchRow row(std::string_view name, std::uint32_t places, FetchFunction function,
                       std::string_view text, std::string_view since, SampleType out = SampleType::sint) {
  return reads(name, {}, out, places, function, text, since);
}
using S = StreamView;
using B = StreamBytes;
using T = StreamTimes;

constexpr std::array rows = {
    row("bc.timer.connect", places::response_head, timer<&T::connect>, "Server connect time, ms (%Tc).",
        "2.9"),
    row("bc_be_queue", places::response_head, fact<&S::places_in_backend_queue>,
        "Position in the backend queue (%bq).", "3.0"),
    later("bc_err_name", {}, SampleType::str, places::response_head,
          "Short name of the server connection error.", "3.1"),
    row("bc_glitches", places::response_head, always<0>, "Glitches on the server connection.", "3.0"),
    reads("bc_http_major", {}, SampleType::sint, places::response_head, nothing,
          "The major HTTP version spoken with the server; none in TCP mode."),
    row("bc_nb_streams", places::response_head, always<1>, "Streams opened on it; 1 in TCP mode.", "3.0"),
    row("bc_reused", places::response_head, always<0>, "True if it came from the pool.", "3.2",
        SampleType::boolean),
    row("bc_settings_streams_limit", places::response_head, always<1>,
        "Stream limit negotiated with the server; 1 in TCP mode.", "3.0"),
    row("bc_srv_queue", places::response_head, fact<&S::places_in_server_queue>,
        "Position in the server queue (%sq).", "3.0"),
    row("bs.aborted", places::response_head, truth<&S::server_aborted>, "True if the server aborted.", "3.0"),
    later("bs.debug_str", {.types = {ArgumentType::sint}}, SampleType::str, places::response_head,
          "Internal state of the server side; bitmap of layers (sum of powers of two, 16 = socket).", "3.1"),
    row("bs.id", places::response_head, nothing, "Stream id on the server side; none in TCP mode.", "2.9"),
    row("bs.rst_code", places::response_head, nothing,
        "Reset code from the server (H2/QUIC); none in TCP mode.", "3.0"),
    row("bytes_in", places::kept_request, count<&B::from_client>, "Alias of req.bytes_in.", "2.9"),
    row("bytes_out", places::response_progress, count<&B::from_server>, "Alias of res.bytes_in.", "2.9"),
    row("fc.timer.handshake", places::client_connection, timer<&T::handshake>, "Handshake time, ms (%Th).",
        "2.9"),
    row("fc.timer.total", places::frontend_facts, timer<&T::total>, "Whole stream time, ms (%Tt).", "2.9"),
    later("fc_err_name", {}, SampleType::str, places::client_connection,
          "Short name of the client connection error.", "3.1"),
    row("fc_glitches", places::client_connection, always<0>, "Glitches on the client connection.", "3.0"),
    reads("fc_http_major", {}, SampleType::sint, places::client_connection, nothing,
          "The major HTTP version spoken with the client; none in TCP mode."),
    row("fc_nb_streams", places::client_connection, always<1>, "Streams opened on it; 1 in TCP mode.", "3.0"),
    row("fc_settings_streams_limit", places::client_tls, always<1>,
        "Stream limit negotiated with the client; 1 in TCP mode.", "3.0"),
    row("fs.aborted", places::client_tls, truth<&S::client_aborted>, "True if the client aborted.", "3.0"),
    later("fs.debug_str", {.types = {ArgumentType::sint}}, SampleType::str, places::client_tls,
          "Internal state of the client side.", "3.1"),
    row("fs.id", places::client_tls, nothing,
        "Stream id on the client side (-dK says string, manual integer); none in TCP mode.", "2.9",
        SampleType::str),
    row("fs.rst_code", places::client_tls, nothing, "Reset code from the client (H2/QUIC); none in TCP mode.",
        "3.0"),
    row("req.bytes_in", places::kept_request, count<&B::from_client>, "Bytes received from the client.",
        "3.3"),
    row("req.bytes_out", places::kept_request, count<&B::to_server>, "Bytes sent to the server.", "3.3"),
    row("req.timer.hdr", places::request_buffer, always<-1>, "Header time, ms (%TR); -1 in TCP mode.", "2.9"),
    row("req.timer.idle", places::request_buffer, always<-1>, "Idle time, ms (%Ti); -1 in TCP mode.", "2.9"),
    row("req.timer.queue", places::response_head, timer<&T::queue>, "Queue time, ms (%Tw).", "2.9"),
    row("req.timer.tq", places::request_buffer, always<-1>, "%Tq, ms; -1 in TCP mode.", "2.9"),
    row("res.bytes_in", places::response_progress, count<&B::from_server>, "Bytes received from the server.",
        "3.3"),
    row("res.bytes_out", places::response_progress, count<&B::to_client>, "Bytes sent to the client.", "3.3"),
    row("res.timer.data", places::response_progress, data, "Payload transfer time, ms (%Td).", "2.9"),
    row("res.timer.hdr", places::response_buffer, always<-1>,
        "Response header time, ms (%Tr); -1 in TCP mode.", "2.9"),
    row("server_status", places::response_head, nothing,
        "Status code as the server sent it; none in TCP mode.", "2.9"),
    row("txn.conn_retries", places::response_head, fact<&S::retries>, "Connection retries.", "2.9"),
    row("txn.id32", places::process_state, number32, "32-bit stream number (%rt).", "2.9"),
    row("txn.redispatched", places::response_head, truth<&S::redispatched>, "True after a redispatch.", "3.0",
        SampleType::boolean),
    row("txn.sess_term_state", places::process_state, termination, "Two-letter termination state.", "2.9",
        SampleType::str),
    row("txn.status", places::response_head, always<0>, "Status code as logged (%ST); 0 in TCP mode.", "2.9"),
    row("txn.timer.total", places::kept_request, active, "Active request time, ms (%Ta).", "2.9"),
    row("txn.timer.user", places::kept_request, timer<&T::total>, "Time seen by the client, ms (%Tu).",
        "2.9"),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows stream_fetches() { return rows; }

}  // namespace shunt::fetchers
