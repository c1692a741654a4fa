// The part of a drawing that lies on the ways to and from some proxies.
#include <fmt/core.h>

#include <algorithm>

#include "analysis/drawing/model.hpp"
#include "analysis/drawing/texts.hpp"
#include "parser/suggest.hpp"

namespace shunt::analysis::drawing {
namespace {

using Flags = std::vector<bool>;

// All that can be met from the marked nodes on, against the edges if `back`.
Flags reached(const Drawing& drawing, Flags marked, bool back) {
  std::vector<std::vector<std::uint32_t>> next(drawing.nodes.size());
  for (const Edge& edge : drawing.edges)
    next[back ? edge.to : edge.from].push_back(back ? edge.from : edge.to);
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < marked.size(); ++i)
    if (marked[i]) open.push_back(i);
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    for (const std::uint32_t to : next[at]) {
      if (marked[to]) continue;
      marked[to] = true;
      open.push_back(to);
    }
  }
  return marked;
}

// Copies the kept nodes; rows that lead nowhere any more become one that says how many they were.
class Cutter {
 public:
  Cutter(const Drawing& from, const Flags& keep)
      : from_(from), keep_(keep), moved_(from.nodes.size(), nothing) {
    rows_.resize(from.nodes.size());
    led_.resize(from.nodes.size());
    for (std::uint32_t i = 0; i < from.nodes.size(); ++i) led_[i].assign(from.nodes[i].rows.size(), 0);
    for (const Edge& edge : from.edges)
      if (edge.row != nothing) led_[edge.from][edge.row] |= keep[edge.to] ? leads_here : leads_away;
  }

  Drawing cut() && {
    out_.title = from_.title;
    out_.findings = from_.findings;
    for (std::uint32_t i = 0; i < from_.nodes.size(); ++i)
      if (keep_[i]) copy_node(i);
    for (const Edge& edge : from_.edges) copy_edge(edge);
    const auto moved = [this](std::vector<std::uint32_t> ids) {
      for (std::uint32_t& id : ids) id = id == nothing ? nothing : moved_[id];
      return ids;
    };
    out_.listeners = moved(from_.listeners);
    out_.frontends = moved(from_.frontends);
    out_.backends = moved(from_.backends);
    place_findings();
    return std::move(out_);
  }

 private:
  static constexpr std::uint8_t leads_here = 1, leads_away = 2;

  void copy_node(std::uint32_t id) {
    Node node = from_.nodes[id];
    const std::vector<Row> rows = std::move(node.rows);
    node.rows.clear();
    rows_[id].assign(rows.size(), nothing);
    std::size_t away = 0;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      if (led_[id][i] == leads_away && rows[i].part == Part::choice) {
        ++away;
        continue;
      }
      if (away != 0) node.rows.push_back(elsewhere(node, std::exchange(away, 0)));
      rows_[id][i] = static_cast<std::uint32_t>(node.rows.size());
      node.rows.push_back(rows[i]);
    }
    if (away != 0) node.rows.push_back(elsewhere(node, away));
    moved_[id] = static_cast<std::uint32_t>(out_.nodes.size());
    out_.nodes.push_back(std::move(node));
  }

  static Row elsewhere(const Node& node, std::size_t count) {
    return {.id = fmt::format("{}/elsewhere/{}", node.id, node.rows.size()),
            .part = Part::choice,
            .text = fmt::format("{} elsewhere", counted(count, "rule") + (count == 1 ? " leads" : " lead")),
            .outcome = Outcome::leads};
  }

  void copy_edge(const Edge& edge) {
    if (!keep_[edge.from] || !keep_[edge.to]) return;
    const std::uint32_t row = edge.row == nothing ? nothing : rows_[edge.from][edge.row];
    out_.edges.push_back({moved_[edge.from], row, moved_[edge.to], edge.way});
  }

  // Those about what is left out are left out.
  void place_findings() {
    std::vector<Shown> kept;
    for (Node& node : out_.nodes) node.findings.clear();
    for (Node& node : out_.nodes)
      for (Row& row : node.rows) row.findings.clear();
    for (Shown shown : from_.findings) {
      if (shown.node != nothing && !keep_[shown.node]) continue;
      const auto number = static_cast<std::uint32_t>(kept.size());
      if (shown.node != nothing) {
        if (shown.row != nothing) shown.row = rows_[shown.node][shown.row];
        shown.node = moved_[shown.node];
        Node& node = out_.nodes[shown.node];
        (shown.row == nothing ? node.findings : node.rows[shown.row].findings).push_back(number);
      }
      kept.push_back(std::move(shown));
    }
    out_.findings = std::move(kept);
  }

  const Drawing& from_;
  const Flags& keep_;
  std::vector<std::uint32_t> moved_;
  std::vector<std::vector<std::uint32_t>> rows_;  // where each row is now
  std::vector<std::vector<std::uint8_t>> led_;
  Drawing out_;
};

OnlyError unknown(const Drawing& drawing, const std::string& name) {
  std::vector<std::string_view> names;
  for (const Node& node : drawing.nodes)
    if (node.kind != Kind::bind) names.push_back(node.title);
  return {name, std::string(parser::nearest(name, names).value_or(""))};
}

}  // namespace

Result<Drawing, OnlyError> only(const Drawing& drawing, std::span<const std::string> names) {
  Flags named(drawing.nodes.size(), false);
  for (const std::string& name : names) {
    bool found = false;
    for (std::uint32_t i = 0; i < drawing.nodes.size(); ++i) {
      const Node& node = drawing.nodes[i];
      if (node.id != name && (node.kind == Kind::bind || node.title != name)) continue;
      found = named[i] = true;
    }
    if (!found) return unknown(drawing, name);
  }
  Flags keep = reached(drawing, named, true);
  const Flags after = reached(drawing, std::move(named), false);
  for (std::size_t i = 0; i < keep.size(); ++i) keep[i] = keep[i] || after[i];
  return Cutter(drawing, keep).cut();
}

}  // namespace shunt::analysis::drawing
