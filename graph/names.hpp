// Names of enumerators as the configuration language writes them; position = value of the enumerator.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "graph/config.hpp"

namespace shunt::graph::names {

inline constexpr std::string_view modes[] = {"tcp", "http"};
inline constexpr std::string_view balances[] = {"roundrobin", "static-rr", "leastconn", "first",
                                                "source",     "random",    "hash",      "rdp-cookie"};
inline constexpr std::string_view hash_functions[] = {"sdbm", "djb2", "wt6", "crc32", "none"};
inline constexpr std::string_view hash_keys[] = {"id", "id32", "guid", "addr", "addr-port"};
inline constexpr std::string_view error_actions[] = {"fastinter", "fail-check", "sudden-death", "mark-down"};
inline constexpr std::string_view init_states[] = {"fully-up", "up", "down", "fully-down", "none"};
inline constexpr std::string_view affinities[] = {"always", "maxconn", "maxqueue"};
inline constexpr std::array<std::string_view, action_kind_count> actions = {"accept",
                                                                            "reject",
                                                                            "set-var",
                                                                            "unset-var",
                                                                            "capture",
                                                                            "close",
                                                                            "expect-netscaler-cip",
                                                                            "expect-proxy",
                                                                            "set-bc-mark",
                                                                            "set-bc-tos",
                                                                            "set-dst",
                                                                            "set-dst-port",
                                                                            "set-fc-mark",
                                                                            "set-fc-tos",
                                                                            "set-log-level",
                                                                            "set-nice",
                                                                            "set-priority-class",
                                                                            "set-priority-offset",
                                                                            "set-retries",
                                                                            "set-src",
                                                                            "set-src-port",
                                                                            "silent-drop",
                                                                            "do-resolve",
                                                                            "track-sc0",
                                                                            "sc-inc-gpc",
                                                                            "sc-inc-gpc0",
                                                                            "sc-inc-gpc1",
                                                                            "sc-add-gpc",
                                                                            "sc-set-gpt",
                                                                            "sc-set-gpt0"};
inline constexpr std::string_view scopes[] = {"proc", "sess", "txn", "req", "res", "check"};
inline constexpr std::string_view kinds[] = {"defaults", "frontend", "listen", "backend"};
inline constexpr std::string_view log_formats[] = {"rfc3164", "local", "rfc5424", "priority",
                                                   "short",   "timed", "iso",     "raw"};
inline constexpr std::string_view log_levels[] = {"emerg",   "alert",  "crit", "err",
                                                  "warning", "notice", "info", "debug"};
inline constexpr std::string_view log_facilities[] = {
    "kern",   "user",   "mail",   "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "auth2",  "ftp",    "ntp",    "audit",  "alert",  "cron2",
    "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"};
inline constexpr std::string_view disabled_versions[] = {"no-sslv3", "no-tlsv10", "no-tlsv11", "no-tlsv12",
                                                         "no-tlsv13"};
inline constexpr std::array<std::string_view, config::option_count> options = {"dontlognull",
                                                                               "dontlog-normal",
                                                                               "logasap",
                                                                               "log-separate-errors",
                                                                               "tcpka",
                                                                               "clitcpka",
                                                                               "srvtcpka",
                                                                               "nolinger",
                                                                               "redispatch",
                                                                               "abortonclose",
                                                                               "independent-streams",
                                                                               "splice-request",
                                                                               "splice-response",
                                                                               "splice-auto",
                                                                               "tcp-smart-accept",
                                                                               "tcp-smart-connect",
                                                                               "log-health-checks",
                                                                               "allbackups",
                                                                               "persist"};

// Of proxy-v2-options; the position is the number of the bit in proxy_header:: less 2.
inline constexpr std::string_view header_options[] = {"ssl",      "cert-cn",   "ssl-cipher", "cert-sig",
                                                      "cert-key", "authority", "crc32c",     "unique-id"};

template <class Enum>
constexpr std::size_t at(Enum value) {
  return static_cast<std::size_t>(value);
}

constexpr std::string_view of(Mode value) { return modes[at(value)]; }
constexpr std::string_view of(BalanceKind value) { return balances[at(value)]; }
constexpr std::string_view of(HashFunction value) { return hash_functions[at(value)]; }
constexpr std::string_view of(HashKey value) { return hash_keys[at(value)]; }
constexpr std::string_view of(OnError value) { return error_actions[at(value)]; }
constexpr std::string_view of(InitState value) { return init_states[at(value)]; }
constexpr std::string_view of(Affinity value) { return affinities[at(value)]; }
constexpr std::string_view of(ActionKind value) { return actions[at(value)]; }
constexpr std::string_view of(fetchers::VariableScope value) { return scopes[at(value)]; }
constexpr std::string_view of(config::ProxyKind value) { return kinds[at(value)]; }
constexpr std::string_view of(config::OptionId value) { return options[at(value)]; }
constexpr std::string_view of(LogWireFormat value) { return log_formats[at(value)]; }
constexpr std::string_view of(LogLevel value) { return log_levels[at(value)]; }
constexpr std::string_view of(LogFacility value) { return log_facilities[at(value)]; }

// "h2,http/1.1" from the length-prefixed form.
[[nodiscard]] inline std::string alpn_list(std::string_view wire) {
  std::string list;
  while (!wire.empty()) {
    const auto size = std::min<std::size_t>(static_cast<unsigned char>(wire[0]), wire.size() - 1);
    if (!list.empty()) list += ',';
    list += wire.substr(1, size);
    wire.remove_prefix(1 + size);
  }
  return list;
}

}  // namespace shunt::graph::names
