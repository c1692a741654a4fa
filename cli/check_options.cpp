// The table of the options of `shunt check`.
#include "cli/check_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "cli/option_words.hpp"

namespace shunt::cli {
namespace {

// False: the value is none of those that `values` names.
struct OptionRow {
  std::string_view name;
  std::string_view values;  // empty: takes none
  bool (*apply)(CheckOptions&, std::string_view);
  std::string_view help;
};

template <class Value, std::size_t N>
bool pick(const std::array<std::string_view, N>& names, std::string_view given, Value& value) {
  const auto found = std::ranges::find(names, given);
  if (found == names.end()) return false;
  value = static_cast<Value>(found - names.begin());
  return true;
}

constexpr std::array<std::string_view, 4> formats = {"text", "json", "sarif", "github"};
constexpr std::array<std::string_view, 3> severities = {"notice", "warning", "error"};

bool set_format(CheckOptions& options, std::string_view value) {
  return pick(formats, value, options.format);
}
bool set_fail_on(CheckOptions& options, std::string_view value) {
  return pick(severities, value, options.fail_on);
}
bool set_target(CheckOptions& options, std::string_view value) {
  const auto target = graph::target_of(value);
  if (target) options.load.target = *target;
  return target.has_value();
}
bool set_assume(CheckOptions& options, std::string_view) {
  options.load.assume_files = true;
  options.load.resolve_names = false;
  return true;
}

constexpr auto rows = std::to_array<OptionRow>({
    {"--format", "text|json|sarif|github", set_format, "how findings are printed"},
    {"--fail-on", "error|warning|notice", set_fail_on, "the least severity that makes the exit status 1"},
    {"--target", "haproxy-2.6|haproxy-3.5|shunt", set_target,
     "whose verdict is asked for; shunt: also whether this build can run the file"},
    {"--assume-files", "", set_assume, "take certificates, maps, users and host names as given"},
});

}  // namespace

Result<CheckOptions, std::string> parse_check_options(const std::vector<std::string_view>& words) {
  CheckOptions options;
  for (OptionWords given(words, Dashes::two); given.next();) {
    if (given.is_file()) {
      options.files.emplace_back(given.word());
      continue;
    }
    if (given.word() == "--") {
      given.only_files_follow();
      continue;
    }
    const auto row = std::ranges::find(rows, given.name(), &OptionRow::name);
    if (row == rows.end()) return unknown_option(given.name(), names_of(rows));
    const auto value = given.value(!row->values.empty());
    if (!value) return missing_value(row->name, row->values);
    if (!row->apply(options, *value)) return refused_value(row->name, row->values, *value);
  }
  return options;
}

std::string check_usage() {
  std::string text = "usage: shunt check [options] <file|dir>...\n";
  for (const OptionRow& row : rows)
    text += fmt::format("  {:44}{}\n", with_value(row.name, row.values), row.help);
  return text;
}

}  // namespace shunt::cli
