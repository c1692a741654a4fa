// Reads the graph proxy by proxy.
#include "analysis/drawing/model.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "analysis/drawing/hops.hpp"
#include "analysis/drawing/placing.hpp"
#include "analysis/drawing/sections.hpp"
#include "analysis/drawing/texts.hpp"
#include "graph/names.hpp"
#include "parser/joined.hpp"

namespace shunt::analysis::drawing {
namespace {

using graph::ActionKind;
using graph::Proxy;
using graph::ProxyId;

struct PartNames {
  std::string_view title, id;
};
constexpr PartNames part_names[part_count] = {{"tcp-request connection", "connection"},
                                              {"tcp-request session", "session"},
                                              {"tcp-request content", "content"},
                                              {"http-request", "http"},
                                              {"use_backend", "use_backend"},
                                              {"use-server", "use-server"},
                                              {"servers", "server"},
                                              {"tcp-response content", "response"}};

Outcome outcome_of(ActionKind kind) {
  switch (kind) {
    case ActionKind::accept: return Outcome::ends_list;
    case ActionKind::reject:
    case ActionKind::close:
    case ActionKind::silent_drop: return Outcome::closes;
    default: return Outcome::goes_on;
  }
}

class Builder {
 public:
  Builder(const graph::Graph& graph, const parser::SourceSet& sources, const Sections& sections)
      : graph_(graph), sources_(sources), sections_(sections), hops_(graph) {}

  Drawing build() && {
    out_.listeners.assign(graph_.listeners.size(), nothing);
    out_.frontends.assign(graph_.proxies.size(), nothing);
    out_.backends.assign(graph_.proxies.size(), nothing);
    for (const Proxy& proxy : graph_.proxies) add_nodes(proxy);
    for (const Proxy& proxy : graph_.proxies) {
      if (proxy.is_frontend) add_front(proxy);
      if (proxy.is_backend) add_back(proxy);
    }
    return std::move(out_);
  }

 private:
  std::uint32_t add(Node node) {
    if (node.span.known())
      node.place = fmt::format("{}:{}", sources_.name(node.span.file), sources_.locate(node.span).line);
    out_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(out_.nodes.size() - 1);
  }

  void add_nodes(const Proxy& proxy) {
    for (std::uint32_t i = 0; i < proxy.listener_count; ++i) add_bind(proxy, proxy.first_listener + i);
    if (proxy.is_frontend) out_.frontends[proxy.id] = add_proxy(proxy, Kind::frontend);
    if (proxy.is_backend) out_.backends[proxy.id] = add_proxy(proxy, Kind::backend);
  }

  void add_bind(const Proxy& proxy, graph::ListenerId id) {
    const graph::Listener& listener = graph_.listeners[id];
    out_.listeners[id] = add({.kind = Kind::bind,
                              .id = fmt::format("bind:{}/{}", proxy.name, listener.number),
                              .title = parser::to_string(listener.address),
                              .tags = tags_of(listener),
                              .facts = facts_of(listener, graph_),
                              .disabled = proxy.disabled,
                              .proxy = proxy.id,
                              .span = listener.span});
  }

  std::uint32_t add_proxy(const Proxy& proxy, Kind kind) {
    const bool front = kind == Kind::frontend;
    Node node{.kind = kind,
              .id = fmt::format("{}:{}", front ? "frontend" : "backend", proxy.name),
              .title = proxy.name,
              .facts = facts_of(proxy, front, graph_),
              .disabled = proxy.disabled,
              .proxy = proxy.id,
              .span = proxy.span};
    if (proxy.mode == graph::Mode::http) node.tags.emplace_back("http");
    if (front == proxy.is_frontend && proxy.request_rules != acl::no_rules && proxy.inspect_delay)
      node.tags.push_back(fmt::format("waits up to {}", text_of(*proxy.inspect_delay)));
    if (!front && proxy.server_count > 1) node.tags.emplace_back(graph::names::of(proxy.balance.kind));
    if (proxy.disabled) node.tags.emplace_back("disabled");
    return add(std::move(node));
  }

  void link(std::uint32_t from, std::uint32_t row, std::uint32_t to, Way way) {
    if (to != nothing) out_.edges.push_back({from, row, to, way});
  }

