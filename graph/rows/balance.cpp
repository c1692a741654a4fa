// The algorithms behind `balance`.
#include <fmt/core.h>

#include "graph/read/balance_lines.hpp"
#include "graph/read/expression_words.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

void store(Reading& reading, Balance balance) {
  reading.settings().balance = {balance, reading.span()};
  reading.settings().balance_key.reset();
}

template <BalanceKind Kind>
void plain(Reading& reading) {
  store(reading, {.kind = Kind});
}

// "random" or "random(3)".
void random_draws(Reading& reading) {
  const auto& word = reading.keyword;
  const auto open = word.value.find('(');
  if (open == std::string_view::npos) return store(reading, {.kind = BalanceKind::random});
  const auto close = word.value.find(')', open);
  const auto end = close == std::string_view::npos ? word.value.size() : close;
  const std::string_view number = word.value.substr(open + 1, end - open - 1);
  if (number.empty() && close != std::string_view::npos) return store(reading, {.kind = BalanceKind::random});
  const auto parsed = parser::parse_integer(number);
  const auto draws = parsed ? parsed.value() : 0;
  if (close == std::string_view::npos || draws < 1 || draws > 0x7fffffff) {
    reading.report(codes::bad_number, word.slice(open, word.value.size()),
                   fmt::format("'random' expects a number of draws of at least 1 in parentheses, not '{}'",
                               word.value.substr(open)));
    return;
  }
  store(reading, {.kind = BalanceKind::random, .draws = static_cast<std::uint32_t>(draws)});
}

// What stands between the parentheses behind the algorithm's name must be there and closed.
bool check_named(Reading& reading, std::string_view what) {
  const auto& word = reading.keyword;
  const auto open = word.value.find('(');
  const auto close = word.value.find(')', open);
  if (open != std::string_view::npos && close != std::string_view::npos && close > open + 1) return true;
  reading.report(codes::missing_argument, word.span,
                 fmt::format("'balance {}' expects {} in parentheses", reading.row->name, what));
  return false;
}

void hash_of_header(Reading& reading) { (void)check_named(reading, "the name of a header"); }
// "rdp-cookie" or "rdp-cookie(name)": the fetch of the same name.
void hash_of_rdp_cookie(Reading& reading) {
  const auto& word = reading.keyword;
  const auto open = word.value.find('(');
  if (open != std::string_view::npos && !check_named(reading, "the name of a cookie")) return;
  std::string_view name = "mstshash";
  if (open != std::string_view::npos) name = word.value.substr(open + 1, word.value.find(')') - open - 1);
  store(reading, {.kind = BalanceKind::rdp_cookie});
  reading.settings().balance_key = rdp_cookie_key(reading, name);
}

// HAProxy compiles it for each proxy when all is read.
void hash_of_expression(Reading& reading) {
  reading.state.config.uses.back().late = true;
  store(reading, {.kind = BalanceKind::hash});
  parser::DiagnosticSink unheard;  // link_uses tells what is wrong with it
  const auto words = reading.arguments.first(expression_size(reading.arguments));
  if (auto tree = parse_expression_words(words, unheard))
    reading.settings().balance_key = std::make_shared<const parser::ExpressionTree>(std::move(*tree));
}

constexpr std::string_view later = "this algorithm is not available yet";

// Most algorithms read past further words.
constexpr std::array rows{
    Row{.name = "first",
        .lower = plain<BalanceKind::first>,
        .documentation = "The usable server with the lowest id that has a free slot."},
    Row{.name = "hash",
        .since = "2.6",
        .lower = hash_of_expression,
        .syntax = "<expression be-server>",
        .documentation = "A hash of a sample expression."},
    Row{.name = "hdr",
        .mode = RowMode::http,
        .status = Status::unsupported,
        .advice = later,
        .lower = hash_of_header,
        .parenthesised = true,
        .syntax = "[use_domain_only [<any>]...]",
        .documentation = "A hash of an HTTP header."},
    Row{.name = "leastconn",
        .lower = plain<BalanceKind::leastconn>,
        .documentation = "The server with the fewest connections for its weight."},
    Row{.name = "log-hash",
        .status = Status::unsupported,
        .since = "2.9",
        .advice = later,
        .syntax = "<any>",
        .documentation = "A hash of the log message after some converters, in log mode."},
    Row{.name = "random",
        .lower = random_draws,
        .parenthesised = true,
        .documentation = "The less loaded of some servers drawn by chance; random(2) is the default."},
    Row{.name = "rdp-cookie",
        .lower = hash_of_rdp_cookie,
        .parenthesised = true,
        .documentation = "A hash of the cookie of a remote desktop client."},
    Row{.name = "roundrobin",
        .lower = plain<BalanceKind::roundrobin>,
        .documentation = "Each server in turn, as often as its weight says."},
    Row{.name = "source",
        .lower = plain<BalanceKind::source>,
        .documentation = "A hash of the client's address."},
    Row{.name = "static-rr",
        .lower = plain<BalanceKind::static_rr>,
        .documentation = "Round robin over a fixed map."},
    Row{.name = "sticky",
        .status = Status::unsupported,
        .since = "3.0",
        .advice = later,
        .documentation = "Stays with one server as long as it works."},
    Row{.name = "uri",
        .mode = RowMode::http,
        .status = Status::unsupported,
        .advice = later,
        .syntax = "[{ len <integer 1..> | depth <integer 1..> | whole | path-only }]...",
        .documentation = "A hash of the request URI."},
    Row{.name = "url_param",
        .mode = RowMode::http,
        .status = Status::unsupported,
        .advice = later,
        .syntax = "<any> [check_post [<any>]...]",
        .documentation = "A hash of a URL parameter."},
};

}  // namespace

SHUNT_FAMILY(balance_family, "balance algorithm", rows);

}  // namespace shunt::graph
