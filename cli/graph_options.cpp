// The table of the options of `shunt graph` and the loop that reads them.
#include "cli/graph_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "cli/client_options.hpp"
#include "parser/suggest.hpp"

namespace shunt::cli {
namespace {

// False: the value is none that the option takes.
struct OptionRow {
  std::string_view name;
  std::string_view value;  // empty: takes none
  bool (*apply)(GraphOptions&, std::string_view);
  std::string_view help;
};

struct FormatRow {
  std::string_view name;
  PictureFormat format;
  std::array<std::string_view, 2> suffixes;
};
constexpr auto formats = std::to_array<FormatRow>({
    {"svg", PictureFormat::svg, {".svg", ".svg"}},
    {"dot", PictureFormat::dot, {".dot", ".gv"}},
    {"mermaid", PictureFormat::mermaid, {".mmd", ".mermaid"}},
    {"html", PictureFormat::html, {".html", ".htm"}},
});

bool set_format(GraphOptions& options, std::string_view value) {
  const auto found = std::ranges::find(formats, value, &FormatRow::name);
  if (found == formats.end()) return false;
  options.format = found->format;
  return true;
}
bool set_output(GraphOptions& options, std::string_view value) {
  options.output = value;
  return !value.empty();
}
bool add_only(GraphOptions& options, std::string_view value) {
  options.only.emplace_back(value);
  return !value.empty();
}
bool set_fold(GraphOptions& options, std::string_view value) {
  const auto read = std::from_chars(value.data(), value.data() + value.size(), options.fold);
  return read.ec == std::errc() && read.ptr == value.data() + value.size();
}
bool set_target(GraphOptions& options, std::string_view value) {
  options.target = graph::target_of(value);
  return options.target.has_value();
}
bool set_path(GraphOptions& options, std::string_view) { return options.path = true; }
bool set_assume(GraphOptions& options, std::string_view) { return options.assume_files = true; }

constexpr auto rows = std::to_array<OptionRow>({
    {"--format", "svg|dot|mermaid|html", set_format,
     "what is written; else the suffix of -o says it, else svg"},
    {"-o", "FILE", set_output, "where to; else standard output"},
    {"--only", "NAME", add_only, "only what leads to or from that proxy; several times for several proxies"},
    {"--fold", "NUMBER", set_fold, "how many that are alike are still drawn one by one (12); 0: all"},
    {"--path", "", set_path, "light the way of the connection that the flags below describe"},
    {"--target", "shunt|haproxy-2.6|haproxy-3.5", set_target,
     "whose language the files are in; else who accepts them"},
    {"--assume-files", "", set_assume, "take certificates, maps, users and host names as given"},
});

std::string unknown(std::string_view word) {
  std::vector<std::string_view> names;
  for (const OptionRow& row : rows) names.push_back(row.name);
  const auto near = parser::nearest(word, names);
  return fmt::format("unknown option '{}'{}", word, near ? fmt::format("; did you mean '{}'?", *near) : "");
}

// An option of this verb, or one that describes a client.
struct Option {
  const OptionRow* own = nullptr;
  const ClientOption* client = nullptr;
  [[nodiscard]] std::string_view value() const { return own != nullptr ? own->value : client->value; }
};

std::optional<Option> find(std::string_view name) {
  const auto own = std::ranges::find(rows, name, &OptionRow::name);
  if (own != rows.end()) return Option{.own = &*own};
  if (!name.starts_with("--")) return std::nullopt;
  const ClientOption* const client = find_client_option(name.substr(2));
  return client == nullptr ? std::nullopt : std::optional(Option{.client = client});
}

std::optional<std::string> apply(GraphOptions& options, const Option& option, std::string_view value) {
  if (option.own == nullptr) {
    options.path = true;
    const auto fault = option.client->apply(options.client, value);
    return fault ? std::optional(fmt::format("option '--{}': {}", option.client->name, *fault))
                 : std::nullopt;
  }
  if (option.own->apply(options, value)) return std::nullopt;
  return fmt::format("option '{}' takes {}, not '{}'", option.own->name, option.own->value, value);
}

}  // namespace

Result<GraphOptions, WordError> parse_graph_options(const std::vector<std::string_view>& words) {
  GraphOptions options;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    if (!word.starts_with('-')) {
      options.files.emplace_back(word);
      continue;
    }
    const std::size_t equals = word.starts_with("--") ? std::min(word.find('='), word.size()) : word.size();
    const auto option = find(word.substr(0, equals));
    if (!option) return WordError{unknown(word)};
    std::string_view value = word.substr(std::min(equals + 1, word.size()));
    if (!option->value().empty() && equals == word.size()) {
      if (++at == words.size()) return WordError{fmt::format("option '{}' needs {}", word, option->value())};
      value = words[at];
    }
    if (auto fault = apply(options, *option, value)) return WordError{std::move(*fault)};
  }
  if (options.files.empty()) return WordError{"no file given"};
  if (auto fault = judge_client(options.client)) return WordError{std::move(*fault)};
  return options;
}

PictureFormat format_of(const GraphOptions& options) {
  if (options.format) return *options.format;
  for (const FormatRow& row : formats)
    for (const std::string_view suffix : row.suffixes)
      if (options.output.ends_with(suffix)) return row.format;
  return PictureFormat::svg;
}

std::string graph_usage() {
  std::string text =
      "usage: shunt graph [options] <file|dir>...\nDraws the ways that connections can take.\n";
  for (const OptionRow& row : rows)
    text += fmt::format("  {:39} {}\n",
                        row.value.empty() ? std::string(row.name) : fmt::format("{} {}", row.name, row.value),
                        row.help);
  return text + client_options_usage();
}

std::string graph_flags() {
  std::string text;
  for (const OptionRow& row : rows) text += fmt::format("{}{}", text.empty() ? "" : " ", row.name);
  return text + ' ' + client_option_flags();
}

}  // namespace shunt::cli