  // The row's place in its node.
  std::uint32_t add(std::uint32_t node, Row row) {
    Node& at = out_.nodes[node];
    if (row.written.empty() && row.span.known()) row.written = tail(row.span, 0);
    // The rows of a part come one after the other.
    const bool same = !at.rows.empty() && at.rows.back().part == row.part;
    number_ = same ? number_ + 1 : 1;
    if (row.id.empty()) row.id = fmt::format("{}/{}/{}", at.id, id_of(row.part), number_);
    at.rows.push_back(std::move(row));
    return static_cast<std::uint32_t>(at.rows.size() - 1);
  }

  // What follows the first words of the rule's line.
  std::string tail(parser::Span span, unsigned without) const {
    if (!span.known()) return {};
    const parser::Location at = sources_.locate(span);
    // Some spans begin behind the line's first word.
    span.begin -= at.column - 1;
    return written(sources_.text(span), without);
  }

  Row ruled(Part part, const acl::Rule& rule, unsigned without) const {
    Comparison comparison = comparison_of(graph_.program, rule.condition);
    return {.id = {},
            .part = part,
            .text = tail(rule.span, without),
            .subject = std::move(comparison.subject),
            .patterns = std::move(comparison.patterns),
            .span = rule.span};
  }

  void add_actions(std::uint32_t node, Part part, acl::RuleListId list) {
    if (list == acl::no_rules) return;
    for (const acl::Rule& rule : graph_.program.rules(list)) {
      const ActionKind kind = graph_.actions[rule.payload].kind;
      Row row = ruled(part, rule, 2);
      row.outcome = outcome_of(kind);
      if (!row.subject.empty()) row.subject = fmt::format("{} · {}", graph::names::of(kind), row.subject);
      add(node, std::move(row));
    }
  }

  void add_front(const Proxy& proxy) {
    const std::uint32_t node = out_.frontends[proxy.id];
    for (std::uint32_t i = 0; i < proxy.listener_count; ++i)
      link(out_.listeners[proxy.first_listener + i], nothing, node, Way::flow);
    add_actions(node, Part::connection, proxy.connection_rules);
    add_actions(node, Part::session, proxy.session_rules);
    add_actions(node, Part::content, proxy.request_rules);
    add_http_rules(node, proxy);
    if (proxy.switches != acl::no_rules)
      for (const acl::Rule& rule : graph_.program.rules(proxy.switches)) add_switch(node, rule);
    add_otherwise(node, proxy);
  }

  void add_http_rules(std::uint32_t node, const Proxy& proxy) {
    for (const parser::Span span : sections_.http_rules(proxy.span)) {
      const std::string text = tail(span, 1);
      const bool ends =
          text.starts_with("deny") || text.starts_with("silent-drop") || text.starts_with("reject");
      add(node, {.id = {},
                 .part = Part::http,
                 .text = text,
                 .outcome = ends ? Outcome::closes : Outcome::goes_on,
                 .span = span});
    }
  }

  void add_switch(std::uint32_t node, const acl::Rule& rule) {
    const graph::Switch& target = graph_.switches[rule.payload];
    Row row = ruled(Part::choice, rule, 2);
    row.outcome = Outcome::leads;
    if (row.text.empty()) row.text = "always";
    const bool computed = target.backend == graph::none;
    row.target = computed ? computed_name(rule.span) : graph_.proxies[target.backend].name;
    if (computed) row.subject.clear();
    const std::uint32_t at = add(node, std::move(row));
    if (!computed) return link(node, at, out_.backends[target.backend], Way::flow);
    for (const Proxy& each : graph_.proxies)
      if (each.is_backend && may_be(*target.name, each.name))
        link(node, at, out_.backends[each.id], Way::computed);
  }

  std::string computed_name(parser::Span span) const {
    const std::string without_name = tail(span, 2);
    std::string text = tail(span, 1);
    if (text.size() > without_name.size()) text.resize(text.size() - without_name.size());
    while (text.ends_with(' ')) text.pop_back();
    return text;
  }

