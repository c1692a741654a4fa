// The table of the options of `shunt graph` and the loop that reads them.
#include "cli/graph_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

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
bool set_assume(GraphOptions& options, std::string_view) { return options.assume_files = true; }

constexpr auto rows = std::to_array<OptionRow>({
    {"--format", "svg|dot|mermaid|html", set_format,
     "what is written; else the suffix of -o says it, else svg"},
    {"-o", "FILE", set_output, "where to; else standard output"},
    {"--only", "NAME", add_only, "only what leads to or from that proxy; several times for several proxies"},
    {"--fold", "NUMBER", set_fold, "how many that are alike are still drawn one by one (12); 0: all"},
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

}  // namespace

Result<GraphOptions, std::string> parse_graph_options(const std::vector<std::string_view>& words) {
  GraphOptions options;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    if (!word.starts_with('-')) {
      options.files.emplace_back(word);
      continue;
    }
    const std::size_t equals = word.starts_with("--") ? std::min(word.find('='), word.size()) : word.size();
    const auto row = std::ranges::find(rows, word.substr(0, equals), &OptionRow::name);
    if (row == rows.end()) return unknown(word);
    std::string_view value = word.substr(std::min(equals + 1, word.size()));
    if (!row->value.empty() && equals == word.size()) {
      if (++at == words.size()) return fmt::format("option '{}' needs {}", word, row->value);
      value = words[at];
    }
    if (!row->apply(options, value))
      return fmt::format("option '{}' takes {}, not '{}'", row->name, row->value, value);
  }
  if (options.files.empty()) return std::string("no file given");
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
    text += fmt::format("  {:38} {}\n",
                        row.value.empty() ? std::string(row.name) : fmt::format("{} {}", row.name, row.value),
                        row.help);
  return text;
}

std::string graph_flags() {
  std::string text;
  for (const OptionRow& row : rows) text += fmt::format("{}{}", text.empty() ? "" : " ", row.name);
  return text;
}

}  // namespace shunt::cli
