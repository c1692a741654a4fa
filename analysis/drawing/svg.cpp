// The sheet as shapes with places. Colours are the style sheet's, so that a page or a reader can change them.
#include <fmt/core.h>

#include <cmath>
#include <iterator>

#include "analysis/drawing/embedded.hpp"
#include "analysis/drawing/escape.hpp"
#include "analysis/drawing/picture.hpp"
#include "analysis/drawing/writers.hpp"

namespace shunt::analysis::drawing {
namespace {

constexpr std::string_view kind_names[] = {"bind", "frontend", "backend"};
constexpr std::string_view way_names[] = {"flow", "otherwise", "computed", "memory", "socket"};
constexpr std::string_view line_names[] = {"heading", "row", "run", "members"};
constexpr std::string_view outcome_names[] = {"goes-on", "ends", "leads", "closes"};
constexpr std::string_view signs[] = {"·", "✓", "→", "✕"};  // by Outcome
constexpr std::string_view glow_names[] = {"", " passed", " taken"};
constexpr std::string_view severities[] = {"notice", "warning", "error"};

class Painter {
 public:
  Painter(const Sheet& sheet, const Frames& frames, const Layout& layout)
      : sheet_(sheet), frames_(frames), layout_(layout) {}

  std::string paint() && {
    for (std::uint32_t i = 0; i < sheet_.arrows.size(); ++i) arrow(i);
    for (std::uint32_t i = 0; i < sheet_.boxes.size(); ++i) box(i);
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void arrow(std::uint32_t number) {
    const Arrow& arrow = sheet_.arrows[number];
    const auto& points = layout_.arrows[number];
    if (points.size() < 4) return;
    add("<g class=\"arrow {}{}{}\" data-arrow=\"{}\"><path d=\"M{:.1f} {:.1f}",
        way_names[static_cast<std::size_t>(arrow.way)], arrow.lit ? " taken" : "",
        arrow.count > 1 ? " many" : "", number, points[0].x, points[0].y);
    for (std::size_t i = 1; i + 2 < points.size(); i += 3)
      add("C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", points[i].x, points[i].y, points[i + 1].x,
          points[i + 1].y, points[i + 2].x, points[i + 2].y);
    add("\"/>");
    tip(points[points.size() - 2], points.back());
    add("</g>\n");
  }

  // A triangle at the end of the curve.
  void tip(Point before, Point end) {
    double x = end.x - before.x, y = end.y - before.y;
    const double length = std::hypot(x, y);
    if (length < 0.01)
      x = 1, y = 0;
    else
      x /= length, y /= length;
    constexpr double size = 8, half = 3.6;
    add("<polygon points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\"/>", end.x, end.y,
        end.x - size * x - half * y, end.y - size * y + half * x, end.x - size * x + half * y,
        end.y - size * y - half * x);
  }

  void box(std::uint32_t number) {
    const Box& box = sheet_.boxes[number];
    const Frame& frame = frames_[number];
    const Point at = layout_.boxes[number];
    const std::string_view kind = kind_names[static_cast<std::size_t>(box.kind)];
    add("<g class=\"box {}{}{}{}\" data-box=\"{}\" id=\"{}\" transform=\"translate({:.1f} {:.1f})\">\n", kind,
        box.folded() ? " folded" : "", box.disabled ? " disabled" : "",
        glow_names[static_cast<std::size_t>(box.glow)], number, for_xml("box-" + box.id), at.x, at.y);
    add("<title>{} {}</title>", kind, for_xml(box.title));
    if (box.folded())
      for (const int shift : {8, 4})
        add("<rect class=\"behind\" x=\"{0}\" y=\"{0}\" width=\"{1:.1f}\" height=\"{2:.1f}\" rx=\"9\"/>",
            shift, frame.width, frame.height);
    add("<rect class=\"card\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"9\"/>", frame.width, frame.height);
    add("<path class=\"band\" d=\"M7 .5V{0:.1f}A9 9 0 0 1 0 {1:.1f}V9A9 9 0 0 1 7 .5z\"/>",
        frame.height - 0.5, frame.height - 9);
    add("<text class=\"kind\" x=\"20\" y=\"19\">{}</text>", box.folded() ? "alike" : kind);
    add("<text class=\"title\" x=\"20\" y=\"38\">{}</text>\n", for_xml(clipped(plain(box.title), 40)));
    if (box.findings != 0) badge(frame.width - 14, 18, box.findings, box.worst);
    tags(box, frame);
    for (std::uint32_t i = 0; i < box.lines.size(); ++i) line(box, frame, i);
    add("</g>\n");
  }

  void badge(double right, double middle, std::uint32_t count, parser::Severity severity) {
    add("<g class=\"badge {}\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"34\" height=\"18\" rx=\"9\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\">⚠ {}</text></g>",
        severities[static_cast<std::size_t>(severity)], right - 34, middle - 9, right - 17, middle + 4,
        count > 99 ? std::string("99+") : fmt::format("{}", count));
  }

  void tags(const Box& box, const Frame& frame) {
    double x = 19;
    for (const std::string& each : box.tags) {
      const std::string text = plain(each);
      const double width = static_cast<double>(columns(text)) * 6.3 + 14;
      add("<g class=\"tag\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"18\" rx=\"5\"/>"
          "<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>",
          x, frame.tags - 13, width, x + width / 2, frame.tags, for_xml(text));
      x += width + 6;
    }
  }

  void line(const Box& box, const Frame& frame, std::uint32_t number) {
    const BoxLine& line = box.lines[number];
    const double base = frame.lines[number];
    if (line.kind == BoxLine::Kind::heading) {
      add("<path class=\"rule\" d=\"M7 {0:.1f}H{1:.1f}\"/><text class=\"heading\" x=\"20\" "
          "y=\"{2:.1f}\">{3}</text>\n",
          base - 17, frame.width - 1, base, for_xml(line.text));
      return;
    }
    const double height = line.sample.empty() ? 21 : 39;
    const Fitted shown = fitted(line);
    add("<g class=\"line {} {}{}\" data-line=\"{}\"><rect x=\"11\" y=\"{:.1f}\" width=\"{:.1f}\" "
        "height=\"{:.0f}\" "
        "rx=\"4\"/>",
        line_names[static_cast<std::size_t>(line.kind)],
        outcome_names[static_cast<std::size_t>(line.outcome)],
        glow_names[static_cast<std::size_t>(line.glow)], number, base - 14, frame.width - 16, height);
    const bool opens = line.kind != BoxLine::Kind::row;
    add("<text class=\"sign\" x=\"22\" y=\"{:.1f}\">{}</text><text class=\"text\" x=\"33\" "
        "y=\"{:.1f}\">{}</text>",
        base, opens ? "▸" : signs[static_cast<std::size_t>(line.outcome)], base, for_xml(shown.text));
    if (!shown.target.empty())
      add("<text class=\"target\" x=\"{:.1f}\" y=\"{:.1f}\">{}{}</text>", frame.width - 14, base,
          line.leads ? "→ " : "", for_xml(shown.target));
    if (!line.sample.empty())
      add("<text class=\"sample\" x=\"33\" y=\"{:.1f}\">{}</text>", base + 18,
          for_xml(clipped(plain(line.sample), 58)));
    if (line.findings != 0) badge(frame.width + 17, base - 4, line.findings, box.worst);
    add("</g>\n");
  }

  const Sheet& sheet_;
  const Frames& frames_;
  const Layout& layout_;
  std::string text_;
};

}  // namespace

std::string shapes(const Sheet& sheet, const Frames& frames, const Layout& layout) {
  return Painter(sheet, frames, layout).paint();
}

namespace {

// The style with each var(--name) replaced: many programs that show pictures don't know variables.
std::string coloured(std::string_view style, std::string_view colours) {
  constexpr std::string_view open = "var(";
  std::string text;
  for (std::size_t at; (at = style.find(open)) != std::string_view::npos;) {
    const std::size_t close = style.find(')', at);
    const std::string_view name = style.substr(at + open.size(), close - at - open.size());
    const std::size_t found = colours.find(fmt::format("{}: ", name));
    const std::string_view value = found == std::string_view::npos ? std::string_view("undefined")
                                                                   : colours.substr(found + name.size() + 2);
    text += style.substr(0, at);
    text += value.substr(0, value.find(';'));
    style.remove_prefix(close + 1);
  }
  return text += style;
}

}  // namespace

std::string svg(const Sheet& sheet, const Frames& frames, const Layout& layout) {
  constexpr double margin = 24;
  const double width = layout.width + 2 * margin, height = layout.height + 2 * margin;
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture{}\" width=\"{:.0f}\" height=\"{:.0f}\" "
      "viewBox=\"{:.0f} {:.0f} {:.0f} {:.0f}\" role=\"img\">\n<title>{}</title>\n<style>\n{}"
      "@media (prefers-color-scheme: dark) {{\n{}}}\n</style>\n"
      "<rect class=\"paper\" x=\"{}\" y=\"{}\" width=\"100%\" height=\"100%\"/>\n{}</svg>\n",
      sheet.has_light ? " lit" : "", width, height, -margin, -margin, width, height, for_xml(sheet.title),
      coloured(embedded::picture_style, embedded::light_colours),
      coloured(embedded::picture_style, embedded::dark_colours), -margin, -margin,
      shapes(sheet, frames, layout));
}

}  // namespace shunt::analysis::drawing
