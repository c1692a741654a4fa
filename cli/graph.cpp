// `shunt graph`: the routing graph as a picture.
#include <fmt/core.h>

#include <cstdio>
#include <memory>

#include "analysis/drawing/writers.hpp"
#include "analysis/simulation.hpp"
#include "cli/findings.hpp"
#include "cli/graph_layout.hpp"
#include "cli/graph_options.hpp"
#include "cli/haproxy_variables.hpp"
#include "cli/verbs.hpp"

namespace shunt::cli {
namespace {

namespace drawing = analysis::drawing;

int refuse(std::string_view message) {
  fmt::print(stderr, "shunt graph: {}\n", message);
  return 1;
}

struct Read {
  graph::LoadOptions how;
  std::unique_ptr<graph::Loaded> loaded;
};

Read read(const GraphOptions& options, graph::Target target) {
  Read made{.how = {.resolve_names = false,
                    .target = target,
                    .assume_files = options.assume_files,
                    .despite_unsupported = true,
                    .keep_config = true},
            .loaded = {}};
  set_haproxy_variables({.files = options.files});
  made.loaded = graph::load_files(options.files, made.how);
  return made;
}

// Some files are for HAProxy 2.6 only.
Read read(const GraphOptions& options) {
  Read first = read(options, options.target.value_or(graph::Target::shunt));
  if (first.loaded->graph || options.target) return first;
  Read second = read(options, graph::Target::haproxy_2_6);
  return second.loaded->graph ? std::move(second) : std::move(first);
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

std::string complaint(const drawing::OnlyError& error) {
  return fmt::format("there is no proxy '{}'{}", error.unknown,
                     error.nearest.empty() ? "" : fmt::format("; did you mean '{}'?", error.nearest));
}

Result<drawing::Light, analysis::TextError> lit(const GraphOptions& options, const graph::Loaded& loaded,
                                                const drawing::Drawing& drawing) {
  if (!options.path) return drawing::Light{};
  analysis::Simulation simulation(*loaded.graph, analysis::blind_spots(loaded));
  BOOST_OUTCOME_TRY(const analysis::Scenario scenario,
                    analysis::make_scenario(options.client, *loaded.graph, simulation));
  return drawing::light_of(simulation.explain(scenario), {*loaded.graph, loaded.sources}, drawing);
}

int draw(const GraphOptions& options) {
  const Read given = read(options);
  const graph::Loaded& loaded = *given.loaded;
  if (!loaded.graph) {
    print_for_people(loaded, loaded.sink.all(), stderr);
    return 1;
  }
  drawing::Drawing whole = drawing::draw(*loaded.graph, loaded.sources, findings_of(loaded, given.how));
  if (!options.only.empty()) {
    auto part = drawing::only(whole, options.only);
    if (!part) return refuse(complaint(part.assume_error()));
    whole = std::move(part).assume_value();
  }
  const auto light = lit(options, loaded, whole);
  if (!light) return refuse(light.assume_error().message);
  const auto text = written(whole, light.assume_value(), options);
  return text ? put(text.assume_value(), options.output) : refuse(text.assume_error().message);
}

}  // namespace

int draw_graph(const Words& words) {
  if (!words.empty() && words.front() == "--help") return fmt::print("{}", graph_usage()), 0;
  const auto options = parse_graph_options(words);
  if (options) return draw(options.assume_value());
  refuse(options.assume_error().message);
  fmt::print(stderr, "{}", graph_usage());
  return 1;
}

}  // namespace shunt::cli
