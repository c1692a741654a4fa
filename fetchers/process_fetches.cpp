// Fetches of the process, of dates and of the rules that applied.
#include <array>
#include <charconv>
#include <random>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/process_view.hpp"
#include "fetchers/running_rows.hpp"
#include "fetchers/stream_view.hpp"
#include "fetchers/unsupported_rows.hpp"
#include "fetchers/uuid.hpp"

namespace shunt::fetchers {
namespace {

using std::chrono::system_clock;

// In the unit that check_unit let pass.
Fetched date_in_unit(system_clock::time_point date, const ArgumentValue& unit, Sample& out) {
  const std::int64_t us =
      std::chrono::duration_cast<std::chrono::microseconds>(date.time_since_epoch()).count();
  const bool given = unit.type != ArgumentType::none;
  const std::int64_t divisor = given && unit.text == "us" ? 1 : given && unit.text == "ms" ? 1000 : 1000000;
  return integer(us / divisor, out);
}

Fetched accept_date(Context& context, Arguments arguments, Sample& out) {
  return context.stream != nullptr ? date_in_unit(context.stream->accept_date(), arguments[0], out)
                                   : Fetched{};
}

// In TCP mode the stream begins where the handshakes end.
Fetched request_date(Context& context, Arguments arguments, Sample& out) {
  if (context.stream == nullptr) return {};
  const std::chrono::milliseconds handshake(context.stream->times().handshake);
  return date_in_unit(context.stream->accept_date() + handshake, arguments[0], out);
}

Fetched active_connections(Context& context, Arguments, Sample& out) {
  return context.process != nullptr ? integer(context.process->connections(), out) : Fetched{};
}
Fetched environment(Context& context, Arguments arguments, Sample& out) {
  if (context.process == nullptr) return {};
  const auto value = context.process->environment(arguments[0].text.c_str());
  return value ? text(*value, out) : Fetched{};
}
Fetched hostname(Context& context, Arguments, Sample& out) {
  return context.process != nullptr ? text_if_any(context.process->hostname(), out) : Fetched{};
}
Fetched process_id(Context& context, Arguments, Sample& out) {
  return context.process != nullptr ? integer(context.process->pid(), out) : Fetched{};
}
Fetched thread(Context& context, Arguments, Sample& out) {
  return context.process != nullptr ? integer(context.process->thread(), out) : Fetched{};
}
Fetched stopping(Context& context, Arguments, Sample& out) {
  return boolean(context.process != nullptr && context.process->stopping(), out);
}
Fetched uptime(Context& context, Arguments, Sample& out) {
  return context.process != nullptr ? integer(context.process->uptime().count(), out) : Fetched{};
}
template <std::uint32_t (ProcessView::*usage)() const>
Fetched processor_usage(Context& context, Arguments, Sample& out) {
  return context.process != nullptr ? integer((context.process->*usage)(), out) : Fetched{};
}
template <int value>
Fetched always(Context&, Arguments, Sample& out) {
  return integer(value, out);
}
Fetched never_true(Context&, Arguments, Sample& out) { return boolean(false, out); }

Fetched uuid(Context& context, Arguments arguments, Sample& out) {
  thread_local std::mt19937_64 engine{std::random_device{}()};  // a generator per thread: nothing is shared
  const int version = arguments[0].type == ArgumentType::none ? 4 : static_cast<int>(arguments[0].integer);
  const UuidText made = make_uuid(version, {engine(), engine()}, context.date);
  out.set_string(context.scratch->copy({made.data(), made.size()}));
  return {.found = true, .may_change = true};
}

Fetched last_rule_file(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? text_if_any(context.stream->last_rule().file, out) : Fetched{};
}
Fetched last_rule_line(Context& context, Arguments, Sample& out) {
  if (context.stream == nullptr || context.stream->last_rule().file.empty()) return {};
  return integer(context.stream->last_rule().line, out);
}

Fetched entity(Context& context, const RuleOrigin& rule, Sample& out) {
  if (rule.file.empty()) return {};
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), rule.line).ptr;
  const std::string_view line(digits.data(), static_cast<std::size_t>(end - digits.data()));
  const std::span<char> room = context.scratch->allocate(rule.file.size() + 1 + line.size());
  auto at = std::ranges::copy(rule.file, room.begin()).out;
  *at++ = ':';
  std::ranges::copy(line, at);
  return text({room.data(), room.size()}, out);
}
Fetched last_entity(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? entity(context, context.stream->last_rule(), out) : Fetched{};
}
Fetched waiting_entity(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? entity(context, context.stream->waiting_rule(), out) : Fetched{};
}

