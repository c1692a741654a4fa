// One row per alias; what a value looks like with which flag was taken from HAProxy's own lines.
#include "fetchers/log_aliases.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "fetchers/captures.hpp"
#include "fetchers/families.hpp"
#include "fetchers/stream_view.hpp"

namespace shunt::fetchers {
namespace {

void address(const Endpoint& end, LogWriter& out) {
  if (end.family == Family::none) return out.nothing();
  if (end.family == Family::unix_socket) return out.text("unix");
  const std::size_t size = end.family == Family::ipv4 ? 4 : 16;
  if (out.has(LogFlag::hex)) {
    for (std::size_t i = 0; i < size; ++i) out.hexadecimal(end.address[i], 2);
    return;
  }
  std::array<char, INET6_ADDRSTRLEN> room = {};
  inet_ntop(size == 4 ? AF_INET : AF_INET6, end.address.data(), room.data(), room.size());
  out.text(room.data());
}

// A connection to a UNIX socket has the listener's number in the place of a port.
void port(const Endpoint& end, std::uint32_t listener, LogWriter& out) {
  if (end.family == Family::none) return out.nothing();
  if (end.family == Family::unix_socket) return out.number(listener);
  return out.has(LogFlag::hex) ? out.hexadecimal(end.port, 4) : out.number(end.port);
}

struct BrokenDate {
  std::tm fields = {};
  unsigned milliseconds = 0;
};

BrokenDate broken(std::chrono::system_clock::time_point date, bool local) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(date.time_since_epoch()).count();
  const std::time_t seconds = since / 1000;
  BrokenDate result{.milliseconds = static_cast<unsigned>(since % 1000)};
  local ? localtime_r(&seconds, &result.fields) : gmtime_r(&seconds, &result.fields);
  return result;
}

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// "21/Nov/2026:09:15:31", then milliseconds or the zone.
void date(const BrokenDate& date, bool milliseconds, LogWriter& out) {
  std::array<char, 64> room;
  const std::tm& at = date.fields;
  auto end = fmt::format_to_n(room.data(), room.size(), "{:02}/{}/{}:{:02}:{:02}:{:02}", at.tm_mday,
                              months[static_cast<std::size_t>(at.tm_mon)], at.tm_year + 1900, at.tm_hour,
                              at.tm_min, at.tm_sec)
                 .out;
  const auto left = static_cast<std::size_t>(room.data() + room.size() - end);
  const long minutes = std::abs(at.tm_gmtoff) / 60;
  end = milliseconds ? fmt::format_to_n(end, left, ".{:03}", date.milliseconds).out
                     : fmt::format_to_n(end, left, " {}{:02}{:02}", at.tm_gmtoff < 0 ? '-' : '+',
                                        minutes / 60, minutes % 60)
                           .out;
  out.verbatim({room.data(), static_cast<std::size_t>(end - room.data())});
}

std::int64_t epoch_milliseconds(const LogRecord& record) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(record.accept_date.time_since_epoch()).count();
}

// What is known before the end of the session is only a lower bound.
void so_far(const LogRecord& record, std::int64_t value, LogWriter& out) {
  if (record.as_soon_as_possible) out.verbatim("+");
  out.number(value);
}

void number_or_hex(std::uint64_t value, LogWriter& out) {
  return out.has(LogFlag::hex) ? out.hexadecimal(value, 4) : out.number(static_cast<std::int64_t>(value));
}

// "{one|two}"; what is missing leaves its place empty, and without slots there is nothing.
void captures(const Context& context, Message message, LogWriter& out) {
  const std::size_t count = context.captures != nullptr ? context.captures->count(message) : 0;
  if (count == 0) return;
  if (out.has(LogFlag::quote)) out.verbatim("\"");
  for (std::size_t i = 0; i < count; ++i) {
    out.verbatim(i == 0 ? "{" : "|");
    out.capture(context.captures->get(message, i).value_or(std::string_view()));
  }
  out.verbatim(out.has(LogFlag::quote) ? "}\"" : "}");
}

