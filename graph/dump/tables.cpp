// Stick tables and stick rules as lines of the language.
#include <algorithm>

#include "graph/dump/lines.hpp"
#include "graph/table_types.hpp"

namespace shunt::graph::config {
namespace {

std::string type_text(const graph::StickTable& table) {
  const TableType& type = table_type(table.type);
  return table.key_length == type.key_length ? std::string(type.name)
                                             : fmt::format("{} len {}", type.name, table.key_length);
}

std::string stored_text(const graph::StickTable& table) {
  std::string text;
  for (const fetchers::TableDataRow& row : fetchers::table_data_rows) {
    const StoredData& stored = table.stored[static_cast<std::size_t>(row.data)];
    if (stored.elements == 0) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ",", row.name);
    std::string arguments;
    if (!row.element.empty()) arguments = fmt::format("{}", stored.elements);
    if (row.cell == fetchers::TableCell::rate)
      arguments += fmt::format("{}{}", arguments.empty() ? "" : ",", written(Milliseconds(stored.period)));
    if (!arguments.empty()) text += fmt::format("({})", arguments);
  }
  return text;
}

}  // namespace

std::string table_parameters(const StickTableLine& line) {
  const graph::StickTable& table = line.made;
  std::string text = fmt::format("type {} size {}", type_text(table), table.size);
  if (table.expire) text += fmt::format(" expire {}", written(*table.expire));
  if (table.nopurge) text += " nopurge";
  if (table.recv_only) text += " recv-only";
  if (table.names_by_address) text += " srvkey addr";
  if (!table.peers.empty()) text += fmt::format(" peers {}", quoted(table.peers));
  if (!line.write_to.empty()) text += fmt::format(" write-to {}", quoted(line.write_to));
  if (const std::string stored = stored_text(table); !stored.empty())
    text += fmt::format(" store {}", stored);
  return text;
}

void write_own_table(std::string& text, const Config& config, const Proxy& proxy) {
  const auto own = std::ranges::find_if(config.tables, [&](const StickTableLine& line) {
    return line.made.name == proxy.name.value && !proxy.name.value.empty();
  });
  if (own != config.tables.end() && proxy.kind != ProxyKind::defaults)
    text += fmt::format("    stick-table {}\n", table_parameters(*own));
}

void write_stick_rules(std::string& text, const parser::SourceSet& sources, const Proxy& proxy) {
  for (const StickRuleLine& rule : proxy.stick_rules) {
    const std::string_view kind = rule.match      ? (rule.store ? "on" : "match")
                                  : rule.response ? "store-response"
                                                  : "store-request";
    text += fmt::format("    stick {} {} table {}", kind, sources.text(rule.key->span), quoted(rule.table));
    if (rule.condition) text += fmt::format(" {}", sources.text(rule.condition->span));
    text += '\n';
  }
}

}  // namespace shunt::graph::config
