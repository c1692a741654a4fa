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
#include "cli/verbs.hpp"

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

std::string explain_usage() {
  return "usage: shunt explain FILE... [options]\n"
         "  exit status: 0 foretold; 1 a race with the client's first bytes; 2 it can't be read;\n"
         "  3 something on the way can't be evaluated by this build, or HTTP requests decide\n" +
         client_options_usage() +
         "  --format text|json                      how it is printed\n"
         "  --assume-files                          take certificates, maps, users and host names as given\n";
}

// Flags of this verb alone. False: the value is none of those that it takes.
struct OwnFlag {
  std::string_view name;
  bool takes_value;
  bool (*apply)(ExplainOptions&, std::string_view);
};
constexpr auto own_flags = std::to_array<OwnFlag>({
    {"format", true,
     [](ExplainOptions& options, std::string_view value) {
       options.json = value == "json";
       return value == "json" || value == "text";
     }},
    {"assume-files", false,
     [](ExplainOptions& options, std::string_view) { return options.assume_files = true; }},
});

ClientFault apply(ExplainOptions& options, std::string_view name, std::string_view value) {
  if (const ClientOption* const row = find_client_option(name)) return row->apply(options.client, value);
  const auto* own = std::ranges::find(own_flags, name, &OwnFlag::name);
  if (own->apply(options, value)) return std::nullopt;
  return fmt::format("does not take '{}'", value);
}

// nullopt: there is no such flag.
std::optional<bool> takes_value(std::string_view name) {
  if (const ClientOption* const row = find_client_option(name)) return !row->value.empty();
  const auto* own = std::ranges::find(own_flags, name, &OwnFlag::name);
  return own == own_flags.end() ? std::nullopt : std::optional(own->takes_value);
}

std::string unknown(std::string_view word, std::string_view name) {
  const auto near = nearest_client_option(name);
  return fmt::format("unknown option '{}'{}", word, near ? fmt::format("; did you mean '--{}'?", *near) : "");
}

Result<ExplainOptions, std::string> parse(const Words& words) {
  ExplainOptions options;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    if (!word.starts_with("-")) {
      options.files.emplace_back(word);
      continue;
    }
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string_view name = word.starts_with("--") ? word.substr(2, equals - 2) : word;
    const auto takes = takes_value(name);
    if (!takes) return unknown(word, name);
    std::string_view value = word.substr(std::min(equals + 1, word.size()));
    if (*takes && equals == word.size()) {
      if (++at == words.size()) return fmt::format("option '{}' needs a value", word);
      value = words[at];
    }
    if (const auto fault = apply(options, name, value)) return fmt::format("option '--{}': {}", name, *fault);
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

std::string explain_flags() { return client_option_flags() + " --format --assume-files"; }

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
