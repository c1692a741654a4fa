// Fetches of the process, of dates and of the rules that applied: known by name and judged, not executed yet.
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/unsupported_rows.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::array rows = {
    later("accept_date", {.types = {ArgumentType::str}, .check = check_unit}, SampleType::sint,
          places::client_connection, "Accept time of the connection; unit s (default), ms, us.", "2.9"),
    later("act_conn", {}, SampleType::sint, places::anywhere, "Active connections of the process.", "2.9"),
    later("cpu_calls", {}, SampleType::sint, places::process_state, "How often the task of this stream ran."),
    later("cpu_ns_avg", {}, SampleType::sint, places::process_state,
          "Nanoseconds of processor time per call of this stream's task."),
    later("cpu_ns_tot", {}, SampleType::sint, places::process_state,
          "Nanoseconds of processor time of this stream's task."),
    later("cpu_usage_grp", {}, SampleType::sint, places::process_state,
          "Recent CPU use of the thread group, 0..100.", "3.4"),
    later("cpu_usage_proc", {}, SampleType::sint, places::process_state, "Of the process.", "3.4"),
    later("cpu_usage_thr", {}, SampleType::sint, places::process_state, "Of the thread.", "3.4"),
    later("dump_all_vars", {.types = {ArgumentType::str, ArgumentType::str, ArgumentType::str}},
          SampleType::str, places::anywhere, "Variables as `name=value` list; scope, name prefix, delimiter.",
          "3.4"),
    later("env", {.required = 1, .types = {ArgumentType::str}}, SampleType::str, places::anywhere,
          "The value of an environment variable when the process started."),
    later("hostname", {}, SampleType::str, places::anywhere, "The name of this host."),
    later("last_entity", {}, SampleType::str, places::process_state,
          "Last final rule or filter that decided.", "3.1"),
    later("last_rule_file", {}, SampleType::str, places::process_state,
          "The file of the last final rule that applied."),
    later("last_rule_line", {}, SampleType::sint, places::process_state,
          "The line of the last final rule that applied."),
    later("lat_ns_avg", {}, SampleType::sint, places::process_state,
          "Average nanoseconds between wake-up and run of this stream's task."),
    later("lat_ns_tot", {}, SampleType::sint, places::process_state,
          "Total nanoseconds between wake-up and run of this stream's task."),
    later("nbproc", {}, SampleType::sint, places::anywhere, "The number of processes, always 1."),
    later("pid", {}, SampleType::sint, places::anywhere, "Process id.", "2.9"),
    later("prio_class", {}, SampleType::sint, places::process_state, "The priority class of the stream."),
    later("prio_offset", {}, SampleType::sint, places::process_state,
          "The priority offset of the stream in milliseconds."),
    later("proc", {}, SampleType::sint, places::anywhere, "The number of the process, always 1."),
    later("quic_enabled", {}, SampleType::boolean, places::anywhere,
          "True if QUIC is built in and listening.", "2.8"),
    later("request_date", {.types = {ArgumentType::str}, .check = check_unit}, SampleType::sint,
          places::kept_request, "Date of the first request byte; unit s/ms/us.", "2.9"),
    later("spoe.engine-id", {}, SampleType::str, places::process_state,
          "Engine id of the SPOE agent connection (undocumented in the manual).", "3.1"),
    later("stopping", {}, SampleType::boolean, places::process_state,
          "Whether the process is about to stop."),
    later("term_events", {}, SampleType::str, places::process_state,
          "Seven fields with termination events of both sides.", "3.2"),
    later("tgroup", {}, SampleType::sint, places::anywhere, "Index of the thread group.", "3.4"),
    later("thread", {}, SampleType::sint, places::anywhere, "The number of the thread."),
    later("unique-id", {}, SampleType::str, places::anywhere, "The unique id of the request."),
    later("uptime", {}, SampleType::sint, places::anywhere, "Seconds since worker start.", "3.0"),
    later("uuid", {.types = {ArgumentType::sint}, .check = check_uuid}, SampleType::str, places::anywhere,
          "A random UUID."),
    later("waiting_entity", {}, SampleType::str, places::process_state,
          "Rule or filter that was pending at an error/timeout.", "3.1"),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows process_fetches() { return rows; }

}  // namespace shunt::fetchers
