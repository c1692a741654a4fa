// Filters and the options of `stick`, `cookie`, `compression` and `email-alert`.
#include "graph/read/http_rules.hpp"
#include "graph/rows/action_syntax.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using action_syntax::nothing;

constexpr std::string_view later = "this filter is not available yet";
constexpr std::string_view http = "HTTP mode is not available yet";

constexpr Row option(std::string_view name, std::string_view syntax, std::string_view documentation,
                     std::string_view since = {}) {
  return {.name = name,
          .status = Status::unsupported,
          .since = since,
          .advice = later,
          .syntax = syntax,
          .documentation = documentation};
}

constexpr std::string_view sticking = "<expression> [table <table>] [<condition>]";
constexpr Row sticks(std::string_view name, std::string_view documentation, Lower lower) {
  return {.name = name, .lower = lower, .syntax = sticking, .documentation = documentation};
}
constexpr std::array stick_rows{
    sticks("match", "Looks a key up.", lower_stick<true, false, false>),
    sticks("on", "Looks a key up and stores it.", lower_stick<true, true, false>),
    sticks("store-request", "Stores a key of the request.", lower_stick<false, true, false>),
    sticks("store-response", "Stores a key of the response.", lower_stick<false, true, true>),
};

// Cookies are HTTP's.
constexpr Row of_cookie(std::string_view name, std::string_view syntax, std::string_view documentation) {
  return {.name = name,
          .status = Status::unsupported,
          .advice = http,
          .syntax = syntax,
          .documentation = documentation};
}
constexpr std::array cookie_rows{
    of_cookie("attr", "<cookie-attribute>", "An attribute of the cookie."),
    of_cookie("domain", "<cookie-domain>", "The domain of the cookie."),
    of_cookie("dynamic", nothing, "The value is computed."),
    of_cookie("httponly", nothing, "Scripts don't see the cookie."),
    of_cookie("indirect", nothing, "The server doesn't see the cookie."),
    of_cookie("insert", nothing, "The cookie is added."),
    of_cookie("maxidle", "<seconds>", "How long it is valid without use."),
    of_cookie("maxlife", "<seconds>", "How long it is valid at all."),
    of_cookie("nocache", nothing, "Responses with it are not cached."),
    of_cookie("postonly", nothing, "Only in responses to POST."),
    of_cookie("prefix", nothing, "The server's name is put before the value."),
    of_cookie("preserve", nothing, "The server may set it itself."),
    of_cookie("rewrite", nothing, "The server's cookie is changed."),
    of_cookie("secure", nothing, "Only by TLS."),
};

constexpr std::array trace_rows{
    option("hexdump", nothing, "Prints the bytes."),
    option("max-fwd", "<integer>", "The most bytes at a time.", "2.9"),
    option("name", "<text>", "Stands in the messages."),
    option("quiet", nothing, "Prints nothing."),
    option("random-forwarding", nothing, "Forwards random amounts."),
    option("random-parsing", nothing, "Without effect."),
};
constexpr std::array spoe_rows{
    option("config", "<file>", "The file of the agents."),
    option("engine", "<text>", "The scope in that file."),
};
constexpr std::array opentracing_rows{
    option("config", "<file>", "The file of the tracer."),
    option("id", "<text>", "The name of the filter."),
};
constexpr std::array bandwidth_rows{
    option("default-limit", "<size>", "Bytes of a stream."),
    option("default-period", "<time>", "The time for these bytes."),
    option("key", "<expression fe-http>", "Streams that share the limit."),
    option("limit", "<size>", "Bytes that the streams of a key share."),
    option("min-size", "<size>", "The least bytes at a time."),
    option("table", "<table>", "The table of the keys."),
};

constexpr Row filter(std::string_view name, std::string_view syntax, std::string_view documentation,
                     Lower lower = {}, Words parameters = {}, std::string_view since = {}) {
  return {.name = name,
          .status = Status::unsupported,
          .since = since,
          .advice = later,
          .lower = lower,
          .syntax = syntax,
          .parameters = parameters,
          .documentation = documentation};
}

