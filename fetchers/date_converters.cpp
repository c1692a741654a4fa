// Converters of dates: http_date and date, local time and UTC by a format.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <optional>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// A date in units of 1/resolution seconds as seconds and the rest.
struct Date {
  std::time_t seconds = 0;
  std::int64_t rest = 0;
};

// Of the seconds 55 bits are kept, so negative ones become very late ones [seen].
Date date_of(std::int64_t value, std::int64_t offset, std::int64_t resolution) {
  constexpr std::int64_t kept = 0x007fffffffffffff;
  const auto sum =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + static_cast<std::uint64_t>(offset));
  return {sum / resolution & kept, sum % resolution};
}

struct Unit {
  std::string_view name;
  std::int64_t resolution;
};
constexpr std::array units = {Unit{"s", 1}, Unit{"ms", 1000}, Unit{"us", 1000000}};

bool http_date(Context& context, Arguments arguments, Sample& sample) {
  const auto* unit = std::ranges::find(units, arguments[1].text, &Unit::name);
  const std::int64_t resolution = unit == units.end() ? 1 : unit->resolution;
  const Date date = date_of(sample.integer, arguments[0].integer, resolution);
  std::tm parts = {};
  if (gmtime_r(&date.seconds, &parts) == nullptr) return false;
  const std::span<char> room = context.scratch->allocate(64);
  auto* end = fmt::format_to_n(room.data(), room.size(), "{}, {:02} {} {:04} {:02}:{:02}:{:02}",
                               days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                               months[static_cast<std::size_t>(parts.tm_mon)], 1900 + parts.tm_year,
                               parts.tm_hour, parts.tm_min, parts.tm_sec)
                  .out;
  if (resolution != 1) end = fmt::format_to(end, ".{}", date.rest);
  end = fmt::format_to(end, " GMT");
  sample.set_string({room.data(), static_cast<std::size_t>(end - room.data())});
  return true;
}

// `%N` and `%3N` are the digits of the fraction, which strftime(3) doesn't know.
std::string_view with_fraction(std::string_view format, std::int64_t nanoseconds, Scratch& scratch) {
  std::array<char, 9> digits = {};
  for (std::size_t at = digits.size(); at-- > 0; nanoseconds /= 10)
    digits[at] = static_cast<char>('0' + nanoseconds % 10);
  const std::span<char> room = scratch.allocate(format.size() * digits.size());
  char* end = room.data();
  for (std::size_t at = 0; at < format.size(); ++at) {
    const std::string_view rest = format.substr(at);
    const bool sized =
        rest.size() > 2 && rest[0] == '%' && rest[1] >= '1' && rest[1] <= '9' && rest[2] == 'N';
    if (rest.starts_with("%N") || sized) {
      end = std::copy_n(digits.begin(), sized ? rest[1] - '0' : 9, end);
      at += sized ? 2 : 1;
      continue;
    }
    *end++ = rest[0];
    if (rest.starts_with("%%")) *end++ = rest[1], ++at;
  }
  return {room.data(), static_cast<std::size_t>(end - room.data())};
}

template <bool local, std::int64_t resolution>
bool by_format(Context& context, Arguments arguments, Sample& sample) {
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  Date date = date_of(sample.integer, resolution == 1 ? 0 : arguments[1].integer, resolution);
  if (resolution == 1)  // not cut to 55 bits again [seen]
    date.seconds = static_cast<std::int64_t>(static_cast<std::uint64_t>(date.seconds) +
                                             static_cast<std::uint64_t>(arguments[1].integer));
  std::tm parts = {};
  if ((local ? localtime_r(&date.seconds, &parts) : gmtime_r(&date.seconds, &parts)) == nullptr) return false;
  std::string_view format = arguments[0].text;
  if constexpr (resolution != 1)
    format = with_fraction(format, std::max<std::int64_t>(date.rest, 0) * (nanoseconds / resolution),
                           *context.scratch);
  const std::span<char> terminated = context.scratch->allocate(format.size() + 1);
  *std::ranges::copy(format, terminated.begin()).out = '\0';
  constexpr std::size_t longest = 4096;
  const std::span<char> room = context.scratch->allocate(longest);
  const std::size_t size = std::strftime(room.data(), room.size(), terminated.data(), &parts);
  sample.set_string({room.data(), size});
  return true;
}

template <std::size_t N>
std::optional<int> index_in(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto found = std::ranges::find(names, text);
  return found == names.end() ? std::nullopt : std::optional(static_cast<int>(found - names.begin()));
}

// Reads the parts of a date one after the other; `ok` ends as false if one of them was not there.
struct DateReader {
  std::string_view text;
  bool ok = true;

