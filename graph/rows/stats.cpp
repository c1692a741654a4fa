// The words behind `stats` in proxies and in `global`, and the parameters of the statistics socket.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "graph/read/setters.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using S = config::StatsSocketLine;

bool can_listen(Reading& reading, const parser::Address& address) {
  using enum parser::AddressFamily;
  const auto refuse = [&](std::string_view why) {
    reading.report(codes::bad_address, reading.arguments[0].span, fmt::format("'stats socket': {}", why));
    return false;
  };
  if (address.datagram) return refuse("a datagram address can't be listened on");
  if (address.family == unix_path || address.family == abstract_socket || address.family == inherited)
    return true;
  if (address.port_kind == parser::PortKind::absent) return refuse("the address lacks a port");
  if (address.port == 0) return refuse("0 is no port to listen on");
  if (!address.host.empty()) use(reading, config::Use::Kind::address, reading.arguments[0]);
  return true;
}

// The socket takes the parameters of bind lines, too, but this build has no use for them here.
void read_socket_parameters(Reading& reading, std::span<const parser::Word> words) {
  config::Bind unused;
  while (!words.empty()) {
    const Row* own = stats_socket_family.find(words.front().value);
    const bool shared = own == nullptr && bind_family.find(words.front().value) != nullptr;
    Reading one = reading;
    if (shared) {
      reading.report(codes::unsupported, words.front().span,
                     fmt::format("'{}' is valid HAProxy that this build doesn't know for this socket",
                                 words.front().value));
      one.bind = &unused;
      one.stats_socket = nullptr;
    }
    words = words.subspan(read_parameter(one, shared ? bind_family : stats_socket_family, words));
  }
}

void read_stats_socket(Reading& reading) {
  const auto address = read_address(reading, reading.arguments[0]);
  if (!address || !can_listen(reading, *address)) return;
  S socket{.address = {*address, reading.arguments[0].span}, .span = reading.span()};
  Reading inner = reading;
  inner.stats_socket = &socket;
  read_socket_parameters(inner, reading.arguments.subspan(1));
  reading.global().stats_sockets.push_back(std::move(socket));
}

void read_level(Reading& reading) {
  const auto& level = reading.arguments[0];
  if (level == "user" || level == "operator" || level == "admin") return set_text<&S::level>(reading);
  reading.report(codes::bad_argument, level.span,
                 fmt::format("'level' expects user, operator or admin, not '{}'", level.value));
}

constexpr std::array global_rows{
    Row{.name = "bind-process",
        .status = Status::removed,
        .removed_in = "2.7",
        .advice = "remove it, there is one process",
        .syntax = "[<processes>]...",
        .documentation = "Processes that listen."},
    Row{.name = "calculate-max-counters",
        .status = Status::no_effect,
        .since = "3.3",
        .syntax = "on|off",
        .documentation = "Whether highest values are kept."},
    Row{.name = "maxconn",
        .status = Status::no_effect,
        .syntax = "<integer 1..2147483647> [<any>]...",
        .documentation = "Connections to the statistics socket."},
    Row{.name = "socket",
        .min_args = 1,
        .lower = read_stats_socket,
        .documentation = "A socket for administration; so far it has the commands about tables."},
    Row{.name = "timeout",
        .status = Status::no_effect,
        .syntax = "<time 1..> [<any>]...",
        .documentation = "How long a connection to the statistics socket may be silent."},
};

