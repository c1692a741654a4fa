// The words behind `tcp-request` and `tcp-response`, and the actions of their rules.
#include "graph/read/proxy_lines.hpp"
#include "graph/read/tcp_actions.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

constexpr std::uint16_t with_rules = in::named_defaults | in::proxies;
constexpr std::uint16_t front_rules = in::named_defaults | in::front;
constexpr std::uint16_t back_rules = in::named_defaults | in::back;

constexpr std::array request_rows{
    Row{.name = "connection", .places = front_rules, .min_args = 1, .lower = read_connection_rule,
        .documentation = "Rules on the addresses of a connection, before anything is read."},
    Row{.name = "content", .places = with_rules, .min_args = 1, .lower = read_request_rule,
        .documentation = "Rules on the first bytes of the client; undecided ones wait for `inspect-delay`."},
    Row{.name = "inspect-delay", .places = with_rules, .min_args = 1, .max_args = 1, .lower = read_inspect_delay,
        .documentation = "How long content rules may wait for bytes."},
    Row{.name = "session", .places = front_rules, .min_args = 1, .lower = read_session_rule,
        .documentation = "Rules after the PROXY header and the TLS handshake."},
};

constexpr std::array response_rows{
    Row{.name = "content", .places = back_rules, .min_args = 1, .lower = read_response_rule,
        .documentation = "Rules on the first bytes of the server."},
    Row{.name = "inspect-delay", .places = back_rules, .min_args = 1, .max_args = 1,
        .lower = read_response_inspect_delay,
        .documentation = "How long content rules on the server's bytes may wait for them."},
};

constexpr std::uint16_t all = in::connection_rules | in::session_rules | in::request_rules | in::response_rules;
constexpr std::uint16_t request = in::connection_rules | in::session_rules | in::request_rules;
constexpr std::string_view tables = "there are no stick tables yet";
constexpr std::string_view marks = "marking packets is not available yet";
constexpr std::string_view later = "this action is not available yet";

