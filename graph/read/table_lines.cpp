// `stick-table` lines: their parameters, stored data types, and what excludes what.
#include "graph/read/table_lines.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/rows/families.hpp"
#include "graph/table_types.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using parser::Word;

// One item of a `store` list: "gpc_rate(2,10s)".
struct Item {
  std::string_view name = {}, arguments = {};
  bool has_arguments = false, closed = true;
  Word word = {};  // the item's part of the written word
};

// A part of a word, which messages can point at.
Word part_of(const Word& word, std::size_t begin, std::size_t end) {
  Word part = word;
  part.value = word.value.substr(begin, end - begin);
  part.span = word.slice(begin, std::max(end, begin + 1));
  if (part.origin.empty()) return part;
  part.origin = part.origin.subspan(begin, part.value.size());
  if (part.origin_ends != nullptr) part.origin_ends += begin;
  return part;
}

// The end of the item at `begin`: the next comma outside parentheses. HAProxy skips what stands between a
// closing parenthesis and that comma.
std::size_t item_end(std::string_view text, std::size_t begin) {
  bool inside = false;
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (text[at] == '(') inside = true;
    if (text[at] == ')') inside = false;
    if (text[at] == ',' && !inside) return at;
  }
  return text.size();
}

Item item_of(const Word& list, std::size_t begin, std::size_t end) {
  Item item;
  item.word = part_of(list, begin, end);
  const std::string_view text = item.word.value;
  const std::size_t open = text.find('(');
  item.name = text.substr(0, open);
  if (open == std::string_view::npos) return item;
  const std::size_t close = text.find(')', open);
  item.has_arguments = true;
  item.closed = close != std::string_view::npos;
  item.arguments = text.substr(open + 1, (item.closed ? close : text.size()) - open - 1);
  return item;
}

bool refuse(Reading& reading, const Item& item, std::string_view expected) {
  reading.report(codes::bad_argument, item.word.span,
                 fmt::format("'store {}' expects {}", item.name, expected));
  return false;
}

bool check_length(Reading& reading, const Item& item, std::string_view text) {
  const std::int64_t length = parser::leading_integer(text);
  return (length >= 1 && length <= 100) || refuse(reading, item, "a number of elements from 1 to 100");
}

bool check_period(Reading& reading, const Item& item, std::string_view text) {
  const auto begin = static_cast<std::size_t>(text.data() - item.word.value.data());
  return read_time(reading, part_of(item.word, begin, begin + text.size())).has_value();
}

// The arguments against the form that the row names: "array", "rate", both or none.
bool check_arguments(Reading& reading, const Item& item, std::string_view form) {
  if (form.empty()) return !item.has_arguments || refuse(reading, item, "no argument");
  if (!item.has_arguments) return refuse(reading, item, "its argument in parentheses");
  if (!item.closed) return refuse(reading, item, "')' behind its argument");
  std::string_view rest = item.arguments;
  if (form.starts_with("array")) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (!check_length(reading, item, rest.substr(0, comma))) return false;
    const bool more = comma != rest.size();
    if (form == "array") return !more || refuse(reading, item, "one argument");
    if (!more) return refuse(reading, item, "a number of elements and a period");
    rest.remove_prefix(comma + 1);
  }
  return check_period(reading, item, rest);
}

