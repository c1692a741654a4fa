// The page's frame, and what the drawing knows as data for its script.
#include <fmt/core.h>

#include <boost/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <tuple>
#include <utility>

#include "analysis/drawing/embedded.hpp"
#include "analysis/drawing/escape.hpp"
#include "analysis/drawing/picture.hpp"
#include "analysis/drawing/texts.hpp"
#include "analysis/drawing/writers.hpp"

namespace shunt::analysis::drawing {
namespace {

namespace json = boost::json;

json::string text(std::string_view from) {
  const std::string made = plain(from);
  return json::string(json::string_view(made.data(), made.size()));
}

json::array numbers(const std::vector<std::uint32_t>& from) {
  json::array list;
  for (const std::uint32_t each : from) list.push_back(each);
  return list;
}

json::value number_or_null(std::uint32_t from) {
  return from == nothing ? json::value(nullptr) : json::value(from);
}

// Text, target, line as written, outcome, part, patterns, findings; what is empty at the end is left out.
json::array row_of(const Row& row) {
  json::array made{text(row.text), text(row.target), text(row.written), static_cast<int>(row.outcome),
                   static_cast<int>(row.part)};
  const bool compared = row.part != Part::servers && !row.patterns.empty();
  if (compared || !row.findings.empty()) made.push_back(compared ? text(row.patterns) : json::string());
  if (!row.findings.empty()) made.push_back(numbers(row.findings));
  return made;
}

json::object node_of(const Node& node) {
  json::object made{{"k", static_cast<int>(node.kind)},
                    {"i", text(node.id)},
                    {"t", text(node.title)},
                    {"p", text(node.place)}};
  if (!node.tags.empty()) {
    json::array tags;
    for (const std::string& each : node.tags) tags.push_back(text(each));
    made["g"] = std::move(tags);
  }
  json::array facts;
  for (const Fact& fact : node.facts) facts.push_back(json::array{text(fact.name), text(fact.value)});
  if (!facts.empty()) made["f"] = std::move(facts);
  if (!node.findings.empty()) made["x"] = numbers(node.findings);
  json::array rows;
  for (const Row& row : node.rows) rows.push_back(row_of(row));
  if (!rows.empty()) made["r"] = std::move(rows);
  return made;
}

json::array nodes_of(const Drawing& drawing) {
  json::array list;
  for (const Node& node : drawing.nodes) list.push_back(node_of(node));
  return list;
}

// From, row, to, arrow.
json::array edges_of(const Drawing& drawing, const Sheet& sheet) {
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, Way>, std::uint32_t> arrows;
  for (std::uint32_t i = 0; i < sheet.arrows.size(); ++i) {
    const Arrow& arrow = sheet.arrows[i];
    arrows.emplace(std::tuple(arrow.from, arrow.line, arrow.to, arrow.way), i);
  }
  json::array list;
  for (const Edge& edge : drawing.edges) {
    const std::uint32_t line = edge.row == nothing ? nothing : sheet.line_of[edge.from][edge.row];
    const auto arrow = arrows.find({sheet.box_of[edge.from], line, sheet.box_of[edge.to], edge.way});
    list.push_back(json::array{edge.from, edge.row == nothing ? -1 : static_cast<int>(edge.row), edge.to,
                               arrow == arrows.end() ? -1 : static_cast<int>(arrow->second)});
  }
  return list;
}

json::array findings_of(const Drawing& drawing) {
  json::array list;
  for (const Shown& each : drawing.findings)
    list.push_back(json::object{{"s", static_cast<int>(each.severity)},
                                {"c", text(each.code)},
                                {"m", text(each.message)},
                                {"r", text(each.remedy)},
                                {"p", text(each.place)},
                                {"n", number_or_null(each.node)},
                                {"w", number_or_null(each.row)}});
  return list;
}

json::array boxes_of(const Sheet& sheet, const Frames& frames) {
  json::array list;
  for (std::size_t i = 0; i < sheet.boxes.size(); ++i) {
    json::array lines;
    for (std::size_t n = 0; n < sheet.boxes[i].lines.size(); ++n) {
      const BoxLine& line = sheet.boxes[i].lines[n];
      lines.push_back(json::array{static_cast<int>(line.kind), numbers(line.rows), frames[i].middles[n]});
    }
    list.push_back(json::object{{"n", numbers(sheet.boxes[i].nodes)},
                                {"t", text(sheet.boxes[i].title)},
                                {"w", frames[i].width},
                                {"h", frames[i].height},
                                {"l", std::move(lines)}});
  }
  return list;
}

// Ends of lines are the only control characters of a page.
json::array lines_of(std::string_view story) {
  json::array lines;
  while (!story.empty()) {
    const std::size_t end = std::min(story.find('\n'), story.size());
    lines.push_back(text(story.substr(0, end)));
    story.remove_prefix(std::min(end + 1, story.size()));
  }
  return lines;
}

json::value light_of(const Light& light) {
  if (light.empty()) return nullptr;
  json::array spots;
  for (const auto& [spot, glow] : light.spots)
    spots.push_back(json::array{spot.node, spot.row == nothing ? -1 : static_cast<int>(spot.row),
                                static_cast<int>(glow)});
  return json::object{
      {"t", text(light.title)}, {"spots", std::move(spots)}, {"story", lines_of(light.story)}};
}

json::array parts() {
  json::array list;
  for (std::size_t i = 0; i < part_count; ++i) list.push_back(text(title_of(static_cast<Part>(i))));
  return list;
}

// The marks stand once each, in this order.
std::string filled(std::string_view frame,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> marks) {
  std::string page;
  for (const auto& [mark, value] : marks) {
    const std::size_t at = frame.find(mark);
    page += frame.substr(0, at);
    page += value;
    frame.remove_prefix(at + mark.size());
  }
  return page += frame;
}

}  // namespace

std::string html(const Drawing& drawing, const Sheet& sheet, const Light& light, const Frames& frames,
                 const Layout& layout) {
  const json::object data{{"title", text(drawing.title)},     {"width", layout.width},
                          {"height", layout.height},          {"parts", parts()},
                          {"nodes", nodes_of(drawing)},       {"edges", edges_of(drawing, sheet)},
                          {"boxes", boxes_of(sheet, frames)}, {"findings", findings_of(drawing)},
                          {"path", light_of(light)}};
  const std::string title = for_xml(drawing.title);
  const std::string styles = fmt::format(
      ":root {{\n{0}}}\n@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{\n{1}}} }}\n"
      ":root[data-theme=dark] {{\n{1}}}\n{2}\n{3}",
      embedded::light_colours, embedded::dark_colours, embedded::picture_style, embedded::page_style);
  return filled(embedded::page_frame, {{"<!--title-->", title},
                                       {"/*styles*/", styles},
                                       {"<!--name-->", title},
                                       {"<!--shapes-->", shapes(sheet, frames, layout)},
                                       {"/*data*/", for_script(json::serialize(data))},
                                       {"/*script*/", embedded::page_script}});
}

}  // namespace shunt::analysis::drawing
