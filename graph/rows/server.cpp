// The parameters of `server` and `default-server` lines.
#include <fmt/format.h>

#include "graph/read/setters.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using S = config::ServerParameters;

constexpr std::uint16_t both = in::server_line | in::default_server_line;

template <SendProxy Version>
void set_send_proxy(Reading& reading) {
  reading.server->send_proxy = {Version, reading.span()};
}

void read_check_address(Reading& reading) {
  const auto address = read_address(reading, reading.arguments[0]);
  if (!address) return;
  if (address->datagram || address->family == parser::AddressFamily::inherited) {
    reading.report(codes::bad_address, reading.arguments[0].span, "'addr' expects an address that can be connected to");
    return;
  }
  reading.server->address = {*address, reading.span()};
}

void read_interval(Reading& reading, config::Maybe<Milliseconds> S::*member) {
  const auto time = read_time(reading, reading.arguments[0]);
  if (!time) return;
  if (time->count() == 0) {
    reading.report(codes::bad_time, reading.arguments[0].span,
                   fmt::format("{} expects at least 1 ms", reading.quoted()));
    return;
  }
  reading.server->*member = {*time, reading.span()};
}
template <config::Maybe<Milliseconds> S::*Member>
void set_interval(Reading& reading) {
  read_interval(reading, Member);
}

constexpr std::string_view tls = "TLS towards servers is not available yet";
constexpr std::string_view later = "this parameter is not available yet";
constexpr std::string_view queue = "servers have no connection limits yet";
constexpr std::string_view checks = "only plain connection checks run yet";
constexpr std::string_view names = "names can't be resolved at run time yet";
constexpr std::string_view headers = "only send-proxy and send-proxy-v2 are written yet";
constexpr std::string_view persistence = "there is no persistence yet";

