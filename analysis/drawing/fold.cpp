// From nodes and rows to boxes and lines.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/drawing/classes.hpp"
#include "analysis/drawing/sheet.hpp"
#include "analysis/drawing/texts.hpp"
#include "parser/joined.hpp"

namespace shunt::analysis::drawing {
namespace {

constexpr std::string_view kind_names[] = {"bind", "frontend", "backend"};
constexpr std::string_view part_nouns[part_count] = {"rule", "rule", "rule",   "rule",
                                                     "rule", "rule", "server", "rule"};
constexpr std::size_t most_lines = 24;  // of one part, if nothing in it is alike

using Groups = std::vector<std::vector<std::uint32_t>>;  // nodes of each box

// Classes larger than the limit are one group, all other nodes are alone; in the order of their first nodes.
Groups grouped(const std::vector<std::uint32_t>& classes, std::size_t limit) {
  std::map<std::uint32_t, std::size_t> sizes;
  for (const std::uint32_t each : classes) ++sizes[each];
  std::map<std::uint32_t, std::size_t> at;
  Groups groups;
  for (std::uint32_t node = 0; node < classes.size(); ++node) {
    const bool shared = sizes[classes[node]] > limit;
    const auto known = at.find(classes[node]);
    if (shared && known != at.end()) {
      groups[known->second].push_back(node);
      continue;
    }
    if (shared) at.emplace(classes[node], groups.size());
    groups.push_back({node});
  }
  return groups;
}

Groups grouped(const Drawing& drawing, const Light& light, const FoldOptions& options) {
  std::vector<bool> apart(drawing.nodes.size(), options.limit == 0);
  for (const auto& [spot, glow] : light.spots) apart[spot.node] = true;
  // From alike in all respects to alike in kind only.
  constexpr Likeness steps[] = {{4, true}, {2, true}, {1, true}, {0, true}, {0, false}};
  Groups groups;
  for (const Likeness& likeness : steps) {
    groups = grouped(classes_of(drawing, apart, likeness), options.limit);
    if (groups.size() <= options.budget || options.limit == 0) break;
  }
  return groups;
}

std::string sample_of(const std::vector<std::string_view>& names, std::size_t of) {
  std::string text = joined(names, ", ");
  return of > names.size() ? fmt::format("{} … {} more", text, text_of(of - names.size())) : text;
}

std::string heading_of(const Row& first) {
  if (first.id.ends_with("/default_backend")) return "default_backend";
  return std::string(title_of(first.part));
}

class Folder {
 public:
  Folder(const Drawing& drawing, const Light& light, const FoldOptions& options)
      : drawing_(drawing), light_(light), options_(options) {}

  Sheet fold() && {
    sheet_.title = drawing_.title;
    sheet_.has_light = !light_.empty();
    sheet_.box_of.resize(drawing_.nodes.size());
    sheet_.line_of.resize(drawing_.nodes.size());
    for (const auto& group : grouped(drawing_, light_, options_)) add_box(group);
    add_arrows();
    return std::move(sheet_);
  }

 private:
  void add_box(const std::vector<std::uint32_t>& group) {
    const Node& first = drawing_.nodes[group.front()];
    Box box{.kind = first.kind, .id = first.id, .title = first.title, .tags = first.tags, .nodes = group};
    box.disabled = first.disabled;
    for (const std::uint32_t node : group) {
      sheet_.box_of[node] = static_cast<std::uint32_t>(sheet_.boxes.size());
      sheet_.line_of[node].assign(drawing_.nodes[node].rows.size(), nothing);
      count_findings(box, drawing_.nodes[node]);
    }
    if (box.folded())
      summarise(box);
    else
      add_lines(box, group.front());
    sheet_.boxes.push_back(std::move(box));
  }

  void count_findings(Box& box, const Node& node) const {
    const auto count = [&](const std::vector<std::uint32_t>& findings, bool shown) {
      if (shown) box.findings += static_cast<std::uint32_t>(findings.size());
      for (const std::uint32_t each : findings)
        box.worst = std::max(box.worst, drawing_.findings[each].severity);
    };
    count(node.findings, true);
    for (const Row& row : node.rows) count(row.findings, box.folded());
  }

  void summarise(Box& box) {
    box.id = fmt::format("fold:{}", sheet_.boxes.size());
    box.title = counted(box.nodes.size(), kind_names[static_cast<std::size_t>(box.kind)]);
    std::size_t rows[part_count] = {};
    std::vector<std::string_view> names;
    for (const std::uint32_t id : box.nodes) {
      const Node& node = drawing_.nodes[id];
      if (names.size() < 3) names.push_back(node.title);
      std::erase_if(box.tags,
                    [&](const auto& tag) { return std::ranges::find(node.tags, tag) == node.tags.end(); });
      box.disabled = box.disabled && node.disabled;
      for (const Row& row : node.rows) ++rows[static_cast<std::size_t>(row.part)];
    }
    box.lines.push_back({.kind = BoxLine::Kind::members, .text = sample_of(names, box.nodes.size())});
    for (std::size_t part = 0; part < part_count; ++part)
      if (rows[part] != 0)
        box.lines.push_back({.kind = BoxLine::Kind::heading,
                             .text = fmt::format("{}: {}", title_of(static_cast<Part>(part)),
                                                 counted(rows[part], part_nouns[part]))});
  }

