// Stick rules: servers that tables know for a key, and what tables learn from connections.
#include <fmt/core.h>

#include <algorithm>

#include "route/session.hpp"
#include "route/table_clock.hpp"
#include "route/table_use.hpp"
#include "route/target.hpp"

namespace shunt::route {

using fetchers::TableData;

namespace {

// What a table calls a server: its name, or where it is now.
std::string name_of(const Facilities& known, const graph::StickTable& table, const graph::Server& server) {
  if (!table.names_by_address) return server.name;
  const fetchers::Endpoint at = address_of(*known.graph, server, known.state->server(server.id));
  if (at.family == fetchers::Family::none) return server.name;
  const bool six = at.family == fetchers::Family::ipv6;
  return fmt::format("{}{}{}:{}", six ? "[" : "", fetchers::to_string(at), six ? "]" : "", at.port);
}

bool learns(const TableUse* use, graph::TableId table) {
  return use != nullptr && std::ranges::any_of(use->lessons, [table](const TableUse::Lesson& lesson) {
           return lesson.table == table;
         });
}

}  // namespace

bool Session::stick_key(const graph::StickRule& rule, fetchers::Context& rules_context,
                        std::string_view& key) const {
  fetchers::Sample sample;
  const graph::Graph& graph = *facilities_->graph;
  return graph.program.expressions().evaluate(rule.key, rules_context, sample).found &&
         make_table_key(graph.tables[rule.table], sample, *rules_context.scratch, key);
}

// The rules in their order: the first entry that names a server which can be reached decides, unless one is
// named already. What is to be learned is noted on the way; a rule that stores is left out where its table
// learns already, and `stick on` looks nothing up there then [seen].
graph::ServerId Session::server_by_tables(graph::ServerId named, fetchers::Context& rules_context) {
  const graph::Graph& graph = *facilities_->graph;
  const acl::RuleListId list = backend()->stick_rules;
  if (list == acl::no_rules) return named;
  graph::ServerId chosen = named;
  for (std::uint32_t from = 0;;) {
    const acl::ListStep found = graph.program.next(list, from, rules_context);
    if (found.kind != acl::ListStep::Kind::apply) return chosen;
    from = found.rule + 1;
    const graph::StickRule& rule = graph.stick_rules[graph.program.rules(list)[found.rule].payload];
    std::string_view key;
    if (rule.store ? learns(table_use_.get(), rule.table) : chosen != graph::none) continue;
    if (!stick_key(rule, rules_context, key)) continue;
    if (rule.match && chosen == graph::none) chosen = server_known_to(rule.table, key, facilities_->now);
    if (rule.store) add_lesson(rule.table, key);
  }
}

// By its name, else by its number.
graph::ServerId Session::server_known_to(graph::TableId id, std::string_view key, Time at) {
  const graph::Graph& graph = *facilities_->graph;
  StickTable& table = facilities_->state->table(id);
  std::uint64_t number = 0, name = 0;
  if (StickTable::Access entry = table.find(key, table_time(at))) {
    number = entry.read(TableData::server_id);
    name = entry.read(TableData::server_key);
    entry.touch();
  }
  const std::string wanted = table.names().name(static_cast<std::uint32_t>(name));
  const std::span servers(graph.servers.data() + backend()->first_server, backend()->server_count);
  auto found = std::ranges::find_if(servers, [&](const graph::Server& server) {
    return !wanted.empty() && name_of(*facilities_, graph.tables[id], server) == wanted;
  });
  if (found == servers.end())
    found = std::ranges::find_if(
        servers, [&](const graph::Server& server) { return number != 0 && server.number == number; });
  return found != servers.end() && reachable(found->id) ? found->id : graph::none;
}

// The first key for each table.
void Session::add_lesson(graph::TableId table, std::string_view key) {
  auto& lessons = table_use().lessons;
  if (!learns(table_use_.get(), table) && lessons.size() < TableUse::most_lessons)
    lessons.push_back({table, std::string(key)});
}

void Session::teach(Time at) {
  if (!table_use_ || table_use_->lessons.empty()) return;
  const graph::Graph& graph = *facilities_->graph;
  const auto lessons = std::exchange(table_use_->lessons, {});
  if (server()->non_stick) return;
  for (const TableUse::Lesson& lesson : lessons) {
    StickTable& table = facilities_->state->table(lesson.table);
    const std::uint32_t name =
        table.names().number(name_of(*facilities_, graph.tables[lesson.table], *server()));
    StickTable::Access entry = table.find_or_make(lesson.key, table_time(at));
    if (!entry) continue;
    entry.set(TableData::server_id, server()->number);
    entry.set(TableData::server_key, name);
    entry.touch();
  }
}

// Behind the rules on the server's bytes, which may close the connection first; without such rules there are
// no bytes yet. What the client's side noted is learned now, too: one key for each table, apart from the
// response's.
void Session::learn_from_response(const Event& event) {
  teach(event.at);
  const graph::Graph& graph = *facilities_->graph;
  const acl::RuleListId list = backend()->stick_response_rules;
  if (list == acl::no_rules) return;
  fetchers::Context rules_context = context({}, true, event.at);
  rules_context.response = event.response;
  for (std::uint32_t from = 0;;) {
    const acl::ListStep found = graph.program.next(list, from, rules_context);
    if (found.kind != acl::ListStep::Kind::apply) break;
    from = found.rule + 1;
    const graph::StickRule& rule = graph.stick_rules[graph.program.rules(list)[found.rule].payload];
    std::string_view key;
    if (stick_key(rule, rules_context, key)) add_lesson(rule.table, key);
  }
  teach(event.at);
}

}  // namespace shunt::route
