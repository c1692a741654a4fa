// The table of the options of `shunt graph`.
#include "cli/graph_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "cli/client_options.hpp"
#include "cli/option_words.hpp"
#include "parser/joined.hpp"

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

std::vector<std::string_view> known_names() {
  std::vector<std::string_view> names = names_of(rows);
  const std::vector<std::string_view> more = client_option_flags();
  names.insert(names.end(), more.begin(), more.end());
  return names;
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
  const ClientOption* const client = find_client_flag(name);
  return client == nullptr ? std::nullopt : std::optional(Option{.client = client});
}

std::optional<std::string> apply(GraphOptions& options, const Option& option, std::string_view value) {
  if (option.own == nullptr) {
    options.path = true;
    return apply_client_flag(*option.client, options.client, value);
  }
  if (option.own->apply(options, value)) return std::nullopt;
  return refused_value(option.own->name, option.own->value, value);
}

}  // namespace

Result<GraphOptions, WordError> parse_graph_options(const std::vector<std::string_view>& words) {
  GraphOptions options;
  for (OptionWords given(words); given.next();) {
    if (given.is_file()) {
      options.files.emplace_back(given.word());
      continue;
    }
    const std::string_view name = given.name();
    const auto option = find(name);
    if (!option) return WordError{unknown_option(name, known_names())};
    const auto value = given.value(!option->value().empty());
    if (!value) return WordError{missing_value(name, option->value())};
    if (auto fault = apply(options, *option, *value)) return WordError{std::move(*fault)};
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
    text += fmt::format("  {:39} {}\n", with_value(row.name, row.value), row.help);
  return text + client_options_usage();
}

std::string graph_flags() { return joined(known_names(), " "); }

}  // namespace shunt::cli
