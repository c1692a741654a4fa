// The kinds of typed arguments that syntax texts can name, each with its check.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "acl/regex.hpp"
#include "graph/read/argument_syntax.hpp"
#include "graph/read/process_kinds.hpp"
#include "graph/read/proxy_kinds.hpp"
#include "graph/read/rule_kinds.hpp"
#include "parser/outside.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using parser::Word;
using Words = std::span<const Word>;
using Kind = config::Use::Kind;
using Named = config::Definition::Kind;

bool is_condition(const Word& word) { return word == "if" || word == "unless"; }
bool is_no_condition(const Word& word) { return !is_condition(word); }

// "1..255" as bounds; a missing one is the widest.
std::pair<std::int64_t, std::int64_t> bounds_of(std::string_view parameters) {
  const std::size_t dots = parameters.find("..");
  if (dots == std::string_view::npos) return {0, 0xffffffff};
  const std::string_view low = parameters.substr(0, dots), high = parameters.substr(dots + 2);
  return {low.empty() ? INT64_MIN : parser::leading_integer(low),
          high.empty() ? INT64_MAX : parser::leading_integer(high)};
}

std::size_t text(Reading&, Words, std::string_view) { return 1; }

std::size_t no_empty(Reading& reading, Words words, std::string_view) {
  if (!words[0].value.empty()) return 1;
  reading.report(codes::missing_argument, words[0].span,
                 fmt::format("{} has an empty argument", reading.quoted()));
  return 0;
}

std::size_t name(Reading& reading, Words words, std::string_view) {
  return check_name(reading, words[0]) ? 1 : 0;
}

std::size_t time(Reading& reading, Words words, std::string_view parameters) {
  const auto value = read_time(reading, words[0], parameters.starts_with("s"));
  if (!value) return 0;
  const std::size_t blank = parameters.find(' ');
  const auto [low, high] =
      bounds_of(blank == std::string_view::npos ? parameters : parameters.substr(blank + 1));
  if (parameters.find("..") == std::string_view::npos || (value->count() >= low && value->count() <= high))
    return 1;
  reading.report(codes::bad_time, words[0].span,
                 fmt::format("{} expects a time from {} to {} ms, not '{}'", reading.quoted(), low, high,
                             words[0].value));
  return 0;
}

std::size_t size(Reading& reading, Words words, std::string_view) {
  return read_size(reading, words[0]) ? 1 : 0;
}

std::size_t number(Reading& reading, Words words, std::string_view parameters) {
  const auto [low, high] = bounds_of(parameters);
  return read_strict_number(reading, words[0], low, high) ? 1 : 0;
}

std::size_t integer(Reading& reading, Words words, std::string_view parameters) {
  const auto [low, high] = bounds_of(parameters.empty() ? ".." : parameters);
  return read_number(reading, words[0], low, high) ? 1 : 0;
}

std::size_t octal(Reading& reading, Words words, std::string_view) {
  return read_octal(reading, words[0]) ? 1 : 0;
}
std::size_t user(Reading& reading, Words words, std::string_view) {
  return reading.state.assume_files || read_user(reading, words[0]) ? 1 : 0;
}
std::size_t group(Reading& reading, Words words, std::string_view) {
  return reading.state.assume_files || read_group(reading, words[0]) ? 1 : 0;
}

// Parameters: "port" (needed), "noport" (forbidden).
std::size_t address(Reading& reading, Words words, std::string_view parameters) {
  const auto found = read_address(reading, words[0]);
  if (!found) return 0;
  const bool has_port = found->port_kind != parser::PortKind::absent;
  if (parameters == "port" && !has_port && found->family != parser::AddressFamily::unix_path) {
    reading.report(codes::bad_address, words[0].span,
                   fmt::format("{} expects a port in '{}'", reading.quoted(), words[0].value));
    return 0;
  }
  if (parameters == "noport" && has_port) {
    reading.report(codes::bad_address, words[0].span,
                   fmt::format("{} doesn't take a port in '{}'", reading.quoted(), words[0].value));
    return 0;
  }
  return 1;
}

