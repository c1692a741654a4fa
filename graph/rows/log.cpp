// The named words of a `log` line.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "graph/names.hpp"
#include "graph/read/reading.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

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

bool refuse_sample(Reading& reading, const std::string& why) {
  reading.report(codes::bad_argument, reading.arguments[0].span, fmt::format("'sample' {}", why));
  return false;
}

// 0: not a number from 1 on.
std::uint32_t positive(std::string_view text) {
  const bool digits = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const auto number = digits ? parser::parse_integer(text) : parser::parse_integer("0");
  return number && number.value() <= 0xffffffff ? static_cast<std::uint32_t>(number.value()) : 0;
}

struct Range {
  std::uint32_t low = 0, high = 0;
};

bool read_range(Reading& reading, std::string_view text, std::vector<Range>& ranges) {
  const std::size_t dash = text.find('-');
  const std::uint32_t low = positive(text.substr(0, dash));
  const std::uint32_t high = dash == std::string_view::npos ? low : positive(text.substr(dash + 1));
  if (low == 0 || high < low) return refuse_sample(reading, fmt::format("can't use the range '{}'", text));
  for (const Range& each : ranges)
    if (low <= each.high && high >= each.low) return refuse_sample(reading, "has ranges that overlap");
  ranges.push_back({low, high});
  return true;
}

// RANGES:SIZE; a comma may end the ranges.
void read_sample(Reading& reading) {
  const std::string_view text = reading.arguments[0].value;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return void(refuse_sample(reading, "expects ranges, ':' and a size"));
  std::vector<Range> ranges;
  for (std::size_t begin = 0; begin < colon;) {
    const std::size_t end = std::min(text.find(',', begin), colon);
    if (!read_range(reading, text.substr(begin, end - begin), ranges)) return;
    begin = end + 1;
  }
  const std::uint32_t size = positive(text.substr(colon + 1));
  if (ranges.empty()) return void(refuse_sample(reading, "expects ranges before ':'"));
  const bool fits = std::ranges::all_of(ranges, [&](const Range& each) { return each.high <= size; });
  if (size == 0 || !fits) {
    refuse_sample(reading, fmt::format("expects a size behind ':' that holds all ranges, not '{}'",
                                       text.substr(colon + 1)));
    return;
  }
  LogSample& sample = reading.log->target.sample.emplace();
  sample.size = size;
  for (const Range& each : ranges) sample.ranges.emplace_back(each.low, each.high);
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
        .lower = read_sample,
        .documentation = "Only some of the messages, as ranges and a total."},
};

}  // namespace

SHUNT_FAMILY(log_family, "log parameter", rows);

}  // namespace shunt::graph
