// The sentences about health checks that HAProxy writes to logs and stderr, word by word.
#pragma once
#include <chrono>
#include <string>

#include "graph/graph.hpp"
#include "runtime/health_counter.hpp"
#include "runtime/server_count.hpp"

namespace shunt::runtime {

enum class CheckStatus : std::uint8_t {
  unknown,
  passed,
  refused,
  timed_out,
  socket_error,
  analyzed,
  tls_passed,
  tls_failed,
  tls_timed_out,
  l7_passed,
  l7_status,  // an answer that says no
  l7_invalid,
  l7_timed_out,
  checked,         // an agent said something that is no verdict: not told
  l7_conditional,  // passed, but the server wants no new sessions
  external_passed,
  external_failed,
  external_timed_out
};
[[nodiscard]] constexpr bool succeeded(CheckStatus status) {
  return status == CheckStatus::passed || status == CheckStatus::tls_passed ||
         status == CheckStatus::l7_passed || status == CheckStatus::l7_conditional ||
         status == CheckStatus::external_passed;
}

struct CheckResult {
  CheckStatus status = CheckStatus::unknown;
  int error = 0;  // errno of `refused` and `socket_error`
  std::chrono::milliseconds duration{0};
  std::uint32_t errors = 0;    // of `analyzed`: connections of sessions that failed in a row
  std::string_view text = {};  // of `tls_failed`, `l7_passed`, `l7_status`
  bool by_agent = false;
  bool scripted = false;  // `text` is all that there is to say, for any status
  std::int64_t code = 0;  // of a scripted one
};

// "Layer4 connection problem, info: "Connection refused", check duration: 0ms"
[[nodiscard]] std::string describe_result(const CheckResult& result);
// "Health check for server b/s failed, reason: ..., status: 2/3 UP."
[[nodiscard]] std::string health_check_line(const graph::Graph& graph, const graph::Server& server,
                                            const CheckResult& result, const HealthCounter& counter,
                                            bool draining);

struct StateChange {
  bool up = false;
  ServerCount left = {};         // usable servers after it
  std::uint32_t sessions = 0;    // on the server
  std::uint32_t queued = 0;      // on the server
  std::uint32_t requeued = 0;    // sessions that wait elsewhere now, or no longer
  std::string_view reason = {};  // behind the state; empty: the line about the check has told it
  bool stopping = false;         // it is up but wants no new sessions
};
// "Server b/s is DOWN, reason: .... 0 active and 1 backup servers left. Running on backup. ..."
[[nodiscard]] std::string state_change_line(const graph::Graph& graph, const graph::Server& server,
                                            const StateChange& change);
// "Server b/s", "Backup Server b/s"
[[nodiscard]] std::string full_name(const graph::Graph& graph, const graph::Server& server);
// ". 1 active and 0 backup servers left. 0 sessions active, ...": how the lines about changes end.
[[nodiscard]] std::string consequences(const StateChange& change);
// "backend b has no server available!"; on stderr the name is quoted.
[[nodiscard]] std::string no_server_line(const graph::Proxy& proxy, bool quoted);

}  // namespace shunt::runtime