constexpr std::array rows{
    Row{.name = "addr", .places = both, .min_args = 1, .max_args = 1, .lower = read_check_address,
        .documentation = "Address of health checks, when it isn't the server's."},
    Row{.name = "backup", .places = both, .max_args = 0, .lower = set_flag<&S::backup>,
        .documentation = "Used only when all other servers are down."},
    Row{.name = "check", .places = both, .max_args = 0, .lower = set_flag<&S::check>,
        .documentation = "The server's health is checked."},
    Row{.name = "check-send-proxy", .places = both, .max_args = 0, .lower = set_flag<&S::check_send_proxy>,
        .documentation = "Health checks begin with a PROXY header."},
    Row{.name = "disabled", .places = both, .max_args = 0, .lower = set_flag<&S::disabled>,
        .documentation = "In maintenance from the start."},
    Row{.name = "downinter", .places = both, .min_args = 1, .max_args = 1, .lower = set_interval<&S::downinter>,
        .documentation = "Time between checks while the server is down."},
    Row{.name = "enabled", .places = both, .max_args = 0, .lower = set_flag<&S::disabled, false>,
        .documentation = "Not in maintenance, whatever default-server says."},
    Row{.name = "fall", .places = both, .min_args = 1, .max_args = 1, .lower = set_number<&S::fall, 1, 0x7fffffff>,
        .documentation = "Failed checks in a row that make a server down."},
    Row{.name = "fastinter", .places = both, .min_args = 1, .max_args = 1, .lower = set_interval<&S::fastinter>,
        .documentation = "Time between checks while the state is changing."},
    Row{.name = "id", .places = in::server_line, .min_args = 1, .max_args = 1,
        .lower = set_number<&S::id, 1, 0x7fffffff>, .documentation = "Number of the server."},
    Row{.name = "inter", .places = both, .min_args = 1, .max_args = 1, .lower = set_interval<&S::inter>,
        .documentation = "Time between checks; 2s by default."},
    Row{.name = "no-backup", .places = both, .max_args = 0, .lower = set_flag<&S::backup, false>,
        .documentation = "Not a backup server, whatever default-server says."},
    Row{.name = "no-check", .places = both, .max_args = 0, .lower = set_flag<&S::check, false>,
        .documentation = "Not checked, whatever default-server says."},
    Row{.name = "no-check-send-proxy", .places = both, .max_args = 0, .lower = set_flag<&S::check_send_proxy, false>,
        .documentation = "Checks without PROXY header, whatever default-server says."},
    Row{.name = "no-send-proxy", .places = both, .max_args = 0, .lower = set_send_proxy<SendProxy::none>,
        .documentation = "No PROXY header, whatever default-server says."},
    Row{.name = "no-send-proxy-v2", .places = both, .max_args = 0, .lower = set_send_proxy<SendProxy::none>,
        .documentation = "No PROXY header, whatever default-server says."},
    Row{.name = "port", .places = both, .min_args = 1, .max_args = 1, .lower = set_number<&S::port, 0, 65535>,
        .documentation = "Port of health checks, when it isn't the server's."},
    Row{.name = "rise", .places = both, .min_args = 1, .max_args = 1, .lower = set_number<&S::rise, 1, 0x7fffffff>,
        .documentation = "Successful checks in a row that make a server usable again."},
    Row{.name = "send-proxy", .places = both, .max_args = 0, .lower = set_send_proxy<SendProxy::v1>,
        .documentation = "Connections begin with a PROXY header of version 1."},
    Row{.name = "send-proxy-v2", .places = both, .max_args = 0, .lower = set_send_proxy<SendProxy::v2>,
        .documentation = "Connections begin with a PROXY header of version 2."},
    Row{.name = "weight", .places = both, .min_args = 1, .max_args = 1, .lower = set_number<&S::weight, 0, 256>,
        .documentation = "Share of the connections, 0 to 256; 1 by default."},

    // ---- safely without effect
    Row{.name = "log-proto", .places = both, .min_args = 1, .max_args = 1, .status = Status::no_effect,
        .documentation = "Framing of log messages to this server."},
    Row{.name = "no-ssl", .places = both, .max_args = 0, .status = Status::no_effect, .documentation = "No TLS."},
    Row{.name = "no-check-ssl", .places = both, .max_args = 0, .status = Status::no_effect,
        .documentation = "No TLS in checks."},
    Row{.name = "no-verifyhost", .places = both, .max_args = 0, .status = Status::no_effect,
        .documentation = "No check of the server's name."},
    Row{.name = "pool-low-conn", .places = both, .min_args = 1, .max_args = 1, .status = Status::no_effect,
        .documentation = "Idle connections below which threads don't share."},
    Row{.name = "pool-max-conn", .places = both, .min_args = 1, .max_args = 1, .status = Status::no_effect,
        .documentation = "Idle HTTP connections that are kept."},
    Row{.name = "pool-purge-delay", .places = both, .min_args = 1, .max_args = 1, .status = Status::no_effect,
        .documentation = "How long idle HTTP connections are kept."},
    Row{.name = "max-reuse", .places = both, .min_args = 1, .max_args = 1, .status = Status::no_effect,
        .documentation = "Requests per HTTP connection."},
    Row{.name = "stick", .places = both, .max_args = 0, .status = Status::no_effect,
        .documentation = "Connections to this server are learned by stick tables."},
    Row{.name = "guid", .places = in::server_line, .min_args = 1, .max_args = 1, .status = Status::no_effect,
        .since = "3.0", .documentation = "Global id of the server."},
    Row{.name = "sni-auto", .places = both, .max_args = 0, .status = Status::no_effect, .since = "3.3",
        .documentation = "Chooses the TLS server name."},
    Row{.name = "no-sni-auto", .places = both, .max_args = 0, .status = Status::no_effect, .since = "3.3",
        .documentation = "Doesn't choose a TLS server name."},

    // ---- not yet
    Row{.name = "agent-addr", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = checks, .documentation = "Address of the agent."},
    Row{.name = "agent-check", .places = both, .max_args = 0, .status = Status::unsupported, .advice = checks,
        .documentation = "An agent reports the server's state."},
    Row{.name = "agent-inter", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = checks, .documentation = "Time between questions to the agent."},
    Row{.name = "agent-port", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = checks, .documentation = "Port of the agent."},
    Row{.name = "agent-send", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = checks, .documentation = "What is sent to the agent."},
    Row{.name = "allow-0rtt", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "Early data of TLS 1.3."},
    Row{.name = "alpn", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = tls,
        .documentation = "Protocols offered inside TLS."},
    Row{.name = "ca-file", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = tls,
        .documentation = "Authorities of the server's certificate."},
    Row{.name = "check-alpn", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = tls, .documentation = "Protocols offered in checks."},
    Row{.name = "check-proto", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = checks, .documentation = "Protocol of checks."},
    Row{.name = "check-sni", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = tls, .documentation = "Server name in checks."},
    Row{.name = "check-ssl", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "Checks use TLS."},
    Row{.name = "check-via-socks4", .places = both, .max_args = 0, .status = Status::unsupported, .advice = later,
        .documentation = "Checks go through a SOCKS4 proxy."},
    Row{.name = "ciphers", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = tls,
        .documentation = "Cipher suites up to TLS 1.2."},
    Row{.name = "ciphersuites", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = tls, .documentation = "Cipher suites of TLS 1.3."},
    Row{.name = "cookie", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = persistence, .documentation = "Value of the persistence cookie."},
    Row{.name = "crl-file", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = tls,
        .documentation = "Revoked server certificates."},
    Row{.name = "crt", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = tls,
        .documentation = "Our certificate towards the server."},
    Row{.name = "curves", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .since = "3.0",
        .advice = tls, .documentation = "Elliptic curves."},
    Row{.name = "error-limit", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = later, .documentation = "Errors in traffic until on-error acts."},
    Row{.name = "force-tlsv12", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "Only TLS 1.2."},
    Row{.name = "force-tlsv13", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "Only TLS 1.3."},
    Row{.name = "hash-key", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .since = "3.0", .advice = later, .documentation = "What places the server on the hash ring."},
    Row{.name = "init-addr", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = names, .documentation = "How the address is found at start."},
    Row{.name = "init-state", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .since = "3.1", .advice = later, .documentation = "State at start."},
    Row{.name = "maxconn", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = queue,
        .documentation = "Connections at a time; more wait in the queue."},
    Row{.name = "maxqueue", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = queue, .documentation = "Connections that may wait."},
    Row{.name = "minconn", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = queue,
        .documentation = "Connections at a time under low load."},
    Row{.name = "namespace", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = later, .documentation = "Network namespace."},
    Row{.name = "no-sslv3", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "No SSLv3."},
    Row{.name = "no-tlsv10", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "No TLS 1.0."},
    Row{.name = "no-tlsv11", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "No TLS 1.1."},
    Row{.name = "no-tls-tickets", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "No session tickets."},
    Row{.name = "observe", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = later, .documentation = "Errors in traffic count as failed checks."},
    Row{.name = "on-error", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = later, .documentation = "What too many errors do."},
    Row{.name = "on-marked-down", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = later, .documentation = "What happens to connections of a server that goes down."},
    Row{.name = "on-marked-up", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = later, .documentation = "What happens to backup connections when a server comes back."},
    Row{.name = "proto", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = later,
        .documentation = "The protocol on top of the connection."},
    Row{.name = "proxy-v2-options", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = headers, .documentation = "Extra values in the PROXY header."},
    Row{.name = "redir", .places = both, .mode = RowMode::http, .min_args = 1, .max_args = 1,
        .status = Status::unsupported, .advice = "HTTP mode is not available yet",
        .documentation = "Redirects to the server."},
    Row{.name = "resolve-net", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = names, .documentation = "Networks to prefer among addresses."},
    Row{.name = "resolve-opts", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = names, .documentation = "How addresses are chosen."},
    Row{.name = "resolve-prefer", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = names, .documentation = "Preferred address family."},
    Row{.name = "resolvers", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = names, .documentation = "The section of name servers to use."},
    Row{.name = "send-proxy-v2-ssl", .places = both, .max_args = 0, .status = Status::unsupported, .advice = headers,
        .documentation = "Version 2 with facts about TLS."},
    Row{.name = "send-proxy-v2-ssl-cn", .places = both, .max_args = 0, .status = Status::unsupported,
        .advice = headers, .documentation = "Version 2 with the client certificate's name."},
    Row{.name = "set-proxy-v2-tlv-fmt", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .since = "2.9", .advice = headers, .parenthesised = true, .documentation = "An own value in the PROXY header."},
    Row{.name = "shard", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = later,
        .documentation = "Share of a peer."},
    Row{.name = "sigalgs", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .since = "2.8",
        .advice = tls, .documentation = "Signature algorithms."},
    Row{.name = "slowstart", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = later, .documentation = "How long a returning server's weight grows."},
    Row{.name = "sni", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = tls,
        .documentation = "Server name in the TLS hello."},
    Row{.name = "socks4", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = later,
        .documentation = "A SOCKS4 proxy on the way."},
    Row{.name = "source", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = later,
        .documentation = "Address that connections come from."},
    Row{.name = "ssl", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "Connections use TLS."},
    Row{.name = "ssl-max-ver", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = tls, .documentation = "Highest TLS version."},
    Row{.name = "ssl-min-ver", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = tls, .documentation = "Lowest TLS version."},
    Row{.name = "ssl-reuse", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "TLS sessions are reused."},
    Row{.name = "no-ssl-reuse", .places = both, .max_args = 0, .status = Status::unsupported, .advice = tls,
        .documentation = "TLS sessions are not reused."},
    Row{.name = "tcp-ut", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = later,
        .documentation = "How long sent bytes may stay unacknowledged."},
    Row{.name = "tfo", .places = both, .max_args = 0, .status = Status::unsupported, .advice = later,
        .documentation = "TCP fast open."},
    Row{.name = "track", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = checks,
        .documentation = "Takes its state from another server."},
    Row{.name = "usesrc", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = later,
        .documentation = "Address that connections seem to come from."},
    Row{.name = "verify", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported, .advice = tls,
        .documentation = "Whether the server's certificate is verified."},
    Row{.name = "verifyhost", .places = both, .min_args = 1, .max_args = 1, .status = Status::unsupported,
        .advice = tls, .documentation = "The name that the server's certificate must have."},
    Row{.name = "ws", .places = both, .mode = RowMode::http, .min_args = 1, .max_args = 1, .status = Status::no_effect,
        .documentation = "HTTP version of web sockets."},
};

}  // namespace

SHUNT_FAMILY(server_family, "server parameter", rows);

}  // namespace shunt::graph