  void add_lines(Box& box, std::uint32_t id) {
    const Node& node = drawing_.nodes[id];
    box.glow = light_.at(id);
    for (std::uint32_t first = 0; first < node.rows.size();) {
      std::uint32_t end = first;
      while (end < node.rows.size() && node.rows[end].part == node.rows[first].part) ++end;
      box.lines.push_back({.kind = BoxLine::Kind::heading, .text = heading_of(node.rows[first])});
      add_part(box, id, first, end);
      first = end;
    }
  }

  [[nodiscard]] bool alike(std::uint32_t id, const Row& a, std::uint32_t other) const {
    const Row& b = drawing_.nodes[id].rows[other];
    const bool subject = a.part == Part::servers || !a.subject.empty();
    return subject && light_.at(id, other) == Glow::none && a.subject == b.subject && a.outcome == b.outcome;
  }

  // Rows [first, end) of one part. Long runs of alike ones are one line; so is the rest, if there are too
  // many.
  void add_part(Box& box, std::uint32_t id, std::uint32_t first, std::uint32_t end) {
    const auto& rows = drawing_.nodes[id].rows;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> runs;
    for (std::uint32_t at = first; at < end;) {
      std::uint32_t next = at + 1;
      if (light_.at(id, at) == Glow::none)
        while (next < end && alike(id, rows[at], next)) ++next;
      if (options_.limit == 0 || next - at <= options_.limit) next = at + 1;
      runs.emplace_back(at, next);
      at = next;
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
      auto [from, to] = runs[i];
      // The last row often is the default, which is worth a line.
      const bool cut = options_.limit != 0 && i >= most_lines && i + 1 < runs.size();
      while (cut && i + 2 < runs.size() && light_.at(id, runs[i + 1].first) == Glow::none)
        to = runs[++i].second;
      add_line(box, id, from, to, cut);
    }
  }

  void add_line(Box& box, std::uint32_t id, std::uint32_t first, std::uint32_t end, bool mixed) {
    const auto& rows = drawing_.nodes[id].rows;
    const Row& row = rows[first];
    BoxLine line{.text = row.text,
                 .target = row.target,
                 .outcome = row.outcome,
                 .leads = row.part != Part::servers && !row.target.empty() && row.outcome != Outcome::closes,
                 .glow = light_.at(id, first)};
    if (end - first > 1) fold_rows(line, rows, first, end, mixed);
    for (std::uint32_t i = first; i < end; ++i) {
      line.rows.push_back(i);
      line.findings += static_cast<std::uint32_t>(rows[i].findings.size());
      sheet_.line_of[id][i] = static_cast<std::uint32_t>(box.lines.size());
    }
    box.lines.push_back(std::move(line));
  }

  static void fold_rows(BoxLine& line, const std::vector<Row>& rows, std::uint32_t first, std::uint32_t end,
                        bool mixed) {
    const Row& row = rows[first];
    const std::string count = counted(end - first, part_nouns[static_cast<std::size_t>(row.part)]);
    line.kind = BoxLine::Kind::run;
    line.target.clear();
    const bool server = row.part == Part::servers;
    line.text = mixed                           ? "… " + count
                : server && row.subject.empty() ? count
                : server                        ? fmt::format("{}: {}", count, row.subject)
                                                : fmt::format("{} on {}", count, row.subject);
    std::vector<std::string_view> names;
    for (std::uint32_t i = first; i < end && names.size() < 3; ++i)
      names.push_back(rows[i].patterns.empty() || mixed ? rows[i].text : rows[i].patterns);
    line.sample = sample_of(names, end - first);
  }

  [[nodiscard]] bool is_lit(const Edge& edge) const {
    const Glow from = light_.at(edge.from, edge.row);
    return from == Glow::taken && light_.at(edge.to) == Glow::taken;
  }

  void add_arrows() {
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, Way>, std::uint32_t> known;
    for (const Edge& edge : drawing_.edges) {
      const std::uint32_t line = edge.row == nothing ? nothing : sheet_.line_of[edge.from][edge.row];
      const std::uint32_t from = sheet_.box_of[edge.from], to = sheet_.box_of[edge.to];
      const auto [entry, fresh] =
          known.try_emplace({from, line, to, edge.way}, static_cast<std::uint32_t>(sheet_.arrows.size()));
      if (fresh)
        sheet_.arrows.push_back({.from = from, .line = line, .to = to, .way = edge.way, .lit = is_lit(edge)});
      else
        ++sheet_.arrows[entry->second].count, sheet_.arrows[entry->second].lit |= is_lit(edge);
    }
  }

  const Drawing& drawing_;
  const Light& light_;
  const FoldOptions& options_;
  Sheet sheet_;
};

}  // namespace

Sheet fold(const Drawing& drawing, const Light& light, const FoldOptions& options) {
  return Folder(drawing, light, options).fold();
}

}  // namespace shunt::analysis::drawing