// One that must resolve, with at most one port. Parameters: "port" (needed), "ip" (needed, and no UNIX
// socket).
std::size_t resolved(Reading& reading, Words words, std::string_view parameters) {
  const auto found = read_address(reading, words[0]);
  if (!found) return 0;
  const bool local = found->family == parser::AddressFamily::unix_path;
  const bool lacks_port = found->port_kind == parser::PortKind::absent && !local && !parameters.empty();
  if (lacks_port || found->port != found->port_end || (local && parameters == "ip")) {
    reading.report(
        codes::bad_address, words[0].span,
        fmt::format("{} expects an address with one port, not '{}'", reading.quoted(), words[0].value));
    return 0;
  }
  if (!local && !found->host.empty()) use(reading, Kind::address, words[0]);
  return 1;
}

// A file that is read when the configuration is loaded.
std::size_t file(Reading& reading, Words words, std::string_view) {
  const std::string path(words[0].value);
  if (reading.state.assume_files || parser::is_readable(path)) return 1;
  reading.report(codes::missing_file, words[0].span,
                 fmt::format("{}: the file '{}' can't be read", reading.quoted(), words[0].value));
  return 0;
}

// Parameter "i": letters of both cases are equal.
std::size_t regex(Reading& reading, Words words, std::string_view parameters) {
  const auto compiled = acl::Regex::compile(words[0].value, parameters == "i");
  if (compiled) return 1;
  reading.report(codes::bad_regex, words[0].span,
                 fmt::format("{}: {}", reading.quoted(), compiled.error().message));
  return 0;
}

std::size_t condition(Reading& reading, Words words, std::string_view parameters) {
  reading.state.config.uses.push_back({.kind = Kind::condition,
                                       .words = words,
                                       .keyword = reading.keyword.value,
                                       .place = kinds::place_of(reading, parameters),
                                       .proxy = reading.proxy});
  return words.size();
}

std::size_t format(Reading& reading, Words words, std::string_view parameters) {
  use(reading, Kind::format, words[0]);
  reading.state.config.uses.back().place = kinds::place_of(reading, parameters);
  return 1;
}

template <Kind Of>
std::size_t named(Reading& reading, Words words, std::string_view) {
  use(reading, Of, words[0]);
  return 1;
}

template <Named Of>
std::size_t defined(Reading& reading, Words words, std::string_view) {
  use(reading, Kind::definition, words[0]);
  reading.state.config.uses.back().definition = Of;
  return 1;
}

