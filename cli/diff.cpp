// `shunt diff OLD NEW`: which connections change their fate; `--same-as haproxy FILE`: does the real one
// agree.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>

#include "analysis/diff/comparison.hpp"
#include "analysis/diff/foretelling.hpp"
#include "cli/loading.hpp"
#include "cli/option_words.hpp"
#include "cli/verbs.hpp"
#include "parser/joined.hpp"

namespace shunt::cli {
namespace {

enum Exit : int { none_found = 0, differs = 1, cannot = 2 };

struct DiffOptions {
  std::vector<std::string> files;
  std::optional<std::size_t> limit;
  bool json = false, assume_files = false, witnesses = false;
  std::string same_as;                 // empty: two files are compared
  std::vector<std::string> forwarded;  // words for the program that runs both
};

int refuse(const std::string& message) {
  fmt::print(stderr, "shunt diff: {}\n", message);
  return cannot;
}

// False: the value is none of those that it takes.
struct Flag {
  std::string_view name, value;
  bool (*apply)(DiffOptions&, std::string_view);
  std::string_view help;
};

bool set_limit(DiffOptions& options, std::string_view text) {
  std::size_t limit = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return false;
  options.limit = limit;
  return true;
}
bool set_format(DiffOptions& options, std::string_view text) {
  options.json = text == "json";
  return options.json || text == "text";
}
bool set_assumed(DiffOptions& options, std::string_view) { return options.assume_files = true; }
bool set_witnesses(DiffOptions& options, std::string_view) { return options.witnesses = true; }
bool set_same_as(DiffOptions& options, std::string_view text) {
  options.same_as = text;
  return !text.empty();
}
bool set_leave_out(DiffOptions& options, std::string_view) {
  options.forwarded.emplace_back("--leave-out");
  return true;
}

constexpr auto flags = std::to_array<Flag>({
    {"--format", "text|json", set_format, "how it is printed"},
    {"--limit", "N", set_limit, "witnesses at most (20000; 400 with --same-as); 0: all"},
    {"--assume-files", "", set_assumed, "take certificates, maps, users and host names as given"},
    {"--witnesses", "", set_witnesses, "print the witnesses of one FILE with their fates, as JSON"},
    {"--same-as", "haproxy|PATH", set_same_as,
     "run the witnesses of one FILE through this program and shunt, in a network namespace"},
    {"--leave-out", "", set_leave_out,
     "with --same-as: try the rest of a file that has lines which this build can't run"},
});

std::string usage_text() {
  std::string text =
      "usage: shunt diff OLD NEW [options]\n"
      "       shunt diff --same-as haproxy FILE [options]\n"
      "       shunt diff --witnesses FILE [options]\n"
      "  exit status: 0 no difference found; 1 there are some; 2 it can't be done\n";
  for (const Flag& flag : flags)
    text += fmt::format("  {:28}{}\n", with_value(flag.name, flag.value), flag.help);
  return text;
}

Result<DiffOptions, std::string> parse(const Words& words) {
  DiffOptions options;
  for (OptionWords given(words, Dashes::two); given.next();) {
    if (given.is_file()) {
      options.files.emplace_back(given.word());
      continue;
    }
    const auto* flag = std::ranges::find(flags, given.name(), &Flag::name);
    if (flag == flags.end()) return unknown_option(given.name(), names_of(flags));
    const auto value = given.value(!flag->value.empty());
    if (!value) return missing_value(flag->name, flag->value);
    if (!flag->apply(options, *value)) return refused_value(flag->name, flag->value, *value);
  }
  const std::size_t wanted = options.witnesses || !options.same_as.empty() ? 1 : 2;
  if (options.files.size() != wanted)
    return fmt::format("{} needed", wanted == 1 ? "one file is" : "two files are");
  return options;
}

int print_witnesses(const DiffOptions& options) {
  const auto loaded = load_for_simulation(options.files, options.assume_files);
  if (!loaded) return cannot;
  const std::string text =
      analysis::json_form(analysis::foretell(*loaded, options.limit.value_or(20000)), *loaded);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? none_found : cannot;
}

// Beside the program in its tree, or where it is installed.
std::string runner(const std::filesystem::path& program) {
  const std::filesystem::path name = "same-as-haproxy";
  for (std::filesystem::path folder = program.parent_path(); folder.has_relative_path();
       folder = folder.parent_path())
    for (const auto& found : {folder / "share" / "shunt" / name, folder / "tools" / name})
      if (std::filesystem::exists(found)) return found;
  return {};
}

// A program of its own, as it needs other programs, sockets and a network namespace.
int run_both(const DiffOptions& options) {
  std::error_code fault;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", fault);
  const std::string path = runner(self);
  if (path.empty()) return refuse("tools/same-as-haproxy is not beside the program");
  std::vector<std::string> words = {"python3", path, "--shunt", self, "--oracle", options.same_as};
  if (options.limit) words.insert(words.end(), {"--limit", std::to_string(*options.limit)});
  if (options.json) words.emplace_back("--json");
  words.insert(words.end(), options.forwarded.begin(), options.forwarded.end());
  words.push_back(options.files.front());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp("python3", arguments.data());
  return refuse("there is no python3, which --same-as needs");
}

int compare_files(const DiffOptions& options) {
  const auto before = load_for_simulation({options.files[0]}, options.assume_files);
  const auto after = load_for_simulation({options.files[1]}, options.assume_files);
  if (!before || !after) return cannot;
  const analysis::Comparison made =
      analysis::compare(*before, *after, {.limit = options.limit.value_or(20000)});
  const std::string text = options.json ? json_form(made) : text_form(made);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return made.differs() ? differs : none_found;
}

}  // namespace

std::string diff_flags() { return joined(names_of(flags), " "); }

int diff_files(const Words& words) {
  if (words.empty() || words.front() == "--help") {
    fmt::print(words.empty() ? stderr : stdout, "{}", usage_text());
    return words.empty() ? cannot : none_found;
  }
  const auto parsed = parse(words);
  if (!parsed) return refuse(parsed.assume_error());
  const DiffOptions& options = parsed.assume_value();
  if (options.witnesses) return print_witnesses(options);
  return options.same_as.empty() ? compare_files(options) : run_both(options);
}

}  // namespace shunt::cli
