// `shunt explain`: what would become of a described connection, and why.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "analysis/explanation_text.hpp"
#include "analysis/simulation.hpp"
#include "cli/client_options.hpp"
#include "cli/loading.hpp"
#include "cli/option_words.hpp"
#include "cli/verbs.hpp"
#include "parser/joined.hpp"

namespace shunt::cli {
namespace {

enum Exit : int { foretold = 0, a_race = 1, cannot = 2, doubtful = 3 };

struct ExplainOptions {
  std::vector<std::string> files;
  analysis::ClientDescription client;
  bool json = false;
  bool assume_files = false;
};

int refuse(const std::string& message) {
  fmt::print(stderr, "shunt explain: {}\n", message);
  return cannot;
}

// Flags of this verb alone. False: the value is none of those that it takes.
struct OwnFlag {
  std::string_view name, value;
  bool (*apply)(ExplainOptions&, std::string_view);
  std::string_view help;
};
constexpr auto own_flags = std::to_array<OwnFlag>({
    {"--format", "text|json",
     [](ExplainOptions& options, std::string_view value) {
       options.json = value == "json";
       return value == "json" || value == "text";
     },
     "how it is printed"},
    {"--assume-files", "",
     [](ExplainOptions& options, std::string_view) { return options.assume_files = true; },
     "take certificates, maps, users and host names as given"},
});

std::string explain_usage() {
  std::string text =
      "usage: shunt explain FILE... [options]\n"
      "  exit status: 0 foretold; 1 a race with the client's first bytes; 2 it can't be read;\n"
      "  3 something on the way can't be evaluated by this build, or HTTP requests decide\n" +
      client_options_usage();
  for (const OwnFlag& flag : own_flags)
    text += fmt::format("  {:40}{}\n", with_value(flag.name, flag.value), flag.help);
  return text;
}

std::vector<std::string_view> known_names() {
  std::vector<std::string_view> names = client_option_flags();
  for (const OwnFlag& flag : own_flags) names.push_back(flag.name);
  return names;
}

// Takes an option with its value; the fault is a sentence.
ClientFault take(ExplainOptions& options, OptionWords& given) {
  const std::string_view name = given.name();
  const ClientOption* const client = find_client_flag(name);
  const auto* own = std::ranges::find(own_flags, name, &OwnFlag::name);
  if (client == nullptr && own == own_flags.end()) return unknown_option(name, known_names());
  const std::string_view expected = client != nullptr ? client->value : own->value;
  const auto value = given.value(!expected.empty());
  if (!value) return missing_value(name, expected);
  if (client != nullptr) return apply_client_flag(*client, options.client, *value);
  return own->apply(options, *value) ? std::nullopt : ClientFault(refused_value(name, expected, *value));
}

Result<ExplainOptions, std::string> parse(const Words& words) {
  ExplainOptions options;
  for (OptionWords given(words); given.next();) {
    if (given.is_file())
      options.files.emplace_back(given.word());
    else if (const ClientFault fault = take(options, given))
      return *fault;
  }
  if (options.files.empty()) return std::string("which file?");
  if (const auto fault = judge_client(options.client)) return *fault;
  return options;
}

int exit_of(const analysis::Explanation& explanation) {
  if (!explanation.fate.doubts.empty() || explanation.fate.ending == analysis::Ending::http) return doubtful;
  return explanation.alternatives.empty() ? foretold : a_race;
}

}  // namespace

std::string explain_flags() { return joined(known_names(), " "); }

int explain_connection(const Words& words) {
  if (words.empty() || words.front() == "--help") {
    fmt::print(words.empty() ? stderr : stdout, "{}", explain_usage());
    return words.empty() ? cannot : foretold;
  }
  const auto parsed = parse(words);
  if (!parsed) return refuse(parsed.assume_error());
  const ExplainOptions& options = parsed.assume_value();
  const auto loaded = load_for_simulation(options.files, options.assume_files);
  if (!loaded) return cannot;
  analysis::Simulation simulation(*loaded->graph, analysis::blind_spots(*loaded));
  const auto scenario = make_scenario(options.client, *loaded->graph, simulation);
  if (!scenario) return refuse(scenario.assume_error().message);
  const analysis::Explanation explanation = simulation.explain(scenario.assume_value());
  const analysis::ExplanationNames names{*loaded->graph, loaded->sources};
  const std::string text = options.json ? json_form(explanation, names) : text_form(explanation, names);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_of(explanation);
}

}  // namespace shunt::cli