constexpr std::array action_rows{
    Row{.name = "accept", .places = all, .max_args = 0, .lower = lower_accept,
        .documentation = "Ends the list; the connection goes on."},
    Row{.name = "reject", .places = all, .max_args = 0, .lower = lower_reject,
        .documentation = "Closes the connection."},
    Row{.name = "set-var", .places = all, .min_args = 1, .max_args = 1, .lower = lower_set_var,
        .parenthesised = true, .documentation = "Stores the value of an expression in a variable."},
    Row{.name = "set-var-fmt", .places = all, .min_args = 1, .max_args = 1, .lower = lower_set_var_fmt,
        .parenthesised = true, .documentation = "Stores a formatted text in a variable."},
    Row{.name = "unset-var", .places = all, .max_args = 0, .lower = lower_unset_var,
        .parenthesised = true, .documentation = "Forgets a variable."},

    Row{.name = "attach-srv", .places = in::session_rules, .status = Status::unsupported, .since = "2.9",
        .advice = later, .documentation = "Turns the connection into one to a server."},
    Row{.name = "capture", .places = in::request_rules, .status = Status::unsupported, .advice = later,
        .documentation = "Stores a sample for the log line."},
    Row{.name = "close", .places = in::response_rules, .status = Status::unsupported, .advice = later,
        .documentation = "Closes the connection to the server at once."},
    Row{.name = "do-log", .places = all, .status = Status::unsupported, .since = "3.1", .advice = later,
        .documentation = "Writes a log line now."},
    Row{.name = "do-resolve", .places = in::request_rules, .status = Status::unsupported,
        .advice = "names can't be resolved at run time yet", .parenthesised = true,
        .documentation = "Resolves a name and stores its address."},
    Row{.name = "expect-netscaler-cip", .places = in::connection_rules, .status = Status::unsupported,
        .advice = later, .documentation = "Expects a NetScaler client IP header."},
    Row{.name = "expect-proxy", .places = in::connection_rules, .status = Status::unsupported, .advice = later,
        .documentation = "Expects a PROXY header on this connection."},
    Row{.name = "sc-add-gpc", .places = all, .status = Status::unsupported, .advice = tables, .parenthesised = true,
        .documentation = "Adds to a counter."},
    Row{.name = "sc-inc-gpc", .places = all, .status = Status::unsupported, .advice = tables, .parenthesised = true,
        .documentation = "Increments a counter."},
    Row{.name = "sc-inc-gpc0", .places = all, .status = Status::unsupported, .advice = tables,
        .parenthesised = true, .documentation = "Increments the first counter."},
    Row{.name = "sc-inc-gpc1", .places = all, .status = Status::unsupported, .advice = tables,
        .parenthesised = true, .documentation = "Increments the second counter."},
    Row{.name = "sc-set-gpt", .places = all, .status = Status::unsupported, .advice = tables, .parenthesised = true,
        .documentation = "Sets a tag."},
    Row{.name = "sc-set-gpt0", .places = all, .status = Status::unsupported, .advice = tables,
        .parenthesised = true, .documentation = "Sets the first tag."},
    Row{.name = "send-spoe-group", .places = in::request_rules | in::response_rules, .status = Status::unsupported,
        .advice = later, .documentation = "Asks an agent."},
    Row{.name = "set-bandwidth-limit", .places = in::request_rules | in::response_rules,
        .status = Status::unsupported, .since = "2.7", .advice = later, .documentation = "Limits the byte rate."},
    Row{.name = "set-bc-mark", .places = in::request_rules, .status = Status::unsupported, .since = "3.0",
        .advice = marks, .documentation = "Marks packets to the server."},
    Row{.name = "set-bc-tos", .places = in::request_rules, .status = Status::unsupported, .since = "3.0",
        .advice = marks, .documentation = "Sets the type of service to the server."},
    Row{.name = "set-dst", .places = request, .status = Status::unsupported, .advice = later,
        .documentation = "Changes the destination address."},
    Row{.name = "set-dst-port", .places = request, .status = Status::unsupported, .advice = later,
        .documentation = "Changes the destination port."},
    Row{.name = "set-fc-mark", .places = all, .status = Status::unsupported, .since = "3.0", .advice = marks,
        .documentation = "Marks packets to the client."},
    Row{.name = "set-fc-tos", .places = all, .status = Status::unsupported, .since = "3.0", .advice = marks,
        .documentation = "Sets the type of service to the client."},
    Row{.name = "set-log-level", .places = in::request_rules | in::response_rules, .status = Status::unsupported,
        .advice = later, .documentation = "Changes the level of the log line."},
    Row{.name = "set-mark", .places = all, .status = Status::unsupported, .deprecated_in = "3.0", .advice = marks,
        .documentation = "Marks packets to the client."},
    Row{.name = "set-nice", .places = in::request_rules | in::response_rules, .status = Status::unsupported,
        .advice = later, .documentation = "Changes the priority of the stream."},
    Row{.name = "set-priority-class", .places = in::request_rules, .status = Status::unsupported, .advice = later,
        .documentation = "Changes the class in queues."},
    Row{.name = "set-priority-offset", .places = in::request_rules, .status = Status::unsupported, .advice = later,
        .documentation = "Changes the place in queues."},
    Row{.name = "set-retries", .places = in::request_rules, .status = Status::unsupported, .since = "3.0",
        .advice = later, .documentation = "Changes the number of retries."},
    Row{.name = "set-src", .places = request, .status = Status::unsupported, .advice = later,
        .documentation = "Changes the client's address."},
    Row{.name = "set-src-port", .places = request, .status = Status::unsupported, .advice = later,
        .documentation = "Changes the client's port."},
    Row{.name = "set-tos", .places = all, .status = Status::unsupported, .deprecated_in = "3.0", .advice = marks,
        .documentation = "Sets the type of service to the client."},
    Row{.name = "silent-drop", .places = all, .status = Status::unsupported, .advice = later,
        .documentation = "Forgets the connection without telling the client."},
    Row{.name = "switch-mode", .places = in::request_rules, .status = Status::unsupported,
        .advice = "HTTP mode is not available yet", .documentation = "Goes on as HTTP."},
    Row{.name = "track-sc0", .places = request, .status = Status::unsupported, .advice = tables,
        .documentation = "Follows a table entry with the first counter."},
    Row{.name = "track-sc1", .places = request, .status = Status::unsupported, .advice = tables,
        .documentation = "Follows a table entry with the second counter."},
    Row{.name = "track-sc2", .places = request, .status = Status::unsupported, .advice = tables,
        .documentation = "Follows a table entry with the third counter."},
    Row{.name = "use-service", .places = in::request_rules, .status = Status::unsupported, .advice = later,
        .documentation = "Answers by a built-in service."},
};

}  // namespace

SHUNT_FAMILY(tcp_request_family, "tcp-request rule set", request_rows);
SHUNT_FAMILY(tcp_response_family, "tcp-response rule set", response_rows);
SHUNT_FAMILY(tcp_action_family, "action", action_rows);

}  // namespace shunt::graph
