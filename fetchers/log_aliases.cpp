// One row per alias; what a value looks like with which flag was taken from HAProxy's own lines.
#include "fetchers/log_aliases.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "fetchers/families.hpp"

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

// Time that passed after the connection to the server stood.
std::int64_t data_ms(const LogRecord& record) {
  if (record.connect_ms < 0) return -1;
  return std::max<std::int64_t>(
      0, record.total_ms - std::max<std::int64_t>(0, record.queue_ms - 1) - record.connect_ms);
}

using C = const Context&;
using R = const LogRecord&;
using W = LogWriter&;

constexpr LogAliasRow http(std::string_view name) {
  return {.name = name, .mode = AliasMode::http, .documentation = "Of an HTTP message; not available yet."};
}

constexpr std::array rows = {
    LogAliasRow{.name = "B",
                .write = [](C, R r, W w) { so_far(r, static_cast<std::int64_t>(r.bytes_to_client), w); },
                .documentation = "Bytes from the server to the client."},
    http("CC"),
    http("CS"),
    LogAliasRow{
        .name = "H", .write = [](C, R r, W w) { w.text(r.host); }, .documentation = "The name of this host."},
    http("HM"),
    http("HP"),
    http("HPO"),
    http("HQ"),
    http("HU"),
    http("HV"),
    LogAliasRow{
        .name = "ID", .write = [](C, R r, W w) { w.text(r.unique_id); }, .documentation = "The unique id."},
    http("OG"),
    LogAliasRow{.name = "ST",
                .write = [](C, R, W w) { w.number(0); },
                .documentation = "The HTTP status; 0 in TCP mode."},
    LogAliasRow{.name = "T",
                .write = [](C, R r, W w) { date(broken(r.accept_date, false), false, w); },
                .documentation = "The date of the accept in UTC."},
    http("TR"),
    http("Ta"),
    LogAliasRow{.name = "Tc",
                .write = [](C, R r, W w) { w.number(r.connect_ms); },
                .documentation = "Milliseconds to connect to the server."},
    LogAliasRow{.name = "Td",
                .write = [](C, R r, W w) { w.number(data_ms(r)); },
                .documentation = "Milliseconds of data transfer."},
    LogAliasRow{.name = "Th",
                .write = [](C, R r, W w) { w.number(r.handshake_ms); },
                .documentation = "Milliseconds of PROXY header and TLS handshake."},
    http("Ti"),
    LogAliasRow{.name = "Tl",
                .write = [](C, R r, W w) { date(broken(r.accept_date, true), false, w); },
                .documentation = "The date of the accept in local time."},
    http("Tq"),
    http("Tr"),
    LogAliasRow{
        .name = "Ts",
        .write = [](C, R r,
                    W w) { number_or_hex(static_cast<std::uint64_t>(epoch_milliseconds(r) / 1000), w); },
        .documentation = "The date of the accept in seconds since 1970."},
    LogAliasRow{.name = "Tt",
                .write = [](C, R r, W w) { so_far(r, r.total_ms, w); },
                .documentation = "Milliseconds from accept to the end."},
    LogAliasRow{.name = "Tu",
                .write = [](C, R r, W w) { so_far(r, r.total_ms, w); },
                .documentation = "Milliseconds of the session as the client saw it."},
    LogAliasRow{.name = "Tw",
                .write = [](C, R r, W w) { w.number(r.queue_ms); },
                .documentation = "Milliseconds of waiting for a server."},
    LogAliasRow{.name = "U",
                .write = [](C, R r, W w) { w.number(static_cast<std::int64_t>(r.bytes_to_server)); },
                .documentation = "Bytes from the client to the server."},
    LogAliasRow{.name = "ac",
                .write = [](C, R r, W w) { w.number(r.actconn); },
                .documentation = "Connections of the process."},
    LogAliasRow{
        .name = "b", .write = [](C, R r, W w) { w.text(r.backend); }, .documentation = "The backend's name."},
    LogAliasRow{.name = "bc",
                .write = [](C, R r, W w) { w.number(r.beconn); },
                .documentation = "Connections of the backend."},
    LogAliasRow{.name = "bi",
                .write = [](C, R r, W w) { address(r.server_source, w); },
                .documentation = "Our address towards the server."},
    LogAliasRow{.name = "bp",
                .write = [](C, R r, W w) { port(r.server_source, 0, w); },
                .documentation = "Our port towards the server."},
    LogAliasRow{.name = "bq",
                .write = [](C, R r, W w) { w.number(r.backend_queue); },
                .documentation = "Sessions before this one in the backend's queue."},
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
                .documentation = "Connections of the frontend."},
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
                .write = [](C, R, W) {},
                .documentation = "Captured request headers; none in TCP mode."},
    LogAliasRow{.name = "hrl",
                .write = [](C, R, W) {},
                .documentation = "Captured request headers; none in TCP mode."},
    LogAliasRow{.name = "hs",
                .write = [](C, R, W) {},
                .documentation = "Captured response headers; none in TCP mode."},
    LogAliasRow{.name = "hsl",
                .write = [](C, R, W) {},
                .documentation = "Captured response headers; none in TCP mode."},
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
    http("r"),
    LogAliasRow{.name = "rc",
                .write =
                    [](C, R r, W w) {
                      if (r.redispatched) w.verbatim("+");
                      w.number(r.retries);
                    },
                .documentation = "Connection retries, with + in front after a redispatch."},
    LogAliasRow{.name = "rt",
                .write = [](C, R r, W w) { number_or_hex(r.request_counter, w); },
                .documentation = "Sessions of the process so far."},
    LogAliasRow{.name = "s",
                .write = [](C, R r, W w) { w.text(r.server_name); },
                .documentation = "The server's name."},
    LogAliasRow{.name = "sc",
                .write = [](C, R r, W w) { w.number(r.srv_conn); },
                .documentation = "Connections of the server."},
    LogAliasRow{.name = "si",
                .write = [](C, R r, W w) { address(r.server, w); },
                .documentation = "The server's address."},
    LogAliasRow{.name = "sp",
                .write = [](C, R r, W w) { port(r.server, 0, w); },
                .documentation = "The server's port."},
    LogAliasRow{.name = "sq",
                .write = [](C, R r, W w) { w.number(r.srv_queue); },
                .documentation = "Sessions before this one in the server's queue."},
    LogAliasRow{.name = "sslc",
                .write = [](C, R r, W w) { w.text(r.tls_cipher); },
                .documentation = "The cipher of the client's TLS connection."},
    LogAliasRow{.name = "sslv",
                .write = [](C, R r, W w) { w.text(r.tls_version); },
                .documentation = "The TLS version of the client's connection."},
    LogAliasRow{.name = "t",
                .write = [](C, R r, W w) { date(broken(r.accept_date, true), true, w); },
                .documentation = "The date of the accept in local time, with milliseconds."},
    http("tr"),
    http("trg"),
    http("trl"),
    LogAliasRow{.name = "ts",
                .write = [](C, R r, W w) { w.verbatim({r.termination, 2}); },
                .documentation = "How the session ended, two letters."},
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
