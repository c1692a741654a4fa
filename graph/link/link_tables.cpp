// Stick tables get their ids; rules that name one find it.
#include <fmt/core.h>

#include <algorithm>

#include "graph/link/linking.hpp"

namespace shunt::graph {

using fetchers::Place;
using fetchers::TableData;

// The first of a name counts; that there are others was reported.
void link_tables(Linking& linking) {
  for (const config::StickTableLine& line : linking.config.tables) {
    const auto id = static_cast<TableId>(linking.tables.size());
    if (!linking.tables_by_name.try_emplace(line.made.name, id).second) continue;
    linking.tables.push_back(line.made);
    linking.tables.back().id = id;
  }
  for (const config::StickTableLine& line : linking.config.tables) {
    const TableId source = table_named(linking, line.made.name);
    linking.tables[source].write_to = table_named(linking, line.write_to);
  }
}

TableId table_named(const Linking& linking, const std::string& name) {
  const auto found = linking.tables_by_name.find(name);
  return found == linking.tables_by_name.end() ? none : found->second;
}

// Who sticks to servers has a place for them, whether the line says so or not.
std::optional<StickRule> link_stick_rule(Linking& linking, const config::StickRuleLine& rule) {
  const TableId table = table_named(linking, rule.table);
  parser::DiagnosticSink unheard;  // uses of expressions are judged elsewhere
  const Place place = rule.response ? Place::be_tcp_response : Place::be_set_server;
  const auto key = linking.program.expressions().compile(*rule.key, place, unheard);
  if (table == none || !key) return std::nullopt;
  for (const TableData data : {TableData::server_id, TableData::server_key})
    linking.tables[table].stored[static_cast<std::size_t>(data)].elements = 1;
  return StickRule{.match = rule.match, .store = rule.store, .key = *key, .table = table};
}

}  // namespace shunt::graph
