// The global section as the runtime wants it.
#include <fmt/core.h>

#include <algorithm>

#include "graph/link/linking.hpp"
#include "parser/host_name.hpp"

namespace shunt::graph {
namespace {

// `log-send-hostname` without a name means the machine's.
std::optional<std::string> log_host(const config::Global& global) {
  if (!global.log_send_hostname) return std::nullopt;
  const auto& name = global.log_send_hostname->value;
  return name.empty() ? parser::host_name() : name;
}

// Without a level it is an operator's.
AdminLevel level_of(const config::StatsSocketLine& line) {
  const std::string name = value_or(line.level, std::string("operator"));
  return name == "user" ? AdminLevel::user : name == "admin" ? AdminLevel::admin : AdminLevel::operator_;
}

StatsSocket socket_of(const config::StatsSocketLine& line) {
  return {.address = line.address.value,
          .unix_socket = {.mode = optional_of(line.mode),
                          .uid = optional_of(line.uid),
                          .gid = optional_of(line.gid)},
          .level = level_of(line),
          .span = line.span};
}

// Its format is that of all its lines. `-c` of 2.6 doesn't look for it, a start does.
std::optional<LogTarget> link_ring(Linking& linking, const config::LogLine& line) {
  constexpr std::string_view always_there = "buf0";
  LogTarget target = line.target;
  target.format = LogWireFormat::raw;
  const auto ring = std::ranges::find_if(
      linking.config.rings, [&](const config::RingSection& each) { return each.made.name == target.path; });
  if (ring != linking.config.rings.end())
    target.format = ring->made.format;
  else if (target.path != always_there && linking.options.target == Target::shunt)
    linking.report(codes::undefined_name, line.span, fmt::format("there is no ring '{}'", target.path));
  return target;
}

}  // namespace

std::optional<LogTarget> link_log(Linking& linking, const config::LogLine& line) {
  constexpr std::uint16_t syslog_port = 514;
  if (line.target.kind == LogTarget::Kind::ring) return link_ring(linking, line);
  LogTarget target = line.target;
  if (!line.format_written && linking.config.global.log_send_hostname) target.format = LogWireFormat::rfc3164;
  if (target.kind != LogTarget::Kind::udp) return target;
  const auto endpoint = linking.resolver.resolve(line.address);
  if (!endpoint) {
    linking.report(codes::unresolved_address, line.span,
                   fmt::format("the log host '{}' has no address", line.address.host));
    return std::nullopt;
  }
  target.endpoint = *endpoint;
  if (target.endpoint.family == fetchers::Family::none && line.address.host.empty()) {
    target.endpoint.family = fetchers::Family::ipv4;  // "*" and ":514": the machine itself
  }
  if (target.endpoint.port == 0) target.endpoint.port = syslog_port;
  return target;
}

void link_global(Linking& linking) {
  const config::Global& from = linking.config.global;
  Global& to = linking.global;
  to.maxconn = value_or(from.maxconn, 0u);
  to.nbthread = value_or(from.nbthread, 0u);
  to.rates = {.connections = value_or(from.connection_rate, 0u),
              .sessions = value_or(from.session_rate, 0u),
              .tls = value_or(from.tls_rate, 0u),
              .tls_at_a_time = value_or(from.tls_connections, 0u)};
  to.ulimit_n = value_or(from.ulimit_n, 0u);
  to.daemon = value_or(from.daemon, false);
  to.quiet = value_or(from.quiet, false);
  to.strict_limits = !value_or(from.lenient_limits, false);
  to.pidfile = value_or(from.pidfile, std::string());
  to.chroot = value_or(from.chroot, std::string());
  to.uid = optional_of(from.uid);
  to.gid = optional_of(from.gid);
  to.log_tag = value_or(from.log_tag, std::string("haproxy"));
  to.log_send_hostname = log_host(from);
  to.node = value_or(from.node, parser::host_name());
  to.description = value_or(from.description, std::string());
  to.hard_stop_after = optional_of(from.hard_stop_after);
  to.grace = value_or(from.grace, Milliseconds{0});
  for (const auto& line : from.stats_sockets) to.stats_sockets.push_back(socket_of(line));
  for (const auto& line : from.logs) {
    if (auto target = link_log(linking, line)) to.logs.push_back(std::move(*target));
  }
  to.tune.bufsize = value_or(from.bufsize, to.tune.bufsize);
  // A rewrite reserve above half the buffer is cut to it.
  to.tune.maxrewrite = std::min(value_or(from.maxrewrite, to.tune.maxrewrite), to.tune.bufsize / 2);
  to.tune.pipesize = value_or(from.pipesize, 0u);
  to.tune.maxpipes = value_or(from.maxpipes, 0u);
  to.tune.maxaccept = value_or(from.maxaccept, 0u);
  to.tune.splice = !value_or(from.nosplice, false);
  to.tune.variables = {.all = value_or(from.vars_global, 0u),
                       .process = value_or(from.vars_proc, 0u),
                       .session = value_or(from.vars_sess, 0u),
                       .transaction = value_or(from.vars_txn, 0u),
                       .request = value_or(from.vars_reqres, 0u),
                       .check = value_or(from.vars_check, 0u)};
}

}  // namespace shunt::graph