// The arguments were judged. "server_name" is an older name of "server_key".
void note_data(config::StickTable& table, const Item& item, std::string_view form) {
  const auto data =
      item.name == "server_name" ? fetchers::TableData::server_key : fetchers::table_data_named(item.name);
  if (!data) return;
  StoredData& stored = table.line.made.stored[static_cast<std::size_t>(*data)];
  stored.elements = 1;
  std::string_view rest = item.arguments;
  if (form.starts_with("array")) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    stored.elements = static_cast<std::uint8_t>(parser::leading_integer(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (!form.ends_with("rate")) return;
  if (const auto period = parser::parse_time(rest))
    stored.period = static_cast<std::uint32_t>(period.value().count());
}

void store_item(Reading& reading, const Item& item) {
  const Row* row = table_data_family.find(item.name);
  if (row == nullptr || !is_known(reading.state.language(), row->since)) {
    auto& found = reading.report(codes::bad_argument, item.word.span,
                                 fmt::format("'store' doesn't know the data type '{}'", item.name));
    if (const auto near = table_data_family.nearest(item.name, in::everywhere))
      found.notes.push_back({.message = fmt::format("did you mean '{}'?", *near)});
    return;
  }
  if (!check_arguments(reading, item, row->syntax) || reading.table == nullptr) return;
  auto& stored = reading.table->stored;
  const bool twice =
      std::ranges::any_of(stored, [&](const config::Text& each) { return each.value == item.name; });
  if (twice) {
    reading.report(codes::stored_twice, item.word.span,
                   fmt::format("the data type '{}' is already stored", item.name));
    return;
  }
  stored.push_back({std::string(item.name), item.word.span});
  note_data(*reading.table, item, row->syntax);
}

// An array replaces the single counters of older versions.
void check_exclusions(Reading& reading, const config::StickTable& table) {
  constexpr std::pair<std::string_view, std::string_view> exclusions[] = {
      {"gpc", "gpc0"}, {"gpc", "gpc1"}, {"gpc_rate", "gpc0_rate"}, {"gpc_rate", "gpc1_rate"}, {"gpt", "gpt0"},
  };
  const auto find = [&](std::string_view name) {
    return std::ranges::find(table.stored, name, &config::Text::value);
  };
  for (const auto& [array, single] : exclusions) {
    const auto one = find(array), other = find(single);
    if (one == table.stored.end() || other == table.stored.end()) continue;
    reading
        .report(codes::incompatible, other->span,
                fmt::format("a stick table can't store '{}' and '{}'", array, single))
        .notes.push_back({fmt::format("'{}' stands here", array), one->span});
  }
}

void check_whole(Reading& reading, const config::StickTable& table) {
  const auto missing = [&](std::string_view what) {
    reading.report(codes::missing_argument, reading.span(), fmt::format("'stick-table' lacks its {}", what));
  };
  if (!table.has_size) return missing("size");
  if (table.type.value.empty()) return missing("type");
  check_exclusions(reading, table);
}

void define_table(Reading& reading, const config::StickTable& table, bool sound) {
  const std::string& name = reading.proxy->name.value;
  auto& definitions = reading.state.config.definitions;
  const auto first = std::ranges::find_if(definitions, [&](const config::Definition& each) {
    return each.kind == config::Definition::Kind::table && each.name == name;
  });
  if (first != definitions.end() && reading.section != "peers") {
    reading
        .report(codes::duplicate_name, reading.keyword.span,
                fmt::format("there is already a stick table named '{}'", name))
        .notes.push_back({"first defined here", first->span});
    return;
  }
  definitions.push_back({config::Definition::Kind::table, name, reading.span(), table.type.value});
  if (!sound) return;
  config::StickTableLine line = table.line;
  line.made.name = name;
  line.made.span = reading.span();
  if (reading.section == "peers") line.made.peers = name.substr(0, name.find('/'));
  reading.state.config.tables.push_back(std::move(line));
}

// Behind `type`. A text is as long as `len` says.
void note_type(StickTable& table, std::span<const Word> words) {
  using fetchers::SampleType;
  const TableType* const found = find_table_type(words[0].value);
  if (found == nullptr) return;
  table.type = found->type;
  table.key_length = found->key_length;
  const bool has_length = table.type == SampleType::str || table.type == SampleType::bin;
  if (has_length && words.size() > 2)
    table.key_length = static_cast<std::uint32_t>(parser::leading_integer(words[2].value));
}

}  // namespace

void check_parameter(Reading&) {}

void read_table_expire(Reading& reading) {
  const auto time = parser::parse_time(reading.arguments[0].value);
  if (time && time.value().count() > 0) reading.table->line.made.expire = time.value();
}

// Only the usual unit is counted in.
void read_table_factor(Reading& reading) {
  if (parser::leading_integer(reading.arguments[0].value) == 1) return;
  reading.report(codes::unsupported, reading.span(),
                 "'brates-factor' above 1 is valid HAProxy that this build can't execute: byte rates are "
                 "counted in bytes");
}

void read_table_nopurge(Reading& reading) { reading.table->line.made.nopurge = true; }
void read_table_peers(Reading& reading) { reading.table->line.made.peers = reading.arguments[0].value; }
void read_table_recv_only(Reading& reading) { reading.table->line.made.recv_only = true; }
void read_table_server_key(Reading& reading) {
  reading.table->line.made.names_by_address = reading.arguments[0] == "addr";
}
void read_table_target(Reading& reading) { reading.table->line.write_to = reading.arguments[0].value; }

void read_table_type(Reading& reading) {
  const auto words = reading.arguments;
  if (reading.table != nullptr) reading.table->type = {std::string(words[0].value), words[0].span};
  if (reading.table != nullptr) note_type(reading.table->line.made, words);
  if (words.size() < 3 || parser::leading_integer(words[2].value) != 0) return;
  reading.report(codes::bad_number, words[2].span,
                 fmt::format("'len' expects a number of at least 1, not '{}'", words[2].value));
}

void read_table_size(Reading& reading) {
  const auto size = read_size(reading, reading.arguments[0]);
  if (reading.table != nullptr) {
    reading.table->has_size = true;
    reading.table->line.made.size = size.value_or(0);
  }
  if (!size || *size != 0) return;
  reading.report(codes::bad_number, reading.arguments[0].span, "a stick table needs at least one entry");
}

// HAProxy takes a bare `store`, and a comma at the end of the list.
void read_table_store(Reading& reading) {
  if (reading.arguments.empty()) return;
  const Word& list = reading.arguments[0];
  for (std::size_t begin = 0; begin < list.value.size();) {
    const std::size_t end = item_end(list.value, begin);
    store_item(reading, item_of(list, begin, end));
    begin = end + 1;
  }
}

void read_stick_table(Reading& reading) {
  config::StickTable table{.span = reading.span()};
  Reading inner = reading;
  inner.table = &table;
  const std::size_t before = reading.state.sink.count(parser::Severity::error);
  read_parameters(inner, stick_table_family, reading.arguments);
  const auto sound = [&] { return reading.state.sink.count(parser::Severity::error) == before; };
  if (sound()) check_whole(reading, table);
  if (reading.proxy != nullptr) define_table(reading, table, sound());
}

}  // namespace shunt::graph