  void literal(std::string_view expected) {
    ok = ok && text.starts_with(expected);
    if (ok) text.remove_prefix(expected.size());
  }
  int number(std::size_t digits) {
    int value = 0;
    ok = ok && text.size() >= digits;
    if (!ok) return 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + digits, value);
    ok = fault == std::errc{} && end == text.data() + digits && value >= 0;
    text.remove_prefix(digits);
    return value;
  }
  int month() {
    const auto found = ok ? index_in(months, text.substr(0, 3)) : std::nullopt;
    ok = found.has_value();
    if (ok) text.remove_prefix(3);
    return found.value_or(0);
  }
  void time(std::tm& parts) {
    parts.tm_hour = number(2), literal(":");
    parts.tm_min = number(2), literal(":");
    parts.tm_sec = number(2);
    ok = ok && parts.tm_hour < 24 && parts.tm_min < 60 && parts.tm_sec <= 60;
  }
};

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool read_imf(DateReader reader, std::tm& parts) {
  reader.ok = index_in(days, reader.text.substr(0, 3)).has_value();
  if (reader.ok) reader.text.remove_prefix(3);
  reader.literal(", ");
  parts.tm_mday = reader.number(2), reader.literal(" ");
  parts.tm_mon = reader.month(), reader.literal(" ");
  parts.tm_year = reader.number(4) - 1900, reader.literal(" ");
  reader.time(parts);
  reader.literal(" GMT");
  return reader.ok && reader.text.empty();
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
bool read_rfc850(DateReader reader, std::tm& parts) {
  constexpr std::array<std::string_view, 7> long_days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                         "Thursday", "Friday", "Saturday"};
  const std::size_t comma = std::min(reader.text.find(','), reader.text.size());
  reader.ok = index_in(long_days, reader.text.substr(0, comma)).has_value();
  reader.text.remove_prefix(comma);
  reader.literal(", ");
  parts.tm_mday = reader.number(2), reader.literal("-");
  parts.tm_mon = reader.month(), reader.literal("-");
  parts.tm_year = reader.number(2), reader.literal(" ");
  if (parts.tm_year < 70) parts.tm_year += 100;  // of this century, as POSIX reads two digits
  reader.time(parts);
  reader.literal(" GMT");
  return reader.ok && reader.text.empty();
}

// "Sun Nov  6 08:49:37 1994"
bool read_asctime(DateReader reader, std::tm& parts) {
  reader.ok = index_in(days, reader.text.substr(0, 3)).has_value();
  if (reader.ok) reader.text.remove_prefix(3);
  reader.literal(" ");
  parts.tm_mon = reader.month(), reader.literal(" ");
  const bool short_day = reader.text.starts_with(' ');
  if (short_day) reader.literal(" ");
  parts.tm_mday = reader.number(short_day ? 1 : 2), reader.literal(" ");
  reader.time(parts);
  reader.literal(" ");
  parts.tm_year = reader.number(4) - 1900;
  return reader.ok && reader.text.empty();
}

bool date(Context&, Arguments, Sample& sample) {
  std::tm parts = {};
  const DateReader reader{.text = sample.text};
  if (!read_imf(reader, parts) && !read_rfc850(reader, parts) && !read_asctime(reader, parts)) return false;
  if (parts.tm_mday < 1 || parts.tm_mday > 31) return false;
  sample.set_integer(timegm(&parts));
  return true;
}

constexpr ConverterRow formatting(std::string_view name, ConvertFunction function, std::string_view text,
                                  std::string_view since = {}) {
  return {.name = name,
          .arguments = {.required = 1, .types = {ArgumentType::str, ArgumentType::sint}},
          .in = SampleType::sint,
          .out = SampleType::str,
          .function = function,
          .since = since,
          .documentation = text};
}

constexpr std::array rows = {
    ConverterRow{.name = "date",
                 .in = SampleType::str,
                 .out = SampleType::sint,
                 .function = date,
                 .since = "3.1",
                 .documentation = "HTTP date (IMF, asctime, RFC 850) → epoch seconds."},
    ConverterRow{.name = "http_date",
                 .arguments = {.types = {ArgumentType::sint, ArgumentType::str}, .check = check_http_date},
                 .in = SampleType::sint,
                 .out = SampleType::str,
                 .function = http_date,
                 .documentation = "A date of seconds since 1970 as HTTP headers write it."},
    formatting("ltime", by_format<true, 1>, "A date of seconds since 1970 as local time by a format."),
    formatting("ms_ltime", by_format<true, 1000>,
               "Milliseconds → local time text; adds `%N` (fraction, width 1..9).", "2.9"),
    formatting("ms_utime", by_format<false, 1000>, "Milliseconds → UTC text.", "2.9"),
    formatting("us_ltime", by_format<true, 1000000>, "Microseconds → local time text.", "2.9"),
    formatting("us_utime", by_format<false, 1000000>, "Microseconds → UTC text.", "2.9"),
    formatting("utime", by_format<false, 1>, "A date of seconds since 1970 as UTC by a format."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows date_converters() { return rows; }

}  // namespace shunt::fetchers
