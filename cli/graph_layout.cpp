// Each box is a table without text whose cells have the box's sizes, so that arrows leave at its lines.
#include "cli/graph_layout.hpp"

#include <fmt/core.h>
#include <graphviz/gvc.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>

#ifdef __SANITIZE_ADDRESS__
// A context of the library keeps a block that nobody can free any more; it is not ours.
extern "C" const char* __lsan_default_suppressions() { return "leak:libgvc\n"; }    // NOLINT
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }  // NOLINT
#endif

namespace shunt::cli {
namespace {

using namespace analysis::drawing;

struct Freed {
  void operator()(GVC_t* context) const { gvFreeContext(context); }
  void operator()(Agraph_t* graph) const { agclose(graph); }
};

// The library takes char* for what it does not change.
char* text(const char* from) { return const_cast<char*>(from); }

void cell(std::string& table, const std::string& port, double width, double height) {
  fmt::format_to(std::back_inserter(table),
                 "<TR><TD{} FIXEDSIZE=\"TRUE\" WIDTH=\"{:.0f}\" HEIGHT=\"{:.0f}\"></TD></TR>", port, width,
                 height);
}

// Port h is the head, ports l0, l1 ... are the lines; the rest is filled up.
std::string table_of(const Frame& frame) {
  std::string table = "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">";
  double top = 2 * frame.head;
  cell(table, " PORT=\"h\"", frame.width, top);
  for (std::size_t i = 0; i < frame.middles.size(); ++i) {
    const double half = 10;
    if (frame.middles[i] - half > top + 0.5) cell(table, "", frame.width, frame.middles[i] - half - top);
    cell(table, fmt::format(" PORT=\"l{}\"", i), frame.width, 2 * half);
    top = frame.middles[i] + half;
  }
  if (frame.height > top + 0.5) cell(table, "", frame.width, frame.height - top);
  return table + "</TABLE>";
}

class Planner {
 public:
  Planner(const Sheet& sheet, const Frames& frames)
      : sheet_(sheet),
        frames_(frames),
        context_(gvContext()),
        graph_(agopen(text("g"), Agdirected, nullptr)) {}

  Result<Layout, LayoutError> plan() {
    set_attributes();
    add_nodes();
    add_edges();
    if (gvLayout(context_.get(), graph_.get(), "dot") != 0)
      return LayoutError{"the Graphviz library has no layout 'dot' (package libgvc6)"};
    Layout layout = places();
    gvFreeLayout(context_.get(), graph_.get());
    return layout;
  }

 private:
  void set_attributes() {
    constexpr const char* of_graph[][2] = {{"rankdir", "LR"}, {"ranksep", "1.1"}, {"nodesep", "0.4"},
                                           {"dpi", "72"},     {"nslimit", "4"},   {"mclimit", "0.5"}};
    for (const auto& [name, value] : of_graph) agattr(graph_.get(), AGRAPH, text(name), text(value));
    agattr(graph_.get(), AGNODE, text("shape"), text("plain"));
    agattr(graph_.get(), AGNODE, text("label"), text(""));
    for (const char* name : {"tailport", "headport"}) agattr(graph_.get(), AGEDGE, text(name), text(""));
    agattr(graph_.get(), AGEDGE, text("arrowhead"), text("none"));
  }

  void add_nodes() {
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      nodes_.push_back(agnode(graph_.get(), fmt::format("n{}", i).data(), 1));
      char* label = agstrdup_html(graph_.get(), table_of(frames_[i]).data());
      agset(nodes_.back(), text("label"), label);
      agstrfree(graph_.get(), label);
    }
  }

  void add_edges() {
    for (const Arrow& arrow : sheet_.arrows) {
      edges_.push_back(agedge(graph_.get(), nodes_[arrow.from], nodes_[arrow.to], nullptr, 1));
      const std::string port = arrow.line == nothing ? "h:e" : fmt::format("l{}:e", arrow.line);
      agset(edges_.back(), text("tailport"), text(port.c_str()));
      agset(edges_.back(), text("headport"), text("h:w"));
    }
  }

  // Graphviz counts from the lower left corner.
  Layout places() const {
    const boxf bounds = GD_bb(graph_.get());
    Layout layout{.width = bounds.UR.x - bounds.LL.x, .height = bounds.UR.y - bounds.LL.y};
    const auto place = [&](double x, double y) { return Point{x - bounds.LL.x, bounds.UR.y - y}; };
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const pointf middle = ND_coord(nodes_[i]);
      const Point at = place(middle.x, middle.y);
      layout.boxes.push_back({at.x - frames_[i].width / 2, at.y - frames_[i].height / 2});
    }
    for (Agedge_t* edge : edges_) {
      auto& points = layout.arrows.emplace_back();
      const splines* curves = ED_spl(edge);
      if (curves == nullptr || curves->size == 0) continue;
      const bezier& curve = curves->list[0];
      for (decltype(curve.size) i = 0; i < curve.size; ++i)
        points.push_back(place(curve.list[i].x, curve.list[i].y));
    }
    return layout;
  }

  const Sheet& sheet_;
  const Frames& frames_;
  std::unique_ptr<GVC_t, Freed> context_;
  std::unique_ptr<Agraph_t, Freed> graph_;
  std::vector<Agnode_t*> nodes_;
  std::vector<Agedge_t*> edges_;
};

}  // namespace

Result<Layout, LayoutError> lay_out(const Sheet& sheet, const Frames& frames) {
  return Planner(sheet, frames).plan();
}

}  // namespace shunt::cli
