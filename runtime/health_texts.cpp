// The sentences about health checks.
#include "runtime/health_texts.hpp"
#include "graph/server_name.hpp"
#include "runtime/error_text.hpp"

#include <fmt/core.h>

#include <cstring>

namespace shunt::runtime {
namespace {

// Text of servers and files as log lines show it.
std::string visible(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '<' && c != '>' && c != '"')
      shown += c;
    else
      shown += fmt::format("<{:02X}>", byte);
  }
  return shown;
}

// A text ends at its first NUL byte.
std::string scripted_info(const CheckResult& result) {
  const bool has_code =
      result.status == CheckStatus::l7_passed || result.status == CheckStatus::l7_status ||
      result.status == CheckStatus::l7_conditional || result.status == CheckStatus::external_passed ||
      result.status == CheckStatus::external_failed || result.status == CheckStatus::external_timed_out;
  std::string info = has_code ? fmt::format(", code: {}", result.code) : std::string();
  const std::string_view text = result.text.substr(0, result.text.find('\0'));
  if (!text.empty()) info += fmt::format(", info: \"{}\"", visible(text));
  return info;
}

std::string info(const CheckResult& result) {
  if (result.scripted) return scripted_info(result);
  if (result.status == CheckStatus::refused) return fmt::format(", info: \"{}\"", error_text(result.error));
  if (result.status == CheckStatus::l7_invalid) return ", info: \"TCPCHK got an empty response at step 2\"";
  if (result.status == CheckStatus::l7_passed || result.status == CheckStatus::l7_status)
    return fmt::format(", code: 0, info: \"{}\"", result.text);
  if (result.status == CheckStatus::socket_error && !result.text.empty())
    return fmt::format(", info: \"{}\"", result.text);
  if (result.by_agent && result.status == CheckStatus::socket_error)
    return fmt::format(", info: \"{}\"", error_text(result.error));
  if (result.status == CheckStatus::tls_failed) return fmt::format(", info: \"{}\"", result.text);
  if (result.status != CheckStatus::socket_error) return {};
  return fmt::format(", info: \"General socket error ({})\"", error_text(result.error));
}

constexpr const char* reasons[] = {"Unknown",
                                   "Layer4 check passed",
                                   "Layer4 connection problem",
                                   "Layer4 timeout",
                                   "Socket error",
                                   "Health analyze",
                                   "Layer6 check passed",
                                   "Layer6 invalid response",
                                   "Layer6 timeout",
                                   "Layer7 check passed",
                                   "Layer7 wrong status",
                                   "Layer7 invalid response",
                                   "Layer7 timeout",
                                   "Checked",
                                   "Layer7 check conditionally passed",
                                   "External check passed",
                                   "External check error",
                                   "External check timeout"};

}  // namespace

std::string full_name(const graph::Graph& graph, const graph::Server& server) {
  return fmt::format("{}Server {}", server.backup ? "Backup " : "", qualified_name(graph, server));
}

std::string describe_result(const CheckResult& result) {
  if (result.status == CheckStatus::analyzed)
    return fmt::format(
        "Health analyze, info: \"Detected {} consecutive errors, last one was: L4 unsuccessful connection\"",
        result.errors);
  return fmt::format("{}{}, check duration: {}ms", reasons[static_cast<std::size_t>(result.status)],
                     info(result), result.duration.count());
}

std::string health_check_line(const graph::Graph& graph, const graph::Server& server,
                              const CheckResult& result, const HealthCounter& counter, bool draining) {
  const std::string name = qualified_name(graph, server);
  const char* state = !counter.up() ? "DOWN" : draining ? "DRAIN" : "UP";
  return fmt::format("{} check for {}server {} {}, reason: {}, status: {} {}.",
                     result.by_agent ? "Agent" : "Health", server.backup ? "backup " : "", name,
                     result.status == CheckStatus::l7_conditional ? "conditionally succeeded"
                     : succeeded(result.status)                   ? "succeeded"
                                                                  : "failed",
                     describe_result(result), counter.progress(), state);
}

std::string state_change_line(const graph::Graph& graph, const graph::Server& server,
                              const StateChange& change) {
  return fmt::format("{} is {}{}", full_name(graph, server),
                     change.stopping ? "stopping"
                     : change.up     ? "UP"
                                     : "DOWN",
                     change.reason) +
         consequences(change);
}

std::string consequences(const StateChange& change) {
  std::string line = fmt::format(". {} active and {} backup servers {}.", change.left.active,
                                 change.left.backup, change.up ? "online" : "left");
  if (change.left.active == 0 && change.left.backup != 0) line += " Running on backup.";
  if (change.up)
    return line + fmt::format(" {} sessions requeued, {} total in queue.", change.requeued, change.queued);
  return line + fmt::format(" {} sessions active, {} requeued, {} remaining in queue.", change.sessions,
                            change.requeued, change.queued);
}

std::string no_server_line(const graph::Proxy& proxy, bool quoted) {
  return fmt::format("{} {}{}{} has no server available!", proxy.is_frontend ? "proxy" : "backend",
                     quoted ? "'" : "", proxy.name, quoted ? "'" : "");
}

}  // namespace shunt::runtime
