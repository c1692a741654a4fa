// Numbers, threads, processors, lists: what global, bind and server lines are given.
#include "graph/read/process_kinds.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "parser/outside.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph::kinds {
namespace {

using parser::Word;

constexpr int since_units = 209;  // sizes with a unit

std::size_t refuse(Reading& reading, const Word& word, std::string_view expected) {
  reading.report(codes::bad_argument, word.span,
                 fmt::format("{} expects {}, not '{}'", reading.quoted(), expected, word.value));
  return 0;
}

struct Bounds {
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  [[nodiscard]] bool hold(std::int64_t value) const { return value >= low && value <= high; }
};
Bounds bounds_of(std::string_view text) {
  Bounds bounds;
  const std::size_t dots = std::min(text.find(".."), text.size());
  if (dots != 0) bounds.low = parser::leading_integer(text.substr(0, dots));
  if (dots + 2 < text.size()) bounds.high = parser::leading_integer(text.substr(dots + 2));
  return bounds;
}

std::size_t bounded(Reading& reading, const Word& word, std::int64_t value, std::string_view text) {
  if (text.empty() || bounds_of(text).hold(value)) return 1;
  const Bounds bounds = bounds_of(text);
  reading.report(
      codes::bad_number, word.span,
      bounds.high == INT64_MAX
          ? fmt::format("{} expects a number from {} on, not '{}'", reading.quoted(), bounds.low, word.value)
          : fmt::format("{} expects a number from {} to {}, not '{}'", reading.quoted(), bounds.low,
                        bounds.high, word.value));
  return 0;
}

bool present(Reading& reading, const Word& word) {
  if (!word.value.empty()) return true;
  reading.report(codes::missing_argument, word.span,
                 fmt::format("{} has an empty argument", reading.quoted()));
  return false;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// N, N-M or N- within the bounds; the count of numbers, 0: malformed.
std::size_t count_of(std::string_view text, Bounds bounds) {
  const std::size_t dash = std::min(text.find('-'), text.size());
  const std::string_view low = text.substr(0, dash);
  const std::string_view high = text.substr(std::min(dash + 1, text.size()));
  if (!all_digits(low) || (!high.empty() && !all_digits(high))) return 0;
  std::int64_t first = parser::leading_integer(low);
  std::int64_t last = dash == text.size() ? first
                      : high.empty()      ? bounds.high
                                          : parser::leading_integer(high);
  if (!bounds.hold(first) || !bounds.hold(last)) return 0;
  if (last < first) std::swap(first, last);
  return static_cast<std::size_t>(last - first + 1);
}

// The same with `all`, `odd`, `even`.
std::size_t threads_of(std::string_view text, Bounds bounds) {
  const auto count = static_cast<std::size_t>(bounds.high - bounds.low + 1);
  if (text == "all") return count;
  if (text == "odd" || text == "even") return count / 2;
  return count_of(text, bounds);
}

constexpr Bounds threads{.low = 1, .high = 64};

std::size_t cpus_of(std::string_view text) {
  std::size_t total = 0;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::size_t count = count_of(text.substr(0, comma), {.low = 0, .high = 1023});
    if (count == 0) return 0;
    total += count;
    if (comma == text.size()) return total;
    text.remove_prefix(comma + 1);
  }
}

// Calls back with each part of a comma list; false ends it.
template <class Use>
bool each_part(std::string_view text, Use use) {
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (!use(text.substr(0, comma))) return false;
    if (comma == text.size()) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

std::size_t int32(Reading& reading, Words words, std::string_view bounds) {
  if (!present(reading, words[0])) return 0;
  const auto value = static_cast<std::int32_t>(parser::leading_integer(words[0].value));
  return bounded(reading, words[0], value, bounds);
}

std::size_t uint32(Reading& reading, Words words, std::string_view bounds) {
  if (!present(reading, words[0])) return 0;
  const auto value = static_cast<std::uint32_t>(parser::leading_integer(words[0].value));
  return bounded(reading, words[0], value, bounds);
}

std::size_t digits(Reading& reading, Words words, std::string_view) {
  std::string_view text = words[0].value;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (all_digits(text)) return 1;
  if (reading.state.language() >= since_units && parser::parse_size(text)) return 1;
  return refuse(reading, words[0], "a whole number");
}

std::size_t bytes(Reading& reading, Words words, std::string_view) {
  if (!present(reading, words[0])) return 0;
  if (reading.state.language() < since_units) return 1;
  return read_size(reading, words[0]) ? 1 : 0;
}

// 3.3 and later know an upper bound.
std::size_t poll_events(Reading& reading, Words words, std::string_view) {
  constexpr std::int64_t most = 1000000;
  if (!present(reading, words[0])) return 0;
  if (reading.state.language() < 303) return 1;
  const std::int64_t number = parser::leading_integer(words[0].value);
  return number <= most || refuse(reading, words[0], "a number up to 1000000") ? 1 : 0;
}

// At least 1024 bytes; 3.x knows units.
std::size_t ring_size(Reading& reading, Words words, std::string_view) {
  constexpr std::int64_t least = 1024;
  if (!present(reading, words[0])) return 0;
  std::int64_t size = parser::leading_integer(words[0].value);
  if (reading.state.language() >= since_units) {
    const auto written = read_size(reading, words[0]);
    if (!written) return 0;
    size = *written;
  }
  return size >= least || refuse(reading, words[0], "1024 bytes or more") ? 1 : 0;
}

std::size_t loose(Reading& reading, Words words, std::string_view) {
  if (!present(reading, words[0])) return 0;
  if (reading.state.language() < since_units || parser::parse_integer(words[0].value)) return 1;
  reading.report(codes::bad_number, words[0].span,
                 fmt::format("{} expects a whole number, not '{}'", reading.quoted(), words[0].value));
  return 0;
}

std::size_t list(Reading& reading, Words words, std::string_view allowed) {
  const bool good = each_part(words[0].value, [&](std::string_view part) {
    return !each_part(allowed, [&](std::string_view known) { return known != part; });
  });
  return good ? 1 : refuse(reading, words[0], fmt::format("words out of {} separated by commas", allowed));
}

std::size_t letters(Reading& reading, Words words, std::string_view) {
  constexpr auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  if (!words[0].value.empty() && std::ranges::all_of(words[0].value, fits)) return 1;
  return refuse(reading, words[0], "a name of letters, digits, '.', '-' and '_'");
}

std::size_t range(Reading& reading, Words words, std::string_view parameters) {
  const Bounds bounds = parameters.empty() ? threads : bounds_of(parameters);
  const auto fits = [&](std::string_view part) { return threads_of(part, bounds) != 0; };
  const bool lists = reading.state.language() > 206;
  const bool good = lists ? each_part(words[0].value, fits) : fits(words[0].value);
  if (good) return 1;
  return refuse(
      reading, words[0],
      fmt::format("all, odd, even, or numbers such as 1 or 1-4 from {} to {}", bounds.low, bounds.high));
}

std::size_t cpu_map(Reading& reading, Words words, std::string_view) {
  std::string_view text = words[0].value;
  const bool automatic = text.starts_with("auto:");
  if (automatic) text.remove_prefix(5);
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::size_t groups = threads_of(text.substr(0, slash), threads);
  const std::size_t each = slash == text.size() ? 0 : threads_of(text.substr(slash + 1), threads);
  if (groups == 0 || (slash != text.size() && each == 0))
    return refuse(reading, words[0], "[auto:]GROUP[/THREADS] with numbers from 1 to 64, all, odd or even");
  if (words.size() < 2) return 1;
  std::size_t processors = 0;
  for (const Word& word : words.subspan(1)) processors += cpus_of(word.value);
  // `0` for several threads passes: a single processor is no set.
  const std::size_t wanted = slash == text.size() ? groups : each;
  if (!automatic || processors == wanted || processors <= 1) return 1;
  reading.report(codes::bad_argument, words[0].span,
                 fmt::format("'cpu-map auto:' expects as many processors as threads, not {} for {}",
                             processors, wanted));
  return 0;
}

std::size_t cpus(Reading& reading, Words words, std::string_view) {
  return cpus_of(words[0].value) != 0
             ? 1
             : refuse(reading, words[0], "processors such as 0-3 or 0,2, up to 1023");
}

std::size_t statuses(Reading& reading, Words words, std::string_view) {
  const bool good = each_part(words[0].value, [](std::string_view part) {
    if (part.starts_with('+') || part.starts_with('-')) part.remove_prefix(1);
    return count_of(part, {.low = 100, .high = 599}) != 0;
  });
  return good ? 1 : refuse(reading, words[0], "statuses such as 400-499 or +404");
}

std::size_t process_variable(Reading& reading, Words words, std::string_view) {
  const std::string_view text = words[0].value;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
  };
  if (text.starts_with("proc.") && text.size() > 5 && std::ranges::all_of(text.substr(5), fits)) return 1;
  return refuse(reading, words[0], "a variable of the process such as proc.name");
}

std::size_t directory(Reading& reading, Words words, std::string_view) {
  const std::string path(words[0].value);
  if (path.empty()) return refuse(reading, words[0], "a directory");
  if (reading.state.assume_files || parser::is_directory(path)) return 1;
  reading.report(codes::missing_file, words[0].span,
                 fmt::format("{}: '{}' is no directory", reading.quoted(), words[0].value));
  return 0;
}

}  // namespace shunt::graph::kinds