constexpr std::array filter_rows{
    filter("bwlim-in", "<text>", "Limits the rate from the client.", check_bandwidth_filter,
           &bandwidth_filter_family, "2.7"),
    filter("bwlim-out", "<text>", "Limits the rate to the client.", check_bandwidth_filter,
           &bandwidth_filter_family, "2.7"),
    filter("cache", "<cache>", "A cache of responses.", check_named_filter),
    filter("comp-req", nothing, "Compresses requests.", {}, {}, "3.4"),
    filter("comp-res", nothing, "Compresses responses.", {}, {}, "3.4"),
    filter("compression", nothing, "Compresses bodies."),
    filter("fcgi-app", "<fcgi-app>", "Speaks FastCGI."),
    Row{.name = "opentracing",
        .status = Status::removed,
        .removed_in = "3.5",
        .advice = "use an external filter for OpenTelemetry",
        .lower = check_spoe_filter,
        .syntax = nothing,
        .parameters = &opentracing_filter_family,
        .documentation = "Asked a tracer."},
    filter("spoe", nothing, "Asks agents.", check_spoe_filter, &spoe_filter_family),
    filter("trace", nothing, "Prints what passes.", {}, &trace_filter_family),
};

constexpr Row compression(std::string_view name, std::string_view syntax, std::string_view documentation,
                          std::string_view since = {}) {
  return {.name = name,
          .status = Status::unsupported,
          .since = since,
          .advice = http,
          .lower = note_compression,
          .syntax = syntax,
          .documentation = documentation};
}
constexpr std::array compression_rows{
    compression("algo", "identity|gzip|deflate|raw-deflate...", "Algorithms in order of preference."),
    compression("algo-req", "identity|gzip|deflate|raw-deflate", "The algorithm of requests.", "2.8"),
    compression("algo-res", "identity|gzip|deflate|raw-deflate...", "Algorithms of responses.", "2.8"),
    compression("direction", "request|response|both", "What is compressed.", "2.8"),
    compression("minsize-req", "<size>", "Smaller requests stay as they are.", "3.2"),
    compression("minsize-res", "<size>", "Smaller responses stay as they are.", "3.2"),
    compression("offload", "[<any>]...", "Servers are not told that clients take compressed bodies."),
    compression("type", "<text>...", "Types of bodies that are compressed."),
    compression("type-req", "<text>...", "Types of requests that are compressed.", "2.8"),
    compression("type-res", "<text>...", "Types of responses that are compressed.", "2.8"),
};

constexpr Row mail(std::string_view name, std::string_view syntax, std::string_view documentation) {
  return {.name = name, .lower = check_step_word, .syntax = syntax, .documentation = documentation};
}
constexpr std::array email_alert_rows{
    mail("from", "[<any>]...", "The sender."),
    mail("level", "emerg|alert|crit|err|warning|notice|info|debug [<any>]...", "Which events are mailed."),
    mail("mailers", "[<any>]...", "The section with the mail servers."),
    mail("myhostname", "[<any>]...", "The name of this machine in mails."),
    mail("to", "[<any>]...", "The recipient."),
};

}  // namespace

SHUNT_FAMILY(stick_family, "stick rule", stick_rows);
SHUNT_FAMILY(cookie_family, "option of a cookie", cookie_rows);
SHUNT_FAMILY(trace_filter_family, "option of the filter", trace_rows);
SHUNT_FAMILY(spoe_filter_family, "option of the filter", spoe_rows);
SHUNT_FAMILY(opentracing_filter_family, "option of the filter", opentracing_rows);
SHUNT_FAMILY(bandwidth_filter_family, "option of the filter", bandwidth_rows);
SHUNT_FAMILY(filter_family, "filter", filter_rows);
SHUNT_FAMILY(compression_family, "compression setting", compression_rows);
SHUNT_FAMILY(email_alert_family, "setting of mails", email_alert_rows);

}  // namespace shunt::graph
