// Reading and writing messages.
#include "runtime/peers/peer_messages.hpp"

#include <array>

#include "runtime/peers/peer_bytes.hpp"

namespace shunt::runtime {
namespace {

using fetchers::SampleType;
using fetchers::TableCell;
using fetchers::TableData;

constexpr std::uint8_t first_with_data = 128;

std::uint32_t number_of(SampleType type) {
  switch (type) {
    case SampleType::sint: return 2;
    case SampleType::ipv4: return 4;
    case SampleType::ipv6: return 5;
    case SampleType::str: return 6;
    default: return 7;
  }
}

bool is_array(TableData data) {
  return data == TableData::gpt || data == TableData::gpc || data == TableData::gpc_rate;
}
bool is_rate(TableData data) { return fetchers::row_of(data).cell == TableCell::rate; }

// "PEERS/TABLE" is known to the others without the section's name.
std::string wire_name(const std::string& name) {
  const std::size_t slash = name.find('/');
  return slash == std::string::npos ? name : name.substr(slash);
}

}  // namespace

void append_message(std::string& out, PeerMessage kind) {
  const auto number = static_cast<std::uint16_t>(kind);
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number & 0xff);
}

void append_message(std::string& out, PeerMessage kind, std::string_view data) {
  append_message(out, kind);
  append_integer(out, data.size());
  out += data;
}

PeerReader::Status PeerReader::next(PeerMessage& kind, std::string_view& data) {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  const auto incomplete = [this] {
    buffer_.erase(0, at_);
    at_ = 0;
    return Status::incomplete;
  };
  if (rest.size() < 2) return incomplete();
  const auto type = static_cast<std::uint8_t>(rest[1]);
  kind = static_cast<PeerMessage>(static_cast<std::uint8_t>(rest[0]) << 8 | type);
  data = {};
  if (type < first_with_data) {
    at_ += 2;
    return Status::message;
  }
  PeerBytes bytes(rest.substr(2));
  const std::uint64_t length = bytes.integer();
  constexpr std::size_t longest_length = 5;  // bytes of an integer of 32 bits
  if (bytes.broken()) return rest.size() >= longest_length + 2 ? Status::malformed : incomplete();
  if (length > largest) return Status::too_large;
  data = bytes.take(length);
  if (bytes.broken()) return incomplete();
  at_ += rest.size() - bytes.rest().size();
  return Status::message;
}

PeerDefinition definition_of(const graph::StickTable& table, std::uint32_t number) {
  PeerDefinition made{.number = number,
                      .name = wire_name(table.name),
                      .type = number_of(table.type),
                      .key_size = table.key_length + (table.type == SampleType::str ? 1 : 0),
                      .expire = table.expire ? static_cast<std::uint64_t>(table.expire->count()) : 0};
  for (const fetchers::TableDataRow& row : fetchers::table_data_rows)
    if (table.stores(row.data))
      made.columns.push_back({row.data, table.stored[static_cast<std::size_t>(row.data)]});
  return made;
}

std::string definition_bytes(const PeerDefinition& definition) {
  std::string data;
  append_integer(data, definition.number);
  append_integer(data, definition.name.size());
  data += definition.name;
  append_integer(data, definition.type);
  append_integer(data, definition.key_size);
  std::uint64_t types = 0;
  for (const PeerColumn& column : definition.columns)
    types |= std::uint64_t{1} << static_cast<unsigned>(column.data);
  append_integer(data, types);
  append_integer(data, definition.expire);
  for (const auto& [type, stored] : definition.columns) {
    if (!is_array(type) && !is_rate(type)) continue;
    append_integer(data, static_cast<std::uint64_t>(type));
    if (is_array(type)) append_integer(data, stored.elements);
    if (is_rate(type)) append_integer(data, stored.period);
  }
  return data;
}

// Values of types that only later versions know stand behind those that we know.
std::optional<PeerDefinition> parse_definition(std::string_view data) {
  PeerBytes bytes(data);
  PeerDefinition made;
  made.number = static_cast<std::uint32_t>(bytes.integer());
  made.name = bytes.take(bytes.integer());
  made.type = static_cast<std::uint32_t>(bytes.integer());
  made.key_size = static_cast<std::uint32_t>(bytes.integer());
  const std::uint64_t types = bytes.integer();
  if (bytes.broken()) return std::nullopt;
  for (const fetchers::TableDataRow& row : fetchers::table_data_rows)
    if ((types >> static_cast<unsigned>(row.data) & 1) != 0)
      made.columns.push_back({.data = row.data, .stored = {.elements = 1}});
  if (!bytes.rest().empty()) made.expire = bytes.integer();  // not in version 2.0
  for (PeerColumn& column : made.columns) {
    if (!is_array(column.data) && !is_rate(column.data)) continue;
    if (bytes.integer() != static_cast<std::uint64_t>(column.data)) made.understood = false;
    if (is_array(column.data)) column.stored.elements = static_cast<std::uint8_t>(bytes.integer());
    if (is_rate(column.data)) column.stored.period = static_cast<std::uint32_t>(bytes.integer());
  }
  made.understood = made.understood && !bytes.broken();
  return made;
}

}  // namespace shunt::runtime
