// What a drawing of a routing graph is made of, before anything is folded: binds, frontends and backends with
// their rules and servers as rows, and the ways between them.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"
#include "parser/diagnostic.hpp"

namespace shunt::analysis::drawing {

inline constexpr std::uint32_t nothing = 0xffffffff;

enum class Kind : std::uint8_t { bind, frontend, backend };

// The groups of rows of a node, in the order in which a connection meets them.
enum class Part : std::uint8_t {
  connection,
  session,
  content,
  http,
  choice,         // use_backend and default_backend
  server_choice,  // use-server
  servers,
  response
};
inline constexpr std::size_t part_count = 8;
[[nodiscard]] std::string_view title_of(Part part);
[[nodiscard]] std::string_view id_of(Part part);

// What becomes of a connection that a row applies to.
enum class Outcome : std::uint8_t { goes_on, ends_list, leads, closes };

// A rule, a server.
struct Row {
  std::string id;  // "frontend:web/use_backend/3": the same as long as the file is
  Part part = Part::content;
  std::string text;           // what is shown: "if tls_hello"
  std::string target = {};    // where it leads, by name
  std::string subject = {};   // what rows that are alike have in common: "req.ssl_sni -i"; empty: nothing
  std::string patterns = {};  // with a subject: what is compared
  std::string written = {};   // the whole line as it is in the file
  Outcome outcome = Outcome::goes_on;
  parser::Span span = {};
  std::vector<std::uint32_t> findings = {};  // indices into Drawing::findings
};

struct Fact {
  std::string name, value;
};

struct Node {
  Kind kind = Kind::bind;
  std::string id;  // "bind:web/1", "frontend:web", "backend:web"
  std::string title;
  std::vector<std::string> tags = {};  // "TLS", "waits up to 5 s": what is shown beside the title
  std::vector<Fact> facts = {};        // what is told on request
  std::vector<Row> rows = {};          // in the order of Part
  std::string place = {};              // "web.cfg:12"
  bool disabled = false;
  graph::ProxyId proxy = graph::none;
  parser::Span span = {};
  std::vector<std::uint32_t> findings = {};  // of the node itself
};

enum class Way : std::uint8_t {
  flow,       // a bind to its frontend, a rule to its backend
  otherwise,  // default_backend
  computed,   // a backend whose name is computed: one that it may be
  memory,     // a server that is one of our abns@ or unix@ binds
  socket      // a server that is one of our TCP binds
};

struct Edge {
  std::uint32_t from = 0;
  std::uint32_t row = nothing;  // of `from`; nothing: the node itself
  std::uint32_t to = 0;
  Way way = Way::flow;
};

// A finding as it is shown.
struct Shown {
  parser::Severity severity = parser::Severity::notice;
  std::string code, message, remedy, place;
  std::uint32_t node = nothing, row = nothing;  // nothing: it is about the file
};

struct Drawing {
  std::string title;  // the names of the files
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::vector<Shown> findings = {};
  // Where things of the graph are drawn.
  std::vector<std::uint32_t> listeners = {};                 // by ListenerId
  std::vector<std::uint32_t> frontends = {}, backends = {};  // by ProxyId; nothing: it is none
};

// `findings` are shown where they belong; their spans are of `sources`, too.
[[nodiscard]] Drawing draw(const graph::Graph& graph, const parser::SourceSet& sources,
                           std::span<const parser::Diagnostic> findings);

// Only what connections on their way to or from the proxies of these names can meet. False: `unknown` is
// none.
struct OnlyError {
  std::string unknown, nearest;
};
[[nodiscard]] Result<Drawing, OnlyError> only(const Drawing& drawing, std::span<const std::string> names);

// The n-th row (from 0) of a part; nothing if there is none.
[[nodiscard]] std::uint32_t row_at(const Node& node, Part part, std::uint32_t n);

}  // namespace shunt::analysis::drawing