  // As far as the written parts around the computed ones tell.
  static bool may_be(const fetchers::LogFormat& format, std::string_view name) {
    using Item = fetchers::LogFormat::Item;
    if (format.items.empty()) return false;
    const Item& first = format.items.front();
    const Item& last = format.items.back();
    return (first.kind != Item::Kind::text || name.starts_with(first.text)) &&
           (last.kind != Item::Kind::text || name.ends_with(last.text));
  }

  void add_otherwise(std::uint32_t node, const Proxy& proxy) {
    const ProxyId target = proxy.default_backend;
    const bool own = target == proxy.id;
    const bool leads = target != graph::none;
    const bool alone = out_.nodes[node].rows.empty() || out_.nodes[node].rows.back().part != Part::choice;
    if (own && alone) return link(node, nothing, out_.backends[target], Way::flow);
    const std::uint32_t at =
        add(node, {.id = fmt::format("frontend:{}/default_backend", proxy.name),
                   .part = Part::choice,
                   .text = alone ? "always" : "otherwise",
                   .target = leads ? graph_.proxies[target].name : "closed",
                   .written = leads && !own ? "default_backend " + graph_.proxies[target].name
                                            : "there is no default_backend",
                   .outcome = leads ? Outcome::leads : Outcome::closes});
    if (leads) link(node, at, out_.backends[target], Way::otherwise);
  }

  void add_back(const Proxy& proxy) {
    const std::uint32_t node = out_.backends[proxy.id];
    if (!proxy.is_frontend) {
      add_actions(node, Part::content, proxy.request_rules);
      add_http_rules(node, proxy);
    }
    add_server_choices(node, proxy);
    for (std::uint32_t i = 0; i < proxy.server_count; ++i)
      add_server(node, graph_.servers[proxy.first_server + i]);
    add_actions(node, Part::response, proxy.response_rules);
  }

  void add_server_choices(std::uint32_t node, const Proxy& proxy) {
    if (proxy.server_rules == acl::no_rules) return;
    for (const acl::Rule& rule : graph_.program.rules(proxy.server_rules)) {
      const graph::ServerRule& target = graph_.server_rules[rule.payload];
      Row row = ruled(Part::server_choice, rule, 2);
      row.target =
          target.server == graph::none ? computed_name(rule.span) : graph_.servers[target.server].name;
      add(node, std::move(row));
    }
  }

  void add_server(std::uint32_t node, const graph::Server& server) {
    std::vector<std::string> tags = tags_of(server);
    const std::string address = parser::to_string(server.address);
    const std::uint32_t at = add(node, {.id = fmt::format("{}/server/{}", out_.nodes[node].id, server.name),
                                        .part = Part::servers,
                                        .text = fmt::format("{}  {}", server.name, address),
                                        .target = joined(tags, " · "),
                                        .subject = joined(tags, " "),
                                        .patterns = address,
                                        .outcome = Outcome::leads,
                                        .span = server.span});
    const Hop hop = hops_.of(server);
    if (hop.listener != graph::none) link(node, at, out_.listeners[hop.listener], hop.way);
  }

  const graph::Graph& graph_;
  const parser::SourceSet& sources_;
  const Sections& sections_;
  Hops hops_;
  std::size_t number_ = 0;  // of the last row within its part
  Drawing out_;
};

std::string title_from(const std::vector<std::string>& sources) {
  std::string title;
  for (const std::string& name : sources)
    title += fmt::format("{}{}", title.empty() ? "" : ", ", std::filesystem::path(name).filename().string());
  return title;
}

}  // namespace

std::string_view title_of(Part part) { return part_names[static_cast<std::size_t>(part)].title; }
std::string_view id_of(Part part) { return part_names[static_cast<std::size_t>(part)].id; }

Drawing draw(const graph::Graph& graph, const parser::SourceSet& sources,
             std::span<const parser::Diagnostic> findings) {
  const Sections sections(sources);
  Drawing drawing = Builder(graph, sources, sections).build();
  drawing.title = title_from(graph.source_names);
  place(drawing, findings, sources, sections);
  return drawing;
}

std::uint32_t row_at(const Node& node, Part part, std::uint32_t n) {
  for (std::uint32_t i = 0; i < node.rows.size(); ++i)
    if (node.rows[i].part == part && n-- == 0) return i;
  return nothing;
}

}  // namespace shunt::analysis::drawing
