// `shunt graph`: the routing graph as a picture.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "analysis/drawing/writers.hpp"
#include "analysis/lint.hpp"
#include "analysis/suppressions.hpp"
#include "cli/findings.hpp"
#include "cli/graph_layout.hpp"
#include "cli/graph_options.hpp"
#include "cli/verbs.hpp"

namespace shunt::cli {
namespace {

namespace drawing = analysis::drawing;

int refuse(std::string_view message) {
  fmt::print(stderr, "shunt graph: {}\n", message);
  return 1;
}

std::unique_ptr<graph::Loaded> load(const GraphOptions& options, graph::Target target) {
  return graph::load_files(
      options.files,
      {.resolve_names = !options.assume_files, .target = target, .assume_files = options.assume_files});
}

// What we can't run can be drawn all the same, if some HAProxy accepts it. Nobody does: null.
std::unique_ptr<graph::Loaded> accepted(const GraphOptions& options) {
  for (const graph::Target target : {graph::Target::haproxy_3_5, graph::Target::haproxy_2_6}) {
    auto loaded = load(options, target);
    if (loaded->graph) return loaded;
  }
  return nullptr;
}

std::vector<parser::Diagnostic> findings_of(const graph::Loaded& loaded, const graph::Graph& graph) {
  std::vector<parser::Diagnostic> findings = loaded.sink.all();
  for (parser::Diagnostic& finding : analysis::lint(graph)) findings.push_back(std::move(finding));
  analysis::suppress(findings, loaded.sources);
  return findings;
}

Result<std::string, LayoutError> written(const drawing::Drawing& what, const drawing::Light& light,
                                         const GraphOptions& options) {
  const drawing::Sheet sheet = drawing::fold(what, light, {.limit = options.fold});
  const PictureFormat format = format_of(options);
  if (format == PictureFormat::dot) return drawing::dot(sheet);
  if (format == PictureFormat::mermaid) return drawing::mermaid(sheet);
  const drawing::Frames frames = drawing::frames_of(sheet);
  BOOST_OUTCOME_TRY(const drawing::Layout layout, lay_out(sheet, frames));
  if (format == PictureFormat::svg) return drawing::svg(sheet, frames, layout);
  return drawing::html(what, sheet, light, frames, layout);
}

int put(const std::string& text, const std::string& path) {
  std::FILE* out = path.empty() ? stdout : std::fopen(path.c_str(), "wb");
  if (out == nullptr) return refuse(fmt::format("cannot write the file '{}'", path));
  const bool complete = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  const bool closed = path.empty() ? std::fflush(out) == 0 : std::fclose(out) == 0;
  return complete && closed ? 0 : refuse("the picture could not be written");
}

int draw(const GraphOptions& options) {
  const auto own = load(options, options.target.value_or(graph::Target::shunt));
  const auto other = own->graph || options.target ? nullptr : accepted(options);
  const graph::Loaded& loaded = other ? *other : *own;
  if (!loaded.graph) {
    print_for_people(*own, own->sink.all(), stderr);
    return 1;
  }
  const auto findings = findings_of(*own, *loaded.graph);
  drawing::Drawing whole = drawing::draw(*loaded.graph, loaded.sources, findings);
  if (!options.only.empty()) {
    auto part = drawing::only(whole, options.only);
    if (!part) {
      const auto& error = part.assume_error();
      return refuse(
          fmt::format("there is no proxy '{}'{}", error.unknown,
                      error.nearest.empty() ? "" : fmt::format("; did you mean '{}'?", error.nearest)));
    }
    whole = std::move(part).assume_value();
  }
  const auto text = written(whole, {}, options);
  return text ? put(text.assume_value(), options.output) : refuse(text.assume_error().message);
}

}  // namespace

int draw_graph(const Words& words) {
  if (!words.empty() && words.front() == "--help") return fmt::print("{}", graph_usage()), 0;
  const auto options = parse_graph_options(words);
  if (options) return draw(options.assume_value());
  refuse(options.assume_error());
  fmt::print(stderr, "{}", graph_usage());
  return 1;
}

}  // namespace shunt::cli
