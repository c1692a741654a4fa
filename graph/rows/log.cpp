// The named words of a `log` line.
#include "graph/names.hpp"
#include "graph/read/reading.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

void read_length(Reading& reading) {
  if (const auto length = read_number(reading, reading.arguments[0], 80, 65535))
    reading.log->target.length = *length;
}

void read_format(Reading& reading) {
  if (const auto format = read_name<LogWireFormat>(reading, reading.arguments[0], names::log_formats)) {
    reading.log->target.format = *format;
    reading.log->format_written = true;
  }
}

constexpr std::array rows{
    Row{.name = "format",
        .min_args = 1,
        .max_args = 1,
        .lower = read_format,
        .documentation = "Form of the message: local, rfc3164, rfc5424, priority, short, timed, iso or raw."},
    Row{.name = "len",
        .min_args = 1,
        .max_args = 1,
        .lower = read_length,
        .documentation = "Longest message, 80 to 65535 bytes; 1024 by default."},
    Row{.name = "profile",
        .min_args = 1,
        .max_args = 1,
        .status = Status::unsupported,
        .since = "3.1",
        .advice = "log profiles are not available yet",
        .documentation = "A log-profile section to use."},
    Row{.name = "sample",
        .min_args = 1,
        .max_args = 1,
        .status = Status::unsupported,
        .advice = "sampling of log lines is not available yet",
        .documentation = "Only some of the messages, as ranges and a total."},
};

}  // namespace

SHUNT_FAMILY(log_family, "log parameter", rows);

}  // namespace shunt::graph
