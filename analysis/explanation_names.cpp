// What endings, places, servers and binds are called.
#include <fmt/core.h>

#include <array>

#include "analysis/explanation_text.hpp"

namespace shunt::analysis {
namespace {

constexpr std::array<std::string_view, ending_count> endings = {
    "served",        "rejected",    "no-backend", "no-server", "bad-header",
    "bad-handshake", "client-gone", "never",      "http",      "loops"};
// For people; {} is the reason.
constexpr std::array<std::string_view, ending_count> sentences = {
    "",
    "rejected",
    "closed: no backend is named",
    "closed: the backend has no usable server",
    "closed: no usable PROXY header",
    "closed: no TLS handshake",
    "closed: the client was gone or silent for too long",
    "waits for ever: nothing limits the time",
    "decided by HTTP requests, which is not foretold here",
    "goes round in circles through binds of this file"};
constexpr std::array<std::string_view, 4> selections = {"certain", "named", "hashed", "open"};
constexpr std::array<std::string_view, 6> lists = {
    "tcp-request connection", "tcp-request session", "tcp-request content",
    "tcp-request content",    "use_backend",         "use-server"};

std::string servers_text(const Visit& visit, const graph::Graph& graph) {
  if (visit.candidates.empty()) return {};
  std::string text = visit.candidates.size() == 1 ? ", server " : ", one of the servers ";
  constexpr std::size_t most = 8;
  for (std::size_t i = 0; i < visit.candidates.size() && i < most; ++i)
    text += fmt::format("{}'{}'", i == 0 ? "" : ", ", graph.servers[visit.candidates[i]].name);
  if (visit.candidates.size() > most) text += fmt::format(" and {} more", visit.candidates.size() - most);
  return text;
}

}  // namespace

std::string_view name_of(Ending ending) { return endings[static_cast<std::size_t>(ending)]; }
std::string_view name_of(Selection selection) { return selections[static_cast<std::size_t>(selection)]; }
std::string_view name_of(ListKind list) { return lists[static_cast<std::size_t>(list)]; }

std::string place_of(parser::Span span, const parser::SourceSet& sources) {
  if (!span.known()) return {};
  return fmt::format("{}:{}", sources.name(span.file), sources.locate(span).line);
}

std::string line_of(parser::Span span, const parser::SourceSet& sources) {
  if (!span.known()) return {};
  std::string_view line = sources.line(span.file, sources.locate(span).line);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return std::string(line);
}

std::string text_of(Offset time) {
  const auto micro = time.count();
  if (micro % 1'000'000 == 0 && micro != 0) return fmt::format("{} s", micro / 1'000'000);
  if (micro % 1'000 == 0) return fmt::format("{} ms", micro / 1'000);
  return fmt::format("{:.3f} ms", static_cast<double>(micro) / 1000.0);
}

std::string server_name(const graph::Graph& graph, graph::ServerId server) {
  const graph::Server& found = graph.servers[server];
  return fmt::format("{}/{}", graph.proxies[found.backend].name, found.name);
}

std::string bind_name(const graph::Graph& graph, graph::ListenerId listener) {
  const graph::Listener& found = graph.listeners[listener];
  return fmt::format("bind {} of '{}'", parser::to_string(found.address), graph.proxies[found.frontend].name);
}

std::string summary_of(const Fate& fate, const ExplanationNames& names) {
  if (fate.ending == Ending::served) {
    const Visit& last = fate.visits.back();
    return fmt::format("backend '{}'{}", names.graph.proxies[last.backend].name,
                       servers_text(last, names.graph));
  }
  std::string text(sentences[static_cast<std::size_t>(fate.ending)]);
  if (fate.by.known()) text += fmt::format(" by the rule at {}", place_of(fate.by, names.sources));
  if (!fate.text.empty()) text += fmt::format(" ({})", fate.text);
  if (fate.ending == Ending::http)
    text +=
        fmt::format(" (frontend '{}')",
                    names.graph.proxies[names.graph.listeners[fate.visits.back().listener].frontend].name);
  if (fate.ending == Ending::no_server)
    text += fmt::format(" (backend '{}')", names.graph.proxies[fate.visits.back().backend].name);
  return text;
}

}  // namespace shunt::analysis