constexpr std::array socket_rows{
    Row{.name = "accept-proxy", .status = Status::no_effect, .documentation = "Expects a PROXY header."},
    Row{.name = "expose-fd",
        .status = Status::no_effect,
        .syntax = "listeners",
        .documentation = "Gives the listening sockets to a new process; nothing asks for them yet."},
    Row{.name = "gid",
        .min_args = 1,
        .max_args = 1,
        .lower = set_number<&S::gid>,
        .documentation = "Group of the socket file, by number."},
    Row{.name = "group",
        .min_args = 1,
        .max_args = 1,
        .lower = set_group<&S::gid>,
        .documentation = "Group of the socket file."},
    Row{.name = "interface",
        .min_args = 1,
        .max_args = 1,
        .status = Status::no_effect,
        .documentation = "Network interface of the socket."},
    Row{.name = "level",
        .min_args = 1,
        .max_args = 1,
        .lower = read_level,
        .documentation = "What clients of the socket may do: user, operator or admin."},
    Row{.name = "maxconn",
        .min_args = 1,
        .max_args = 1,
        .status = Status::no_effect,
        .documentation = "Connections to this socket."},
    Row{.name = "mode",
        .min_args = 1,
        .max_args = 1,
        .lower = set_octal<&S::mode>,
        .documentation = "Mode of the socket file, octal."},
    Row{.name = "name",
        .min_args = 1,
        .max_args = 1,
        .status = Status::no_effect,
        .documentation = "Name of the socket."},
    Row{.name = "process",
        .status = Status::removed,
        .removed_in = "2.7",
        .advice = "remove it, there is one process",
        .syntax = "<processes>",
        .documentation = "Processes that listen."},
    Row{.name = "severity-output",
        .status = Status::no_effect,
        .syntax = "none|number|string",
        .documentation = "How answers show their severity."},
    Row{.name = "thread",
        .status = Status::no_effect,
        .syntax = "<threads>",
        .documentation = "Threads that listen."},
    Row{.name = "uid",
        .min_args = 1,
        .max_args = 1,
        .lower = set_number<&S::uid>,
        .documentation = "Owner of the socket file, by number."},
    Row{.name = "user",
        .min_args = 1,
        .max_args = 1,
        .lower = set_user<&S::uid>,
        .documentation = "Owner of the socket file."},
};

constexpr std::uint32_t all = in::defaults | in::proxies;

// In seconds, but the limit is that of milliseconds without a unit: 30d are few seconds.
void check_refresh(Reading& reading) {
  const auto& word = reading.arguments[0];
  const auto time = parser::read_time(word.value, parser::TimeUnit::s);
  if (time || time.error().kind != parser::ScalarError::Kind::overflow) (void)read_time(reading, word, true);
}

void check_node(Reading& reading) {
  if (reading.arguments.empty()) return;
  const auto& name = reading.arguments[0];
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  };
  if (std::ranges::all_of(name.value, fits)) return;
  reading.report(
      codes::bad_name, name.span,
      fmt::format("'stats show-node' expects letters, digits, '-', '_' and '.', not '{}'", name.value));
}

void check_description(Reading& reading) {
  if (!reading.arguments.empty() || reading.global().description) return;
  reading.report(codes::unused_setting, reading.keyword.span,
                 "'stats show-desc' needs a text, or 'description' in the global section");
}

// Without `mode http` none of them does anything; a proxy in HTTP mode is refused as a whole.
constexpr std::array proxy_rows{
    Row{.name = "admin",
        .places = in::proxies,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "{ <condition http> }",
        .documentation = "Who may administer servers on the statistics page."},
    Row{.name = "auth",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "<text> [<any>]...",
        .documentation = "A user of the statistics page."},
    Row{.name = "enable",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "[<any>]...",
        .documentation = "Turns the statistics page on."},
    Row{.name = "hide-version",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "[<any>]...",
        .documentation = "The statistics page doesn't show the version."},
    Row{.name = "http-request",
        .places = in::proxies,
        .fatal = true,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "{ allow | deny | auth [realm <text>] } [<condition http>]",
        .documentation = "Who may see the statistics page."},
    Row{.name = "realm",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "<text> [<any>]...",
        .documentation = "Realm of the statistics page."},
    Row{.name = "refresh",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .lower = check_refresh,
        .syntax = "<any> [<any>]...",
        .documentation = "How often the statistics page reloads."},
    Row{.name = "scope",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "<text> [<any>]...",
        .documentation = "Proxies on the statistics page."},
    Row{.name = "show-desc",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .lower = check_description,
        .syntax = "[<any>]...",
        .documentation = "The statistics page shows a description."},
    Row{.name = "show-legends",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "[<any>]...",
        .documentation = "The statistics page shows more details."},
    Row{.name = "show-modules",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "[<any>]...",
        .documentation = "The statistics page shows extra modules."},
    Row{.name = "show-node",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .lower = check_node,
        .syntax = "[<any>]...",
        .documentation = "The statistics page shows the node's name."},
    Row{.name = "show-version",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .since = "3.2",
        .syntax = "[<any>]...",
        .documentation = "The statistics page shows the version."},
    Row{.name = "uri",
        .places = all,
        .mode = RowMode::http,
        .status = Status::no_effect,
        .syntax = "<text> [<any>]...",
        .documentation = "Path of the statistics page."},
};

}  // namespace

SHUNT_FAMILY(global_stats_family, "stats keyword", global_rows);
SHUNT_FAMILY(stats_socket_family, "stats socket parameter", socket_rows);
SHUNT_FAMILY(stats_family, "stats keyword", proxy_rows);

}  // namespace shunt::graph
