// Finds what an explanation names by the ids of nodes and rows.
#include "analysis/drawing/light.hpp"

#include <fmt/core.h>

#include <unordered_map>

namespace shunt::analysis::drawing {
namespace {

struct ListPlace {
  Part part;
  bool front;
};
// By ListKind.
constexpr ListPlace places[] = {{Part::connection, true}, {Part::session, true},
                                {Part::content, true},    {Part::content, false},
                                {Part::choice, true},     {Part::server_choice, false}};

class Lamp {
 public:
  Lamp(const graph::Graph& graph, const Drawing& drawing) : graph_(graph), drawing_(drawing) {
    for (std::uint32_t node = 0; node < drawing.nodes.size(); ++node) {
      const auto& rows = drawing.nodes[node].rows;
      for (std::uint32_t row = 0; row < rows.size(); ++row)
        rows_.emplace(rows[row].id, Light::Spot{node, row});
    }
  }

  void visit(const Visit& visit) {
    const graph::ProxyId front = graph_.listeners[visit.listener].frontend;
    light_.add(drawing_.listeners[visit.listener], nothing, Glow::taken);
    light_.add(drawing_.frontends[front], nothing, Glow::taken);
    if (visit.backend == graph::none) return;
    light_.add(drawing_.backends[visit.backend], nothing, Glow::taken);
    if (!visit.backend_rule.known())
      row(fmt::format("frontend:{}/default_backend", graph_.proxies[front].name), Glow::taken);
    for (const graph::ServerId id : visit.candidates)
      row(fmt::format("backend:{}/server/{}", graph_.proxies[visit.backend].name, graph_.servers[id].name),
          Glow::taken);
  }

  void rules(const Moment& moment, const Visit& visit) {
    const auto [part, front] = places[static_cast<std::size_t>(moment.list)];
    if (!front && visit.backend == graph::none) return;
    const graph::ProxyId proxy = front ? graph_.listeners[visit.listener].frontend : visit.backend;
    for (const RuleSeen& seen : moment.rules) {
      if (seen.truth == acl::Truth::unknown) continue;
      row(fmt::format("{}:{}/{}/{}", front ? "frontend" : "backend", graph_.proxies[proxy].name, id_of(part),
                      seen.index + 1),
          seen.truth == acl::Truth::yes ? Glow::taken : Glow::passed);
    }
  }

  Light take() && { return std::move(light_); }

 private:
  void row(const std::string& id, Glow glow) {
    const auto found = rows_.find(id);
    if (found != rows_.end()) light_.add(found->second.node, found->second.row, glow);
  }

  const graph::Graph& graph_;
  const Drawing& drawing_;
  std::unordered_map<std::string_view, Light::Spot> rows_;
  Light light_;
};

}  // namespace

Light light_of(const Explanation& explanation, const ExplanationNames& names, const Drawing& drawing) {
  Lamp lamp(names.graph, drawing);
  for (const Visit& visit : explanation.fate.visits) lamp.visit(visit);
  for (const Moment& moment : explanation.timeline)
    if (moment.kind == MomentKind::rules && moment.visit < explanation.fate.visits.size())
      lamp.rules(moment, explanation.fate.visits[moment.visit]);
  Light light = std::move(lamp).take();
  light.title = summary_of(explanation.fate, names);
  light.story = text_form(explanation, names);
  return light;
}

}  // namespace shunt::analysis::drawing