Fetched priority_class(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? integer(context.stream->priority_class(), out) : Fetched{};
}
Fetched priority_offset(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? integer(context.stream->priority_offset(), out) : Fetched{};
}
Fetched calls(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? integer(context.stream->calls(), out) : Fetched{};
}
Fetched unique_id(Context& context, Arguments, Sample& out) {
  return context.stream != nullptr ? text_if_any(context.stream->unique_id(), out) : Fetched{};
}

constexpr ArgumentSignature unit{.types = {ArgumentType::str}, .check = check_unit};
constexpr FetchRow state(std::string_view name, FetchFunction function, std::string_view text,
                         std::string_view since = {}, SampleType out = SampleType::sint) {
  return reads(name, {}, out, places::process_state, function, text, since);
}
constexpr FetchRow anywhere(std::string_view name, FetchFunction function, std::string_view text,
                            std::string_view since = {}, SampleType out = SampleType::sint) {
  return reads(name, {}, out, places::anywhere, function, text, since);
}

constexpr std::array rows = {
    reads("accept_date", unit, SampleType::sint, places::client_connection, accept_date,
          "Accept time of the connection; unit s (default), ms, us.", "2.9"),
    anywhere("act_conn", active_connections, "Active connections of the process.", "2.9"),
    state("cpu_calls", calls, "How often the task of this stream ran."),
    state("cpu_ns_avg", always<0>,
          "Nanoseconds of processor time per call of this stream's task; 0 without profiling."),
    state("cpu_ns_tot", always<0>,
          "Nanoseconds of processor time of this stream's task; 0 without profiling."),
    state("cpu_usage_grp", processor_usage<&ProcessView::process_usage>,
          "Recent CPU use of the thread group, 0..100.", "3.4"),
    state("cpu_usage_proc", processor_usage<&ProcessView::process_usage>, "Of the process.", "3.4"),
    state("cpu_usage_thr", processor_usage<&ProcessView::thread_usage>, "Of the thread.", "3.4"),
    reads("env", {.required = 1, .types = {ArgumentType::str}}, SampleType::str, places::anywhere,
          environment, "The value of an environment variable when the process started."),
    anywhere("hostname", hostname, "The name of this host.", {}, SampleType::str),
    state("last_entity", last_entity, "Last final rule or filter that decided.", "3.1", SampleType::str),
    state("last_rule_file", last_rule_file, "The file of the last final rule that applied.", {},
          SampleType::str),
    state("last_rule_line", last_rule_line, "The line of the last final rule that applied."),
    state("lat_ns_avg", always<0>,
          "Average nanoseconds between wake-up and run of this stream's task; 0 without profiling."),
    state("lat_ns_tot", always<0>,
          "Total nanoseconds between wake-up and run of this stream's task; 0 without profiling."),
    anywhere("nbproc", always<1>, "The number of processes, always 1."),
    anywhere("pid", process_id, "Process id.", "2.9"),
    state("prio_class", priority_class, "The priority class of the stream."),
    state("prio_offset", priority_offset, "The priority offset of the stream in milliseconds."),
    anywhere("proc", always<1>, "The number of the process, always 1."),
    anywhere("quic_enabled", never_true, "True if QUIC is built in and listening.", "2.8",
             SampleType::boolean),
    reads("request_date", unit, SampleType::sint, places::kept_request, request_date,
          "Date of the first request byte; unit s/ms/us.", "2.9"),
    later("spoe.engine-id", {}, SampleType::str, places::process_state,
          "Engine id of the SPOE agent connection (undocumented in the manual).", "3.1"),
    state("stopping", stopping, "Whether the process is about to stop.", {}, SampleType::boolean),
    later("term_events", {}, SampleType::str, places::process_state,
          "Seven fields with termination events of both sides.", "3.2"),
    anywhere("tgroup", always<0>, "Index of the thread group.", "3.4"),
    anywhere("thread", thread, "The number of the thread."),
    anywhere("unique-id", unique_id, "The unique id of the request.", {}, SampleType::str),
    anywhere("uptime", uptime, "Seconds since worker start.", "3.0"),
    FetchRow{.name = "uuid",
             .arguments = {.types = {ArgumentType::sint}, .check = check_uuid},
             .out = SampleType::str,
             .places = places::anywhere,
             .purity = Purity::writes_state,
             .function = uuid,
             .documentation = "A random UUID of version 4, or 7, which begins with the date."},
    state("waiting_entity", waiting_entity, "Rule or filter that was pending at an error/timeout.", "3.1",
          SampleType::str),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows process_fetches() { return rows; }

}  // namespace shunt::fetchers
