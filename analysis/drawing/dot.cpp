// The sheet in the language of Graphviz: a table for each box, so that arrows leave where the rule stands.
#include <fmt/core.h>

#include <iterator>

#include "analysis/drawing/escape.hpp"
#include "analysis/drawing/layout.hpp"
#include "analysis/drawing/texts.hpp"
#include "analysis/drawing/writers.hpp"
#include "parser/joined.hpp"

namespace shunt::analysis::drawing {
namespace {

constexpr std::string_view colours[] = {"#0f766e", "#1d4ed8", "#7c3aed"};  // by Kind
constexpr std::string_view kind_names[] = {"bind", "frontend", "backend"};
constexpr std::string_view signs[] = {"", "✓ ", "", "✕ "};                               // by Outcome
constexpr std::string_view styles[] = {"solid", "solid", "dotted", "dashed", "dashed"};  // by Way
constexpr std::string_view heads[] = {"normal", "empty", "normal", "normal", "normal"};
constexpr std::string_view lit = "#d97706";

class Writer {
 public:
  explicit Writer(const Sheet& sheet) : sheet_(sheet) {}

  std::string write() && {
    add("// Written by shunt graph.\n"
        "digraph \"{}\" {{\n"
        "  graph [rankdir=LR, ranksep=0.9, nodesep=0.35, fontname=\"Helvetica,Arial,sans-serif\"];\n"
        "  node [shape=plain, fontname=\"Menlo,DejaVu Sans Mono,monospace\", fontsize=11];\n"
        "  edge [color=\"#64748b\", arrowsize=0.7];\n",
        for_dot(sheet_.title));
    for (std::uint32_t i = 0; i < sheet_.boxes.size(); ++i) box(i);
    for (const Arrow& each : sheet_.arrows) arrow(each);
    add("}}\n");
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void box(std::uint32_t number) {
    const Box& box = sheet_.boxes[number];
    const std::string_view colour = colours[static_cast<std::size_t>(box.kind)];
    add("  n{} [id=\"{}\", tooltip=\"{}\", label=<\n", number, for_dot(box.id), for_dot(box.id));
    add("    <TABLE BORDER=\"{}\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\" COLOR=\"{}\" "
        "BGCOLOR=\"white\" STYLE=\"rounded\">\n",
        box.glow == Glow::taken ? 3 : 1, box.glow == Glow::taken ? lit : colour);
    const std::string_view kind = box.folded() ? "" : kind_names[static_cast<std::size_t>(box.kind)];
    add("    <TR><TD PORT=\"h\" ALIGN=\"LEFT\">{}{}<B>{}</B>{}</TD></TR>\n", coloured(colour, kind),
        kind.empty() ? "" : " ", for_xml(box.title), findings(box.findings));
    if (!box.tags.empty())
      add("    <TR><TD ALIGN=\"LEFT\">{}</TD></TR>\n", coloured("#475569", joined(box.tags, " · ")));
    for (std::uint32_t i = 0; i < box.lines.size(); ++i) line(box.lines[i], i);
    add("    </TABLE>>];\n");
  }

  // Nothing for no text: `dot` takes an element without content for an error.
  static std::string coloured(std::string_view colour, std::string_view text) {
    return text.empty() ? std::string() : fmt::format("<FONT COLOR=\"{}\">{}</FONT>", colour, for_xml(text));
  }

  static std::string findings(std::uint32_t count) {
    return count == 0 ? std::string() : ' ' + coloured("#b91c1c", fmt::format("⚠ {}", count));
  }

  void line(const BoxLine& line, std::uint32_t number) {
    if (line.kind == BoxLine::Kind::heading) {
      add("    <HR/><TR><TD ALIGN=\"LEFT\">{}</TD></TR>\n", coloured("#64748b", line.text));
      return;
    }
    const Fitted shown = fitted(line);
    add("    <TR><TD PORT=\"l{}\" ALIGN=\"LEFT\"{}>{}{}{}", number,
        line.glow == Glow::taken ? " BGCOLOR=\"#fde68a\"" : "", signs[static_cast<std::size_t>(line.outcome)],
        for_xml(shown.text), findings(line.findings));
    if (!shown.target.empty())
      add(" {}", coloured("#64748b", fmt::format("{}{}", line.leads ? "→ " : "", shown.target)));
    if (!line.sample.empty()) add("<BR ALIGN=\"LEFT\"/>{}", coloured("#64748b", clipped(line.sample, 58)));
    add("<BR ALIGN=\"LEFT\"/></TD></TR>\n");
  }

  void arrow(const Arrow& arrow) {
    const auto way = static_cast<std::size_t>(arrow.way);
    const std::string port = arrow.line == nothing ? "h" : fmt::format("l{}", arrow.line);
    add("  n{}:{}:e -> n{}:h:w [style={}, arrowhead={}", arrow.from, port, arrow.to, styles[way], heads[way]);
    if (arrow.count > 1) add(", penwidth=2, tooltip=\"{}\"", counted(arrow.count, "way"));
    if (arrow.lit) add(", color=\"{}\", penwidth=3", lit);
    add("];\n");
  }

  const Sheet& sheet_;
  std::string text_;
};

}  // namespace

std::string dot(const Sheet& sheet) { return Writer(sheet).write(); }

}  // namespace shunt::analysis::drawing