void capture_list(const Context& context, Message message, LogWriter& out) {
  const std::size_t count = context.captures != nullptr ? context.captures->count(message) : 0;
  const std::string_view quote = out.has(LogFlag::quote) ? "\"" : "";
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) out.verbatim(" ");
    const auto stored = context.captures->get(message, i);
    out.verbatim(!stored && quote.empty() ? "-" : quote);
    out.capture(stored.value_or(std::string_view()));
    out.verbatim(quote);
  }
}

using C = const Context&;
using R = const LogRecord&;
using W = LogWriter&;

using Write = void (*)(const Context& context, const LogRecord& record, LogWriter& out);

// In a line of TCP mode there is no HTTP message.
constexpr LogAliasRow http(std::string_view name, Write write, std::string_view text) {
  return {.name = name, .mode = AliasMode::http, .write = write, .documentation = text, .at_end = true};
}
void bad_request(C, R, W w) { w.text("<BADREQ>"); }
void no_value(C, R, W w) { w.nothing(); }
void no_time(C, R, W w) { w.number(-1); }

StreamTimes times_of(R r) {
  return {.handshake = r.handshake_ms, .queue = r.queue_ms, .connect = r.connect_ms, .total = r.total_ms};
}

// The date at which the handshakes were over.
std::chrono::system_clock::time_point request_date(R r) {
  return r.accept_date + std::chrono::milliseconds(r.handshake_ms);
}

