// `shunt test`: routing tests beside a configuration.
#include <fmt/core.h>
#include <fnmatch.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "cli/loading.hpp"
#include "cli/option_words.hpp"
#include "cli/test_file.hpp"
#include "cli/verbs.hpp"
#include "parser/joined.hpp"

namespace shunt::cli {
namespace {

enum Exit : int { passed = 0, failed = 1, cannot = 2, too_little_coverage = 3 };
enum class Form : std::uint8_t { text, tap, junit, json };

struct TestWords {
  std::vector<std::string> words;  // the configuration, then test files or patterns of them
  std::string filter = "*";
  Form form = Form::text;
  std::optional<double> fail_under;
  bool every_split = false, assume_files = false;
};

int refuse(const std::string& message) {
  fmt::print(stderr, "shunt test: {}\n", message);
  return cannot;
}

struct Flag {
  std::string_view name, value, help;
  bool (*apply)(TestWords&, std::string_view);
};

bool set_form(TestWords& given, std::string_view value) {
  constexpr std::array<std::string_view, 4> names = {"text", "tap", "junit", "json"};
  const auto* found = std::ranges::find(names, value);
  given.form = static_cast<Form>(found - names.begin());
  return found != names.end();
}
bool set_least(TestWords& given, std::string_view value) {
  double percent = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), percent);
  given.fail_under = percent;
  return fault == std::errc{} && end == value.data() + value.size() && percent >= 0 && percent <= 100;
}

constexpr auto flags = std::to_array<Flag>({
    {"--filter", "PATTERN", "only tests whose name fits: * any, ? one, [a-z]",
     [](TestWords& given, std::string_view value) { return given.filter = value, true; }},
    {"--format", "text|tap|junit|json", "the form of the report", set_form},
    {"--fail-under", "PERCENT", "exit status 3 when fewer of the rules were exercised", set_least},
    {"--every-split", "", "repeat each test with the first bytes cut at every position",
     [](TestWords& given, std::string_view) { return given.every_split = true; }},
    {"--assume-files", "", "take certificates, maps, users and host names as given",
     [](TestWords& given, std::string_view) { return given.assume_files = true; }},
});

std::string test_usage() {
  std::string text =
      "usage: shunt test FILE TESTS... [options]\n"
      "  FILE is the configuration, TESTS are YAML files or quoted patterns of their names (docs/test.md)\n"
      "  exit status: 0 all passed; 1 some failed; 2 something can't be read; 3 --fail-under\n";
  for (const Flag& flag : flags)
    text += fmt::format("  {:40}{}\n", with_value(flag.name, flag.value), flag.help);
  return text;
}

Result<TestWords, std::string> parse(const Words& words) {
  TestWords asked;
  for (OptionWords given(words); given.next();) {
    if (given.is_file()) {
      asked.words.emplace_back(given.word());
      continue;
    }
    const auto* flag = std::ranges::find(flags, given.name(), &Flag::name);
    if (flag == flags.end()) return unknown_option(given.name(), names_of(flags));
    const auto value = given.value(!flag->value.empty());
    if (!value) return missing_value(flag->name, flag->value);
    if (!flag->apply(asked, *value)) return refused_value(flag->name, flag->value, *value);
  }
  if (asked.words.size() < 2) return std::string("expects a configuration and a file of tests");
  return asked;
}

// A pattern that fits no name stands for itself, so that the error names it.
std::vector<std::string> files_like(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs
  if (::glob(pattern.c_str(), GLOB_NOCHECK, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  return paths;
}

Result<std::vector<analysis::RoutingTest>, std::string> tests_of(const TestWords& given) {
  std::vector<analysis::RoutingTest> all;
  for (std::size_t i = 1; i < given.words.size(); ++i)
    for (const std::string& path : files_like(given.words[i])) {
      BOOST_OUTCOME_TRY(std::vector<analysis::RoutingTest> tests, read_tests(path));
      for (analysis::RoutingTest& test : tests)
        if (::fnmatch(given.filter.c_str(), test.name.c_str(), 0) == 0) all.push_back(std::move(test));
    }
  if (all.empty()) return std::string("there is no test, or none whose name fits");
  return all;
}

std::string in_form(const analysis::TestReport& report, Form form, const parser::SourceSet& sources) {
  switch (form) {
    case Form::tap: return tap_report(report);
    case Form::junit: return junit_report(report);
    case Form::json: return json_report(report, sources);
    case Form::text: break;
  }
  return text_report(report, sources);
}

}  // namespace

std::string test_flags() { return joined(names_of(flags), " "); }

int test_routing(const Words& words) {
  if (words.empty() || words.front() == "--help") {
    fmt::print(words.empty() ? stderr : stdout, "{}", test_usage());
    return words.empty() ? cannot : passed;
  }
  const auto parsed = parse(words);
  if (!parsed) return refuse(parsed.assume_error());
  const TestWords& given = parsed.assume_value();
  const auto tests = tests_of(given);
  if (!tests) return refuse(tests.assume_error());
  const auto loaded = load_for_simulation({given.words[0]}, given.assume_files);
  if (!loaded) return cannot;
  analysis::Simulation simulation(*loaded->graph, analysis::blind_spots(*loaded));
  const auto report = run_tests(tests.assume_value(), {*loaded->graph, loaded->sources}, simulation,
                                {.every_split = given.every_split});
  const std::string text = in_form(report, given.form, loaded->sources);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (report.failed() != 0) return failed;
  return given.fail_under && report.coverage.percent() < *given.fail_under ? too_little_coverage : passed;
}

}  // namespace shunt::cli
