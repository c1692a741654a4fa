// The rules of http-check and tcp-check with their options.
#include "graph/read/http_rules.hpp"
#include "graph/rows/action_syntax.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using action_syntax::nothing;

constexpr Row rule(std::string_view name, std::string_view syntax, std::string_view documentation,
                   Lower lower = check_step_word, bool parenthesised = false) {
  return {.name = name,
          .lower = lower,
          .parenthesised = parenthesised,
          .syntax = syntax,
          .documentation = documentation};
}

constexpr std::array shared_rows{
    rule("comment", "<text>", "A text for the log."),
    rule("connect", nothing, "Opens a connection.", check_connect_step),
    rule("expect", nothing, "What the server must answer.", check_expect_step),
    rule("set-var", "<expression>", "Stores the value of an expression in a variable.", check_variable, true),
    rule("set-var-fmt", "[<format>]", "Stores a formatted text in a variable.", check_variable, true),
    rule("unset-var", nothing, "Forgets a variable.", check_plain_variable, true),
};

constexpr std::array http_only_rows{
    rule("disable-on-404", nothing, "A 404 stops the server softly."),
    rule("send", nothing, "Sends a request.", check_send_step),
    rule("send-state", nothing, "Tells the server its own state."),
};
constexpr auto http_rows = join_rows(shared_rows, http_only_rows);

constexpr std::array tcp_only_rows{
    rule("send", "<text> [comment <text>]", "Sends a text.", check_send_step),
    rule("send-binary", "<hex> [comment <text>]", "Sends bytes.", check_send_step),
    rule("send-binary-lf", "<format> [comment <text>]", "Sends bytes from a format.", check_send_step),
    rule("send-lf", "<format> [comment <text>]", "Sends a formatted text.", check_send_step),
};
constexpr auto tcp_rows = join_rows(shared_rows, tcp_only_rows);

constexpr std::array connect_rows{
    rule("addr", "<resolved>", "Where to."),
    rule("alpn", "<text>", "Protocols to offer."),
    rule("comment", "<text>", "A text for the log."),
    rule("default", nothing, "The options of the server line."),
    rule("linger", nothing, "Closes cleanly."),
    rule("port", "<number-or-expression 1..65535>", "The port."),
    rule("proto", "h1|h2|fcgi|none", "The protocol of the connection."),
    rule("send-proxy", nothing, "Sends a PROXY header."),
    rule("sni", "<text>", "The name in the TLS handshake."),
    rule("ssl", nothing, "By TLS."),
    rule("via-socks4", nothing, "Through the SOCKS proxy of the server line."),
};

constexpr std::array send_rows{
    rule("body", "<text>", "The body."),
    rule("body-lf", "<format>", "The format of the body."),
    rule("comment", "<text>", "A text for the log."),
    rule("hdr", "<text> <format>", "A header."),
    rule("meth", "<text>", "The method."),
    rule("uri", "<text>", "The URI."),
    rule("uri-lf", "<format>", "The format of the URI."),
    rule("ver", "<text>", "The version."),
};

constexpr std::string_view header_match =
    "{ name { -m { reg [<regex>] | str|beg|end|sub [<text>] } | <text> } "
    "| name-lf { -m str|beg|end|sub [<format>] | <format> } } "
    "[{ value { -m { reg <regex> | str|beg|end|sub <text> } | <text> } "
    "| value-lf { -m str|beg|end|sub <format> | <format> } }]";

constexpr std::array common_expect_rows{
    rule("comment", "<text>", "A text for the log."),
    rule("error-status", "L7OKC|L7RSP|L7STS|L6RSP|L4CON", "The status after a failure."),
    rule("min-recv", "<integer -1..2147483647>", "Bytes to wait for."),
    rule("ok-status", "L7OK|L7OKC|L6OK|L4OK", "The status after success."),
    rule("on-error", "<format>", "The text after a failure."),
    rule("on-success", "<format>", "The text after success."),
    rule("rstring", "<regex>", "A regular expression that the answer matches."),
    rule("status-code", "<expression>", "The code that is reported."),
    rule("string", "<text>", "A text that the answer has."),
    rule("string-lf", "<format>", "A formatted text that the answer has."),
    rule("tout-status", "L7TOUT|L6TOUT|L4TOUT", "The status after a timeout."),
};
constexpr std::array http_expect_only_rows{
    rule("fhdr", header_match, "A header, whole value."),
    rule("hdr", header_match, "A header."),
    rule("rstatus", "<regex>", "A regular expression that the status matches."),
    rule("status", "<status-list>", "Statuses that are right."),
};
constexpr auto http_expect_rows = join_rows(common_expect_rows, http_expect_only_rows);
constexpr std::array tcp_expect_only_rows{
    rule("binary", "<hex>", "Bytes that the answer has."),
    rule("binary-lf", "<format>", "Bytes from a format that the answer has."),
    rule("rbinary", "<regex>", "A regular expression that the answer's hexadecimal form matches."),
};
constexpr auto tcp_expect_rows = join_rows(common_expect_rows, tcp_expect_only_rows);

}  // namespace

SHUNT_FAMILY(http_check_family, "http-check rule", http_rows);
SHUNT_FAMILY(tcp_check_family, "tcp-check rule", tcp_rows);
SHUNT_FAMILY(check_connect_family, "option of a connection", connect_rows);
SHUNT_FAMILY(check_send_family, "part of a request", send_rows);
SHUNT_FAMILY(http_expect_family, "expectation", http_expect_rows);
SHUNT_FAMILY(tcp_expect_family, "expectation", tcp_expect_rows);

}  // namespace shunt::graph
