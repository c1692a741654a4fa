// Codes of what is found while a configuration becomes a graph.
#pragma once
#include <span>

#include "parser/diagnostic.hpp"

namespace shunt::graph::codes {

using parser::Code;
using parser::Severity;

inline constexpr Code unknown_keyword{"unknown-keyword", Severity::error,
                                      "A word is no keyword of its section or line.",
                                      "Correct the spelling or remove the line."};
inline constexpr Code wrong_section{"wrong-section", Severity::error,
                                    "A keyword stands in a section that can't hold it.",
                                    "Move the line to a section of the right kind."};
inline constexpr Code ignored_in_section{"ignored-in-section", Severity::warning,
                                         "A keyword has no meaning in this kind of section and is ignored.",
                                         "Remove the line or move it to a section of the right kind."};
inline constexpr Code missing_argument{"missing-argument", Severity::error, "A keyword lacks an argument.",
                                       "Add the argument."};
inline constexpr Code unexpected_argument{"unexpected-argument", Severity::error,
                                          "Words follow that the keyword doesn't take.",
                                          "Remove these words, or correct the keyword before them."};
inline constexpr Code bad_argument{"bad-argument", Severity::error,
                                   "An argument is none of the words that are expected.",
                                   "Use one of the words that the message lists."};
inline constexpr Code bad_number{"bad-number", Severity::error, "A number is malformed or out of its range.",
                                 "Write a number within the range."};
inline constexpr Code bad_time{"bad-time", Severity::error, "A duration is malformed or too long.",
                               "Write digits and one of the units us, ms, s, m, h, d."};
inline constexpr Code bad_address{"bad-address", Severity::error,
                                  "An address is malformed or of a kind that can't be used here.",
                                  "Write ip:port, /path, unix@path, abns@name or fd@number."};
inline constexpr Code unresolved_address{"unresolved-address", Severity::error, "A host name has no address.",
                                         "Correct the name or write the address."};
inline constexpr Code unresolved_at_start{"unresolved-at-start", Severity::warning,
                                          "A server's name has no address now, and it may start without.",
                                          "Correct the name, or reload when it has an address."};
inline constexpr Code unreadable_states{
    "unreadable-states", Severity::warning, "A file of server states can't be used.",
    "Write what 'show servers state' answers to the file, or remove the line."};
inline constexpr Code bad_name{"bad-name", Severity::error, "A name has a character that names can't have.",
                               "Use letters, digits, '-', '_', '.' and ':'."};
inline constexpr Code bad_prefix{"bad-prefix", Severity::error,
                                 "'no' or 'default' stands before a keyword that doesn't take it.",
                                 "Remove the prefix or the line."};
inline constexpr Code duplicate_name{"duplicate-name", Severity::error, "A name is given twice.",
                                     "Rename one of the two."};
inline constexpr Code duplicate_id{"duplicate-id", Severity::error, "An id is given twice.",
                                   "Change one of the two."};
inline constexpr Code undefined_backend{.name = "undefined-backend",
                                        .severity = Severity::error,
                                        .summary = "A backend is used that is nowhere defined.",
                                        .remedy = "Define it or correct the name.",
                                        .late = true};
inline constexpr Code undefined_defaults{"undefined-defaults", Severity::error,
                                         "'from' names a defaults section that doesn't precede this one.",
                                         "Define it above or correct the name."};
inline constexpr Code ambiguous_defaults{"ambiguous-defaults", Severity::error,
                                         "'from' names a defaults section that exists more than once.",
                                         "Rename one of them."};
inline constexpr Code defaults_rules_shared{
    "defaults-rules-shared", Severity::error,
    "Rules of a defaults section are inherited by proxies of different kinds.",
    "Give each kind its own defaults section."};
inline constexpr Code unsupported{
    .name = "unsupported",
    .summary = "The line is valid HAProxy, but this build can't execute it.",
    .remedy = "Remove the line if it is not needed, or keep running HAProxy for this file.",
    .about_build = true};
inline constexpr Code removed{"removed", Severity::error, "The keyword is no longer part of the language.",
                              "Write what the message names."};
inline constexpr Code deprecated{"deprecated", Severity::warning,
                                 "The keyword still works but will be removed.",
                                 "Write what the message names."};
inline constexpr Code experimental{"experimental", Severity::error,
                                   "A name needs expose-experimental-directives.",
                                   "Add that line to the global section, above."};
inline constexpr Code no_effect{"no-effect", Severity::notice,
                                "The line is accepted and safely without consequence here.",
                                "Nothing needs to be done."};
inline constexpr Code missing_timeouts{"missing-timeouts", Severity::warning,
                                       "A proxy has no client, connect or server timeout.",
                                       "Add the timeouts, dead peers would be kept for ever."};
inline constexpr Code http_log_in_tcp{"http-log-in-tcp", Severity::warning,
                                      "An HTTP log format is used in TCP mode.", "Use 'option tcplog'."};
inline constexpr Code bind_without_certificate{"bind-without-certificate", Severity::error,
                                               "A bind line with 'ssl' has no certificate.",
                                               "Add 'crt FILE'."};
inline constexpr Code bad_certificate{"bad-certificate", Severity::error,
                                      "A certificate or key can't be used.",
                                      "Name a PEM file with a certificate and its key."};
inline constexpr Code bad_tls_setting{"bad-tls-setting", Severity::error, "A TLS setting can't be used.",
                                      "Correct the value."};
inline constexpr Code unknown_user{"unknown-user", Severity::error,
                                   "A user or group doesn't exist on this machine.",
                                   "Create it or correct the name."};
inline constexpr Code no_bind{"no-bind", Severity::warning, "A frontend has no listening address.",
                              "Add a bind line."};
inline constexpr Code overridden{"overridden", Severity::warning,
                                 "A setting replaces an earlier one of the same section.",
                                 "Keep one of the two lines."};
inline constexpr Code said_before{"said-before", Severity::warning,
                                  "A setting stands again although the first one holds.",
                                  "Remove one of the two lines."};
inline constexpr Code rule_order{"rule-order", Severity::warning,
                                 "A rule stands below one that is evaluated later.",
                                 "Move the line up, to where it takes effect."};
inline constexpr Code unreachable_rule{"unreachable-rule", Severity::warning,
                                       "A rule stands below one that always ends the list.",
                                       "Move it up, or give the rule above a condition."};
inline constexpr Code useless_option{"useless-option", Severity::warning,
                                     "An option has no effect together with the others of its line.",
                                     "Remove it, or complete the line."};
inline constexpr Code unused_servers{"unused-servers", Severity::warning,
                                     "A listen section has servers and a default_backend, which always wins.",
                                     "Remove the servers or the default_backend line."};
inline constexpr Code log_without_target{"log-without-target", Severity::warning,
                                         "A log format is chosen but nothing is logged anywhere.",
                                         "Add a 'log' line, or 'log global' with a target in global."};
inline constexpr Code backend_loop{.name = "backend-loop",
                                   .severity = Severity::error,
                                   .summary = "A proxy chooses itself as the backend.",
                                   .remedy = "Name another backend.",
                                   .late = true};
inline constexpr Code not_a_backend{.name = "not-a-backend",
                                    .severity = Severity::error,
                                    .summary = "A frontend is used where a backend is needed.",
                                    .remedy = "Name a backend or listen section.",
                                    .late = true};
inline constexpr Code check_without_port{
    .name = "check-without-port",
    .severity = Severity::error,
    .summary = "A checked server has no port that checks could connect to.",
    .remedy = "Add a port to the address or 'port NUMBER'.",
    .late = true};
inline constexpr Code undefined_name{.name = "undefined-name",
                                     .severity = Severity::error,
                                     .summary = "A section or object is named that is nowhere defined.",
                                     .remedy = "Define it or correct the name.",
                                     .late = true};
inline constexpr Code missing_file{"missing-file", Severity::error,
                                   "A file that the line names can't be read.",
                                   "Correct the path, create the file, or check with --assume-files."};
inline constexpr Code bad_regex{"bad-regex", Severity::error, "A regular expression doesn't compile.",
                                "Correct the expression at the place that the message names."};
inline constexpr Code trailing_text{"trailing-text", Severity::warning,
                                    "Characters behind a complete time or number are not looked at.",
                                    "Write one number with one unit, such as 90s."};
inline constexpr Code small_time{"small-time", Severity::warning,
                                 "A timeout without unit is a small number of milliseconds.",
                                 "Write the unit, for example 30s or 30ms."};
inline constexpr Code needs_http_mode{"needs-http-mode", Severity::warning,
                                      "A line of a TCP proxy has an effect in HTTP mode only.",
                                      "Remove the line or set 'mode http'."};
inline constexpr Code mode_conflict{.name = "mode-conflict",
                                    .severity = Severity::error,
                                    .summary = "An HTTP frontend uses a backend in TCP mode.",
                                    .remedy = "Give both the same mode.",
                                    .late = true};
inline constexpr Code stored_twice{"stored-twice", Severity::warning,
                                   "A stick table stores the same data type twice.", "Remove one of them."};
inline constexpr Code incompatible{"incompatible", Severity::error,
                                   "Two words of a line or section exclude each other.",
                                   "Remove one of the two."};
inline constexpr Code incomplete_check{
    .name = "incomplete-check",
    .severity = Severity::error,
    .summary = "An external check lacks what it needs elsewhere in the file.",
    .remedy = "Add the lines that the message names.",
    .late = true};
inline constexpr Code unused_setting{"unused-setting", Severity::warning,
                                     "A setting has no effect because another line is missing.",
                                     "Add the line that the message names, or remove this one."};
inline constexpr Code weak_parameters{"weak-parameters", Severity::warning,
                                      "OpenSSL refuses the Diffie-Hellman parameters of a certificate.",
                                      "Use parameters of at least 2048 bits."};
inline constexpr Code unreadable_file{"unreadable-file", Severity::error,
                                      "A configuration file can't be read.",
                                      "Check the path and its permissions."};

// All of them, in the order of the documentation.
[[nodiscard]] std::span<const Code* const> all();

}  // namespace shunt::graph::codes