// Sorted by name.
constexpr auto all_kinds = std::to_array<ArgumentKind>({
    {"acme", "the name of an acme section", defined<Named::acme>},
    {"address", "an address", address},
    {"any", "an argument", text},
    {"any-base", "an integer or a hexadecimal value", kinds::any_base},
    {"backend", "the name of a backend", named<Kind::backend>},
    {"bytes", "a number of bytes", kinds::bytes},
    {"ca-file", "a file of authorities", kinds::ca_file},
    {"cache", "the name of a cache", defined<Named::cache>},
    {"certificate", "a certificate with its key", kinds::certificate},
    {"ciphers", "names of ciphers", kinds::ciphers},
    {"ciphersuites", "names of cipher suites", kinds::ciphersuites},
    {"condition", "'if' or 'unless' with a condition", condition, is_condition},
    {"cookie-attribute", "an attribute", kinds::cookie_attribute},
    {"cookie-domain", "a domain", kinds::cookie_domain},
    {"cpu-map", "a set of threads", kinds::cpu_map},
    {"cpus", "a set of processors", kinds::cpus},
    {"crl-file", "a file of revoked certificates", kinds::crl_file},
    {"crt-list", "a list of certificates", kinds::crt_list},
    {"curves", "names of curves", kinds::curves},
    {"dh-file", "a file of Diffie-Hellman parameters", kinds::dh_file},
    {"digits", "a whole number", kinds::digits},
    {"directory", "a directory", kinds::directory},
    {"error-ids", "numbers of OpenSSL errors", kinds::error_ids},
    {"error-page", "a file with an HTTP response", kinds::error_page},
    {"expression", "a sample expression", kinds::expression_words},
    {"expression-shape", "a sample expression", kinds::expression_shape},
    {"fcgi-app", "the name of a fcgi-app section", defined<Named::fcgi_app>},
    {"file", "a readable file", file},
    {"format", "a log format", format},
    {"group", "a group of this machine", group},
    {"healthcheck", "the name of a healthcheck section", defined<Named::healthcheck>},
    {"hex", "hexadecimal digits", kinds::hex},
    {"host", "a host", kinds::host},
    {"http-errors", "the name of an http-errors section", defined<Named::http_errors>},
    {"init-addr", "ways to find an address", kinds::init_addr},
    {"int32", "a number", kinds::int32},
    {"integer", "a number", integer},
    {"letters", "a name of letters", kinds::letters},
    {"list", "a list", kinds::list},
    {"log-profile", "the name of a log-profile", defined<Named::log_profile>},
    {"loose", "a number", kinds::loose},
    {"magnitude", "a number", kinds::magnitude},
    {"mailers", "the name of a mailers section", defined<Named::mailers>},
    {"mark-or-expression", "a number or a sample expression", kinds::mark_or_expression},
    {"name", "a name", name},
    {"namespace", "a network namespace", kinds::network_namespace},
    {"network", "an address or network", kinds::network},
    {"networks", "networks", kinds::networks},
    {"number", "a number", number},
    {"number-or-expression", "a number or a sample expression", kinds::number_or_expression},
    {"octal", "an octal mode such as 660", octal},
    {"page-status", "an HTTP status", kinds::page_status},
    {"peers", "the name of a peers section", defined<Named::peers>},
    {"poll-events", "a number of events", kinds::poll_events},
    {"proc-variable", "a variable of the process", kinds::process_variable},
    {"processes", "a set of processes", kinds::processes},
    {"property-query", "an OpenSSL property query", kinds::property_query},
    {"provider", "the name of an OpenSSL provider", kinds::provider},
    {"range", "a set of threads", kinds::range},
    {"regex", "a regular expression", regex},
    {"resolved", "an address with a port", resolved},
    {"resolvers", "the name of a resolvers section", defined<Named::resolvers>},
    {"ring", "the name of a ring", defined<Named::ring>},
    {"ring-size", "a number of bytes", kinds::ring_size},
    {"seconds", "a time in seconds", kinds::seconds},
    {"server", "the name of a server", kinds::server},
    {"service", "a service", kinds::service},
    {"sigalgs", "names of signature algorithms", kinds::signature_algorithms},
    {"size", "a size such as 16k", size},
    {"source-address", "an address to connect from", kinds::source_address},
    {"status-list", "HTTP statuses", kinds::status_list},
    {"statuses", "HTTP statuses", kinds::statuses},
    {"table", "the name of a proxy with a stick table", defined<Named::table>},
    {"text", "one more argument", no_empty},
    {"threads", "a set of threads", kinds::thread_set},
    {"ticket-keys", "a file of ticket keys", kinds::ticket_keys},
    {"time", "a time such as 10s", time},
    {"time-or-expression", "a time or a sample expression", kinds::time_or_expression},
    {"uint32", "a number", kinds::uint32},
    {"unconditional", "an argument", text, is_no_condition},
    {"user", "a user of this machine", user},
    {"userlist", "the name of a userlist", defined<Named::userlist>},
    {"usesrc", "whose address", kinds::usesrc},
});
static_assert(std::ranges::is_sorted(all_kinds, {}, &ArgumentKind::name));

}  // namespace

const ArgumentKind* find_argument_kind(std::string_view name) {
  const auto found = std::ranges::lower_bound(all_kinds, name, {}, &ArgumentKind::name);
  return found != all_kinds.end() && found->name == name ? &*found : nullptr;
}

std::span<const ArgumentKind> argument_kinds() { return all_kinds; }

void use(Reading& reading, Kind kind, const Word& word) {
  // The word lives in the syntax tree, so a span of one stays valid.
  reading.state.config.uses.push_back({.kind = kind,
                                       .words = {&word, 1},
                                       .keyword = reading.keyword.value,
                                       .place = reading.evaluated_at,
                                       .proxy = reading.proxy});
}

void define(Reading& reading, Named kind, const Word& word) {
  reading.state.config.definitions.push_back({kind, std::string(word.value), word.span});
}

}  // namespace shunt::graph
