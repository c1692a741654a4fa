// How large boxes are: texts of the configuration are in a font of fixed width.
#include <algorithm>

#include "analysis/drawing/escape.hpp"
#include "analysis/drawing/layout.hpp"

namespace shunt::analysis::drawing {
namespace {

constexpr double mono = 7.25, title = 9.0, tag = 6.6;  // widths of a character
constexpr double least_width = 150, gutter = 33, margin = 14, gap = 20;
constexpr double title_height = 48, tags_height = 24, row_height = 21, heading_height = 25, foot = 8;
constexpr std::size_t most_text = 48, most_target = 22, most_together = 58;

double width_of(const BoxLine& line) {
  const Fitted shown = fitted(line);
  const auto own = static_cast<double>(columns(shown.text));
  const auto target = static_cast<double>(columns(shown.target));
  const auto sample = static_cast<double>(std::min(columns(line.sample), most_together));
  const double main = own * mono + (target != 0 ? gap + (target + 2) * mono : 0);
  return gutter + std::max(main, sample * mono) + margin;
}

double width_of(const Box& box) {
  double width =
      std::max(least_width, static_cast<double>(columns(clipped(plain(box.title), 40))) * title + 76);
  double tags = margin * 2;
  for (const std::string& each : box.tags) tags += static_cast<double>(columns(plain(each))) * tag + 20;
  width = std::max(width, tags);
  for (const BoxLine& line : box.lines) width = std::max(width, width_of(line));
  return width;
}

Frame frame_of(const Box& box) {
  Frame frame{.width = width_of(box), .height = title_height, .head = title_height / 2};
  if (!box.tags.empty()) {
    frame.tags = frame.height + 10;
    frame.height += tags_height;
  }
  for (const BoxLine& line : box.lines) {
    const bool heading = line.kind == BoxLine::Kind::heading;
    const double height = heading ? heading_height : row_height;
    frame.lines.push_back(frame.height + height - 7);
    frame.middles.push_back(frame.height + height / 2);
    frame.height += line.sample.empty() ? height : height + row_height - 3;
  }
  if (!box.lines.empty()) frame.height += foot;
  return frame;
}

}  // namespace

Fitted fitted(const BoxLine& line) {
  const std::string target = clipped(plain(line.target), most_target);
  const std::size_t room =
      target.empty() ? most_together : std::max(most_text, most_together - columns(target));
  return {clipped(plain(line.text), room), target};
}

Frames frames_of(const Sheet& sheet) {
  Frames frames;
  for (const Box& box : sheet.boxes) frames.push_back(frame_of(box));
  return frames;
}

}  // namespace shunt::analysis::drawing
