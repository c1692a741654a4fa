// Fetches of what changes in the process: variables, dates, random numbers.
#include <array>
#include <random>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"

namespace shunt::fetchers {
namespace {

// The second argument is the value of a variable that is not set.
Fetched variable(Context& context, Arguments arguments, Sample& out) {
  if (context.variables != nullptr && context.variables->get(arguments[0].variable, out, *context.scratch))
    return {.found = true};
  if (arguments[1].type == ArgumentType::none) return {};
  out.set_string(arguments[1].text);
  return {.found = true};
}

Fetched random_number(Context&, Arguments arguments, Sample& out) {
  thread_local std::minstd_rand engine{std::random_device{}()};  // a generator per thread: nothing is shared
  std::uniform_int_distribution<std::uint64_t> whole(0, 0xffffffffu);
  const std::uint64_t draw = whole(engine);
  const bool ranged = arguments[0].type != ArgumentType::none;
  const auto range = static_cast<std::uint64_t>(arguments[0].integer) & 0xffffffffu;
  out.set_integer(static_cast<std::int64_t>(ranged ? draw * range >> 32 : draw));
  return {.found = true, .may_change = true};
}

enum class DateUnit : std::uint8_t { seconds, milliseconds, microseconds };

bool check_date(std::span<ArgumentValue> arguments, ArgumentCheck& check) {
  ArgumentValue& unit = arguments[1];
  constexpr std::array<std::string_view, 3> names = {"s", "ms", "us"};
  if (unit.type == ArgumentType::none) return true;
  const auto found = std::ranges::find(names, unit.text);
  if (found == names.end()) return check.error = "expects 's', 'ms' or 'us', got '" + unit.text + "'", false;
  unit.reference = static_cast<std::uint32_t>(found - names.begin());
  return true;
}

std::int64_t microseconds_of(const Context& context) {
  return std::chrono::duration_cast<std::chrono::microseconds>(context.date.time_since_epoch()).count();
}

Fetched date(Context& context, Arguments arguments, Sample& out) {
  constexpr std::array<std::int64_t, 3> divisors = {1000000, 1000, 1};
  const std::uint32_t unit = arguments[1].type == ArgumentType::none ? 0 : arguments[1].reference;
  // Wraps around as HAProxy's sum does.
  const auto now = static_cast<std::uint64_t>(microseconds_of(context) / divisors[unit]);
  out.set_integer(static_cast<std::int64_t>(now + static_cast<std::uint64_t>(arguments[0].integer)));
  return {.found = true, .may_change = true};
}

Fetched date_us(Context& context, Arguments, Sample& out) {
  out.set_integer(microseconds_of(context) % 1000000);
  return {.found = true, .may_change = true};
}

constexpr std::array rows = {
    FetchRow{.name = "date",
             .arguments = {.types = {ArgumentType::sint, ArgumentType::str}, .check = check_date},
             .out = SampleType::sint,
             .places = places::anywhere,
             .purity = Purity::reads_state,
             .function = date,
             .documentation = "The time since 1970 in s, ms or us, plus an offset."},
    FetchRow{.name = "date_us",
             .out = SampleType::sint,
             .places = places::anywhere,
             .purity = Purity::reads_state,
             .function = date_us,
             .documentation = "The microseconds of the current second."},
    FetchRow{.name = "rand",
             .arguments = {.types = {ArgumentType::sint}},
             .out = SampleType::sint,
             .places = places::anywhere,
             .purity = Purity::writes_state,
             .function = random_number,
             .documentation = "A random number below the range (2^32 by default)."},
    FetchRow{.name = "var",
             .arguments = {.required = 1, .types = {ArgumentType::variable, ArgumentType::str}},
             .out = SampleType::any,
             .places = places::anywhere,
             .purity = Purity::reads_state,
             .function = variable,
             .documentation = "The value of a variable, or the given default."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows state_fetches() { return rows; }

}  // namespace shunt::fetchers
