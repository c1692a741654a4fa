// The codes of lints: findings about valid configurations that probably don't do what was meant.
// Severity says how certain that is: a warning can't be meant, a notice depends on what the file doesn't say.
#pragma once
#include <span>

#include "parser/diagnostic.hpp"

namespace shunt::analysis::codes {

using parser::Code;
using parser::Severity;

consteval Code certain(std::string_view name, std::string_view summary, std::string_view remedy) {
  return {.name = name, .severity = Severity::warning, .summary = summary, .remedy = remedy, .lint = true};
}
consteval Code likely(std::string_view name, std::string_view summary, std::string_view remedy) {
  return {.name = name, .severity = Severity::notice, .summary = summary, .remedy = remedy, .lint = true};
}

// ---- layers (layers.cpp)
inline constexpr Code hello_behind_tls = certain(
    "hello-behind-tls",
    "A rule reads the client's TLS hello from the bytes, but every bind that leads to it has taken TLS off.",
    "Use ssl_fc_sni, ssl_fc_alpn or another ssl_fc_ fetch.");
inline constexpr Code tls_fetch_without_tls = certain(
    "tls-fetch-without-tls",
    "A rule asks about the client's TLS connection, but no bind that leads to it terminates TLS.",
    "Use req.ssl_sni and its kin for TLS that passes through, or add 'ssl crt FILE' to the bind line.");
inline constexpr Code http_fetch_in_tcp = certain(
    "http-fetch-in-tcp",
    "A rule of a TCP proxy reads an HTTP request that can't be there, or that nothing has waited for.",
    "Set 'mode http', or wait with inspect-delay and 'tcp-request content accept if HTTP'.");
inline constexpr Code tls_inside_tls =
    certain("tls-inside-tls", "A connection that is TLS already is wrapped in TLS once more.",
            "Remove 'ssl' from the server line, or terminate TLS on the bind line.");
inline constexpr Code h2_on_tcp_bind = likely(
    "h2-on-tcp-bind",
    "A bind in TCP mode offers HTTP/2, so its server gets HTTP/2 without TLS on the same port as HTTP/1.",
    "Remove h2 from 'alpn', set 'mode http', or route by ssl_fc_alpn.");

// ---- waiting for bytes (waiting.cpp)
inline constexpr Code inspect_delay_without_content_rule = certain(
    "inspect-delay-without-content-rule",
    "tcp-request inspect-delay stands in a proxy without a tcp-request content rule, so nothing waits for "
    "bytes.",
    "Add a rule such as 'tcp-request content accept if { req.ssl_hello_type 1 }'.");
inline constexpr Code content_rule_without_inspect_delay = certain(
    "content-rule-without-inspect-delay",
    "A tcp-request content rule needs bytes, but without inspect-delay it is decided before they arrive.",
    "Add 'tcp-request inspect-delay 5s'.");
inline constexpr Code race_with_first_bytes =
    certain("race-with-first-bytes",
            "A decision needs the client's first bytes, but no rule waits for them: who is faster decides.",
            "Add inspect-delay and a content rule that waits, such as 'tcp-request content accept if { "
            "req.ssl_hello_type 1 }'.");
inline constexpr Code split_hello_not_awaited = certain(
    "split-hello-not-awaited",
    "A content rule ends the waiting with the first bytes, so a TLS hello in two segments has no server "
    "name.",
    "Wait for the whole hello: accept if { req.ssl_hello_type 1 } before rules that any byte satisfies.");
inline constexpr Code server_speaks_first =
    likely("server-speaks-first",
           "Clients of a protocol in which the server speaks first wait out the whole inspect-delay.",
           "Give such a protocol a bind of its own, or a shorter inspect-delay.");

// ---- order of rules (order.cpp)
inline constexpr Code set_after_accept = certain(
    "set-after-accept",
    "A capture or set-var stands behind a rule that ends the list whenever there is something to capture.",
    "Move the line above the accept rule.");
inline constexpr Code rule_behind_unconditional =
    certain("rule-behind-unconditional", "A rule stands behind one that always ends the list.",
            "Move it up, or give the rule above a condition.");
inline constexpr Code shadowed_rule =
    certain("shadowed-rule", "Whenever the rule's condition holds, a rule above has already ended the list.",
            "Move the more special rule up, or remove it.");
inline constexpr Code duplicate_rule =
    certain("duplicate-rule", "A rule has the same condition as one above that ends the list.",
            "Remove one of the two.");
inline constexpr Code contradiction = certain(
    "contradiction", "Two terms that are joined by 'and' can't both hold, so the rule is never applied.",
    "Write 'or' between the terms, or two rules.");

// ---- patterns (patterns.cpp)
inline constexpr Code literal_wildcard =
    certain("literal-wildcard", "A pattern with '*' is compared literally and matches no name.",
            "Write '-m end .example.com' for all names below a domain.");
inline constexpr Code case_never_matches = certain(
    "case-never-matches", "A pattern has letters of a case that the converter before it never leaves.",
    "Write the pattern in the converter's case, or use -i.");
inline constexpr Code operator_among_patterns = certain(
    "operator-among-patterns", "A word such as 'or' stands among the patterns of an ACL and is one of them.",
    "Remove the word: patterns are alternatives anyway; join ACLs in the rule's condition.");
inline constexpr Code case_sensitive_name =
    likely("case-sensitive-name",
           "A host name is compared with regard to case, but names are the same in any case.", "Add -i.");
inline constexpr Code suffix_without_dot = likely(
    "suffix-without-dot", "A suffix of a host name doesn't begin with a dot, so it also matches strangers.",
    "Begin the pattern with a dot, and compare the bare name on its own.");
inline constexpr Code duplicate_pattern = likely(
    "duplicate-pattern", "A pattern is covered by another one of the same ACL.", "Remove the pattern.");

// ---- names (names.cpp)
inline constexpr Code unused_acl =
    certain("unused-acl", "An ACL is defined and no condition uses it.", "Remove it, or use it.");
inline constexpr Code unused_backend = certain("unused-backend", "No frontend leads to a backend.",
                                               "Remove it, or name it in a use_backend line.");
inline constexpr Code unused_userlist = certain("unused-userlist", "No http_auth fetch names a userlist.",
                                                "Remove it, or use it in a condition.");
inline constexpr Code unused_table =
    certain("unused-table", "Nothing is stored in a stick table, and nothing looks something up in it.",
            "Remove it, or add the track-sc or stick rule.");
inline constexpr Code no_default_backend =
    likely("no-default-backend", "Connections for which no use_backend rule holds have nowhere to go.",
           "Add a default_backend.");
inline constexpr Code no_usable_server =
    certain("no-usable-server", "A backend that is used has no server that could take a connection.",
            "Add a server, or enable one.");
inline constexpr Code shadows_predefined =
    likely("shadows-predefined", "An ACL has the name of a predefined one and replaces it in this section.",
           "Give it another name.");

// ---- addresses (hops.cpp, binds.cpp)
inline constexpr Code same_address_twice = certain(
    "same-address-twice", "Two bind lines have the same address, so the kernel deals connections to either.",
    "Remove one of them, or change its port.");
inline constexpr Code send_proxy_unread = certain(
    "send-proxy-unread", "A server is one of our binds and gets a PROXY header that the bind doesn't expect.",
    "Add 'accept-proxy' to the bind line, or remove send-proxy.");
inline constexpr Code accept_proxy_unsent = certain(
    "accept-proxy-unsent", "A server is one of our binds, which waits for a PROXY header that isn't sent.",
    "Add 'send-proxy-v2' to the server line, or remove accept-proxy.");
inline constexpr Code nobody_binds =
    likely("nobody-binds", "A server's local socket has a name that no bind line has.",
           "Correct the name if the socket is meant to be one of our own.");
inline constexpr Code server_is_own_bind = certain(
    "server-is-own-bind", "A server is the bind that its own connections come from: they go round for ever.",
    "Correct the server's address or port.");
inline constexpr Code frontend_loop =
    certain("frontend-loop", "Frontends lead to one another in a circle through their servers.",
            "Correct the address of one of the servers.");
inline constexpr Code open_accept_proxy =
    likely("open-accept-proxy", "Whoever reaches a bind with accept-proxy may claim any client address.",
           "Add 'tcp-request connection reject if !{ src TRUSTED }', or expect-proxy with such a condition.");
inline constexpr Code forgeable_abstract_socket = likely(
    "forgeable-abstract-socket",
    "Every local user may connect to an abstract socket, and with accept-proxy claim any client address.",
    "Use a socket with rights: 'bind unix@/run/NAME.sock mode 600 accept-proxy'.");

// ---- TLS (tls.cpp, certificates.cpp)
inline constexpr Code expired_certificate =
    certain("expired-certificate", "A certificate is no longer valid, or not yet.", "Renew it.");
inline constexpr Code expiring_certificate =
    likely("expiring-certificate", "A certificate ends within the next 30 days.", "Renew it.");
inline constexpr Code certificate_mismatch = certain(
    "certificate-mismatch", "A server name that is routed or listed for a certificate is in no certificate.",
    "Add a certificate for the name.");
inline constexpr Code weak_key = certain("weak-key", "A certificate has an RSA key of fewer than 2048 bits.",
                                         "Make a new key and certificate.");
inline constexpr Code sslv3_check =
    certain("sslv3-check", "option ssl-hello-chk sends an SSLv3 hello, which today's servers refuse.",
            "Use 'check check-ssl verify none', or a plain 'check'.");
inline constexpr Code unverified_server = likely(
    "unverified-server", "The certificate of a TLS server is not verified, so anyone on the way can be it.",
    "Use 'verify required ca-file FILE' with sni or verifyhost.");

// ---- settings (settings.cpp, timeouts.cpp)
inline constexpr Code check_options_unused =
    certain("check-options-unused", "Settings of health checks stand where no server is checked.",
            "Add 'check' to the server line, or remove them.");
inline constexpr Code missing_timeout =
    likely("missing-timeout", "A timeout that this kind of proxy should have isn't set.", "Add the timeout.");
inline constexpr Code absurd_timeout =
    certain("absurd-timeout", "A timeout is so short or long that its unit was probably forgotten.",
            "Write the unit, for example 50s.");
inline constexpr Code maxconn_above_limits =
    certain("maxconn-above-limits", "maxconn is more than the file descriptors or the process allow.",
            "Lower it, or raise ulimit-n or the global maxconn.");
inline constexpr Code option_without_effect =
    certain("option-without-effect", "An option has no effect in this mode or kind of proxy.",
            "Remove the line, or change the mode.");

[[nodiscard]] std::span<const Code* const> lints();  // all of them, table.cpp

}  // namespace shunt::analysis::codes