constexpr std::array rows = {
    LogAliasRow{.name = "B",
                .write = [](C, R r, W w) { so_far(r, static_cast<std::int64_t>(r.bytes_to_client), w); },
                .documentation = "Bytes from the server to the client.",
                .at_end = true},
    http("CC", no_value, "A request cookie; none in TCP mode."),
    http("CS", no_value, "A response cookie; none in TCP mode."),
    LogAliasRow{
        .name = "H", .write = [](C, R r, W w) { w.text(r.host); }, .documentation = "The name of this host."},
    http("HM", bad_request, "The HTTP method; none in TCP mode."),
    http("HP", bad_request, "The URI without its query; none in TCP mode."),
    http("HPO", bad_request, "The path; none in TCP mode."),
    http("HQ", bad_request, "The query; none in TCP mode."),
    http("HU", bad_request, "The URI; none in TCP mode."),
    http("HV", bad_request, "The HTTP version; none in TCP mode."),
    LogAliasRow{.name = "ID",
                .write = [](C, R r, W w) { w.text(r.unique_id); },
                .documentation = "The unique id.",
                .at_end = true},
    http(
        "OG", [](C, R r, W w) { w.text(r.as_soon_as_possible ? "txn_connect" : "txn_close"); },
        "What made the line."),
    LogAliasRow{.name = "ST",
                .write = [](C, R, W w) { w.number(0); },
                .documentation = "The HTTP status; 0 in TCP mode."},
    LogAliasRow{.name = "T",
                .write = [](C, R r, W w) { date(broken(r.accept_date, false), false, w); },
                .documentation = "The date of the accept in UTC."},
    http("TR", no_time, "Milliseconds until the request was there; -1 in TCP mode."),
    http(
        "Ta", [](C, R r, W w) { so_far(r, active_ms(times_of(r)), w); },
        "Milliseconds without the handshakes."),
    LogAliasRow{.name = "Tc",
                .write = [](C, R r, W w) { w.number(r.connect_ms); },
                .documentation = "Milliseconds to connect to the server.",
                .at_end = true},
    LogAliasRow{.name = "Td",
                .write = [](C, R r, W w) { w.number(data_ms(times_of(r))); },
                .documentation = "Milliseconds of data transfer.",
                .at_end = true},
    LogAliasRow{.name = "Th",
                .write = [](C, R r, W w) { w.number(r.handshake_ms); },
                .documentation = "Milliseconds of PROXY header and TLS handshake.",
                .at_end = true},
    http("Ti", no_time, "Milliseconds before the request; -1 in TCP mode."),
    LogAliasRow{.name = "Tl",
                .write = [](C, R r, W w) { date(broken(r.accept_date, true), false, w); },
                .documentation = "The date of the accept in local time."},
    http("Tq", no_time, "Milliseconds until the request was there; -1 in TCP mode."),
    http("Tr", no_time, "Milliseconds until the response; -1 in TCP mode."),
    LogAliasRow{
        .name = "Ts",
        .write = [](C, R r,
                    W w) { number_or_hex(static_cast<std::uint64_t>(epoch_milliseconds(r) / 1000), w); },
        .documentation = "The date of the accept in seconds since 1970."},
    LogAliasRow{.name = "Tt",
                .write = [](C, R r, W w) { so_far(r, r.total_ms, w); },
                .documentation = "Milliseconds from accept to the end.",
                .at_end = true},
    LogAliasRow{.name = "Tu",
                .write = [](C, R r, W w) { so_far(r, r.total_ms, w); },
                .documentation = "Milliseconds of the session as the client saw it.",
                .at_end = true},
    LogAliasRow{.name = "Tw",
                .write = [](C, R r, W w) { w.number(r.queue_ms); },
                .documentation = "Milliseconds of waiting for a server.",
                .at_end = true},
    LogAliasRow{.name = "U",
                .write = [](C, R r, W w) { w.number(static_cast<std::int64_t>(r.bytes_to_server)); },
                .documentation = "Bytes from the client to the server.",
                .at_end = true},
    LogAliasRow{.name = "ac",
                .write = [](C, R r, W w) { w.number(r.actconn); },
                .documentation = "Connections of the process.",
                .at_end = true},
    LogAliasRow{
        .name = "b", .write = [](C, R r, W w) { w.text(r.backend); }, .documentation = "The backend's name."},
    LogAliasRow{.name = "bc",
                .write = [](C, R r, W w) { w.number(r.beconn); },
                .documentation = "Connections of the backend.",
                .at_end = true},
    LogAliasRow{.name = "bi",
                .write = [](C, R r, W w) { address(r.server_source, w); },
                .documentation = "Our address towards the server."},
    LogAliasRow{.name = "bp",
                .write = [](C, R r, W w) { port(r.server_source, 0, w); },
                .documentation = "Our port towards the server."},
    LogAliasRow{.name = "bq",
                .write = [](C, R r, W w) { w.number(r.backend_queue); },
                .documentation = "Sessions before this one in the backend's queue.",
                .at_end = true},
    LogAliasRow{.name = "ci",
                .write = [](C, R r, W w) { address(r.client, w); },
                .documentation = "The client's address."},
    LogAliasRow{.name = "cp",
                .write = [](C, R r, W w) { port(r.client, r.listener_id, w); },
                .documentation = "The client's port."},
    LogAliasRow{.name = "f",
                .write = [](C, R r, W w) { w.text(r.frontend); },
                .documentation = "The frontend's name."},
    LogAliasRow{.name = "fc",
                .write = [](C, R r, W w) { w.number(r.feconn); },
                .documentation = "Connections of the frontend.",
                .at_end = true},
    LogAliasRow{.name = "fi",
                .write = [](C, R r, W w) { address(r.client_destination, w); },
                .documentation = "The address that the client connected to."},
    LogAliasRow{.name = "fp",
                .write = [](C, R r, W w) { port(r.client_destination, r.listener_id, w); },
                .documentation = "The port that the client connected to."},
    LogAliasRow{.name = "ft",
                .write =
                    [](C c, R r, W w) {
                      if (!r.frontend_tls) return w.text(r.frontend);
                      const std::span<char> room = c.scratch->allocate(r.frontend.size() + 1);
                      *std::ranges::copy(r.frontend, room.begin()).out = '~';
                      w.text({room.data(), room.size()});
                    },
                .documentation = "The frontend's name, with ~ behind it where TLS ends here."},
    LogAliasRow{.name = "hr",
                .write = [](C c, R, W w) { captures(c, Message::request, w); },
                .documentation = "What was captured of the request, between braces."},
    LogAliasRow{.name = "hrl",
                .write = [](C c, R, W w) { capture_list(c, Message::request, w); },
                .documentation = "What was captured of the request, each for itself."},
    LogAliasRow{.name = "hs",
                .write = [](C c, R, W w) { captures(c, Message::response, w); },
                .documentation = "What was captured of the response, between braces."},
    LogAliasRow{.name = "hsl",
                .write = [](C c, R, W w) { capture_list(c, Message::response, w); },
                .documentation = "What was captured of the response, each for itself."},
    LogAliasRow{.name = "lc",
                .write = [](C, R r, W w) { w.number(static_cast<std::int64_t>(r.frontend_log_counter)); },
                .documentation = "Log lines of the frontend so far."},
    LogAliasRow{.name = "ms",
                .write =
                    [](C, R r, W w) {
                      const auto part = static_cast<unsigned>(epoch_milliseconds(r) % 1000);
                      if (w.has(LogFlag::hex)) return w.hexadecimal(part, 2);
                      const std::array digits = {static_cast<char>('0' + part / 100),
                                                 static_cast<char>('0' + part / 10 % 10),
                                                 static_cast<char>('0' + part % 10)};
                      w.verbatim({digits.data(), digits.size()});
                    },
                .documentation = "The milliseconds of the accept's date, three digits."},
    LogAliasRow{.name = "pid",
                .write = [](C, R r, W w) { number_or_hex(r.pid, w); },
                .documentation = "The process id."},
    http("r", bad_request, "The request line; none in TCP mode."),
    LogAliasRow{.name = "rc",
                .write =
                    [](C, R r, W w) {
                      if (r.redispatched) w.verbatim("+");
                      w.number(r.retries);
                    },
                .documentation = "Connection retries, with + in front after a redispatch.",
                .at_end = true},
    LogAliasRow{.name = "rt",
                .write = [](C, R r, W w) { number_or_hex(r.request_counter, w); },
                .documentation = "Sessions of the process so far."},
    LogAliasRow{.name = "s",
                .write = [](C, R r, W w) { w.text(r.server_name); },
                .documentation = "The server's name."},
    LogAliasRow{.name = "sc",
                .write = [](C, R r, W w) { w.number(r.srv_conn); },
                .documentation = "Connections of the server.",
                .at_end = true},
    LogAliasRow{.name = "si",
                .write = [](C, R r, W w) { address(r.server, w); },
                .documentation = "The server's address."},
    LogAliasRow{.name = "sp",
                .write = [](C, R r, W w) { port(r.server, 0, w); },
                .documentation = "The server's port."},
    LogAliasRow{.name = "sq",
                .write = [](C, R r, W w) { w.number(r.srv_queue); },
                .documentation = "Sessions before this one in the server's queue.",
                .at_end = true},
    LogAliasRow{.name = "sslc",
                .write = [](C, R r, W w) { w.text(r.tls_cipher); },
                .documentation = "The cipher of the client's TLS connection."},
    LogAliasRow{.name = "sslv",
                .write = [](C, R r, W w) { w.text(r.tls_version); },
                .documentation = "The TLS version of the client's connection."},
    LogAliasRow{.name = "t",
                .write = [](C, R r, W w) { date(broken(r.accept_date, true), true, w); },
                .documentation = "The date of the accept in local time, with milliseconds."},
    http(
        "tr", [](C, R r, W w) { date(broken(request_date(r), true), true, w); },
        "The date of the request in local time, with milliseconds."),
    http(
        "trg", [](C, R r, W w) { date(broken(request_date(r), false), false, w); },
        "The date of the request in UTC."),
    http(
        "trl", [](C, R r, W w) { date(broken(request_date(r), true), false, w); },
        "The date of the request in local time."),
    LogAliasRow{.name = "ts",
                .write = [](C, R r, W w) { w.verbatim({r.termination, 2}); },
                .documentation = "How the session ended, two letters.",
                .at_end = true},
    LogAliasRow{.name = "tsc",
                .write =
                    [](C, R r, W w) {
                      w.verbatim({r.termination, 2});
                      w.verbatim("--");
                    },
                .documentation = "How the session ended, four letters with those of the cookie."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

std::span<const LogAliasRow> log_aliases() { return rows; }

const LogAliasRow* find_log_alias(std::string_view name) {
  const auto found = std::ranges::lower_bound(rows, name, {}, &LogAliasRow::name);
  return found != rows.end() && found->name == name ? &*found : nullptr;
}

}  // namespace shunt::fetchers
