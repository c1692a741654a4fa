// The sheet as a flowchart. Arrows can't leave from a line of a box there, so they carry the condition.
#include <fmt/core.h>

#include <iterator>

#include "analysis/drawing/escape.hpp"
#include "analysis/drawing/layout.hpp"
#include "analysis/drawing/texts.hpp"
#include "analysis/drawing/writers.hpp"
#include "parser/joined.hpp"

namespace shunt::analysis::drawing {
namespace {

constexpr std::string_view kind_names[] = {"bind", "frontend", "backend"};
constexpr std::string_view shapes[][2] = {{"([", "])"}, {"[", "]"}, {"[", "]"}};  // by Kind
constexpr std::string_view lines[] = {"-->", "-->", "-.->", "==>", "==>"};        // by Way
constexpr std::string_view signs[] = {"", "✓ ", "", "✕ "};                        // by Outcome

class Writer {
 public:
  explicit Writer(const Sheet& sheet) : sheet_(sheet) {}

  std::string write() && {
    add("%% Written by shunt graph.\nflowchart LR\n");
    for (std::uint32_t i = 0; i < sheet_.boxes.size(); ++i) box(i);
    for (std::uint32_t i = 0; i < sheet_.boxes.size(); ++i) rejections(i);
    for (const Arrow& each : sheet_.arrows) arrow(each);
    add("  classDef bind stroke:#0f766e,stroke-width:2px\n"
        "  classDef frontend stroke:#1d4ed8,stroke-width:2px\n"
        "  classDef backend stroke:#7c3aed,stroke-width:2px\n");
    if (closes_) add("  classDef closed stroke:#b91c1c,stroke-width:2px\n");
    if (sheet_.has_light) lights();
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void box(std::uint32_t number) {
    const Box& box = sheet_.boxes[number];
    const auto kind = static_cast<std::size_t>(box.kind);
    std::string label =
        fmt::format("{}<b>{}</b>", box.folded() ? std::string() : fmt::format("{} ", kind_names[kind]),
                    for_mermaid(box.title));
    if (!box.tags.empty()) label += fmt::format("<br>{}", for_mermaid(joined(box.tags, " · ")));
    for (const BoxLine& line : box.lines) label += text_of(line);
    if (box.findings != 0) label += fmt::format("<br>⚠ {}", counted(box.findings, "finding"));
    add("  n{}{}\"{}\"{}:::{}\n", number, shapes[kind][0], label, shapes[kind][1], kind_names[kind]);
  }

  // What an arrow says is not said in the box, too.
  static std::string text_of(const BoxLine& line) {
    if (line.kind == BoxLine::Kind::heading) return {};
    if (line.leads || line.outcome == Outcome::closes) return {};
    const Fitted shown = fitted(line);
    std::string text =
        fmt::format("<br>{}{}", signs[static_cast<std::size_t>(line.outcome)], for_mermaid(shown.text));
    if (!shown.target.empty()) text += fmt::format(" ({})", for_mermaid(shown.target));
    if (!line.sample.empty() && line.outcome != Outcome::leads)
      text += fmt::format("<br>{}", for_mermaid(clipped(line.sample, 58)));
    if (line.findings != 0) text += fmt::format(" ⚠ {}", line.findings);
    return text;
  }

  std::string label_of(const BoxLine& line) const {
    const std::string text = for_mermaid(fitted(line).text);
    return line.findings == 0 ? text : fmt::format("{} ⚠ {}", text, line.findings);
  }

  // One end for all that a box closes.
  void rejections(std::uint32_t number) {
    bool any = false;
    for (const BoxLine& line : sheet_.boxes[number].lines) {
      if (line.outcome != Outcome::closes) continue;
      if (!any) add("  x{}((\"closed\")):::closed\n", number);
      any = closes_ = true;
      add("  n{} --x|\"{}\"| x{}\n", number, label_of(line), number);
      ++arrows_;
    }
  }

  void arrow(const Arrow& arrow) {
    std::string label;
    if (arrow.line != nothing) {
      const BoxLine& line = sheet_.boxes[arrow.from].lines[arrow.line];
      if (line.leads || line.kind == BoxLine::Kind::run) label = label_of(line);
    }
    if (arrow.count > 1)
      label += fmt::format("{}{}", label.empty() ? "" : " · ", counted(arrow.count, "way"));
    const std::string_view line = lines[static_cast<std::size_t>(arrow.way)];
    if (arrow.lit) lit_.push_back(arrows_);
    ++arrows_;
    if (label.empty()) return add("  n{} {} n{}\n", arrow.from, line, arrow.to);
    add("  n{} {}|\"{}\"| n{}\n", arrow.from, line, label, arrow.to);
  }

  void lights() {
    add("  classDef lit stroke:#d97706,stroke-width:4px\n");
    for (std::uint32_t i = 0; i < sheet_.boxes.size(); ++i)
      if (sheet_.boxes[i].glow == Glow::taken) add("  class n{} lit\n", i);
    if (!lit_.empty()) add("  linkStyle {} stroke:#d97706,stroke-width:4px\n", joined(lit_, ","));
  }

  const Sheet& sheet_;
  std::string text_;
  bool closes_ = false;
  std::size_t arrows_ = 0;        // so far
  std::vector<std::size_t> lit_;  // numbers of arrows
};

}  // namespace

std::string mermaid(const Sheet& sheet) { return Writer(sheet).write(); }

}  // namespace shunt::analysis::drawing
