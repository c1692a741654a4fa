// One log line as it goes onto the wire, for each of HAProxy's formats.
#include "runtime/log_framing.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

namespace shunt::runtime {
namespace {

using graph::LogWireFormat;
using Out = std::back_insert_iterator<std::string>;

struct Header {
  unsigned priority;  // facility and level
  unsigned level;
  const LogOrigin& origin;
  const LogClock& clock;
};

std::string_view or_else(std::string_view text, std::string_view fallback) {
  return text.empty() ? fallback : text;
}

void rfc3164(const Header& h, Out out) {
  fmt::format_to(out, "<{}>{} {} {}[{}]: ", h.priority, h.clock.rfc3164(),
                 or_else(h.origin.hostname, "localhost"), h.origin.tag, h.origin.pid);
}
void local(const Header& h, Out out) {
  fmt::format_to(out, "<{}>{} {}[{}]: ", h.priority, h.clock.rfc3164(), h.origin.tag, h.origin.pid);
}
void rfc5424(const Header& h, Out out) {
  fmt::format_to(out, "<{}>1 {} {} {} {} - {} ", h.priority, h.clock.iso(), or_else(h.origin.hostname, "-"),
                 or_else(h.origin.tag, "-"), h.origin.pid, or_else(h.origin.structured_data, "-"));
}
void priority(const Header& h, Out out) { fmt::format_to(out, "<{}>", h.priority); }
void short_header(const Header& h, Out out) { fmt::format_to(out, "<{}>", h.level); }
void timed(const Header& h, Out out) { fmt::format_to(out, "<{}>{} ", h.level, h.clock.iso()); }
void iso(const Header& h, Out out) { fmt::format_to(out, "{} ", h.clock.iso()); }
void raw(const Header&, Out) {}

struct FormatRow {
  LogWireFormat format;
  void (*header)(const Header&, Out);
};
constexpr std::array rows{FormatRow{LogWireFormat::rfc3164, rfc3164},
                          FormatRow{LogWireFormat::local, local},
                          FormatRow{LogWireFormat::rfc5424, rfc5424},
                          FormatRow{LogWireFormat::priority, priority},
                          FormatRow{LogWireFormat::short_, short_header},
                          FormatRow{LogWireFormat::timed, timed},
                          FormatRow{LogWireFormat::iso, iso},
                          FormatRow{LogWireFormat::raw, raw}};

consteval bool rows_are_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].format) != i) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

// As measured: a datagram with a header may have its whole length before the line end, anything else includes
// it.
std::size_t text_limit(const graph::LogTarget& target, bool has_header) {
  const bool whole = has_header && target.kind != graph::LogTarget::Kind::descriptor;
  return whole ? target.length : target.length - 1;
}

void write_header(const graph::LogTarget& target, graph::LogLevel level, const LogOrigin& origin,
                  const LogClock& clock, std::string& out) {
  out.clear();
  const auto number = static_cast<unsigned>(level);
  const Header header{static_cast<unsigned>(target.facility) * 8 + number, number, origin, clock};
  rows[static_cast<std::size_t>(target.format)].header(header, std::back_inserter(out));
}

}  // namespace

void LogClock::set(Time now) {
  using namespace std::chrono;
  const auto since_epoch = now.time_since_epoch();
  const std::time_t second = floor<seconds>(since_epoch).count();
  if (second != second_) set_second(second);
  long long micros = (floor<microseconds>(since_epoch) - seconds(second)).count();
  for (std::size_t at = 25; at >= 20; --at, micros /= 10) iso_[at] = static_cast<char>('0' + micros % 10);
}

void LogClock::set_second(std::time_t second) {
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  second_ = second;
  std::tm t{};
  ::localtime_r(&second, &t);
  const long minutes = t.tm_gmtoff / 60;
  const long distance = minutes < 0 ? -minutes : minutes;
  rfc3164_ =
      fmt::format("{} {:2} {:02}:{:02}:{:02}", months[t.tm_mon], t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
  iso_ = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000000{}{:02}:{:02}", t.tm_year + 1900,
                     t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, minutes < 0 ? '-' : '+',
                     distance / 60, distance % 60);
}

std::optional<graph::LogLevel> admitted_level(const graph::LogTarget& target, graph::LogLevel level) {
  if (level > target.most_verbose) return std::nullopt;
  return std::max(level, target.least_verbose);
}

void frame_log_line(const graph::LogTarget& target, graph::LogLevel level, const LogOrigin& origin,
                    const LogClock& clock, std::string_view message, std::string& out) {
  write_header(target, level, origin, clock, out);
  const std::size_t limit = text_limit(target, !out.empty());
  if (out.size() > limit) out.resize(limit);
  out.append(message.substr(0, limit - out.size()));
  out += '\n';
}

void frame_ring_line(const graph::LogTarget& target, graph::LogLevel level, const LogOrigin& origin,
                     const LogClock& clock, std::string_view message, std::size_t longest, std::string& out) {
  write_header(target, level, origin, clock, out);
  out += message.substr(0, target.length - 1);
  if (out.size() > longest) out.resize(longest);
}

}  // namespace shunt::runtime
