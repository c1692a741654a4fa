// Fields of MQTT packets, one after the other; each check is one of the specification.
#include "fetchers/wire/mqtt.hpp"

#include <algorithm>
#include <array>

#include "fetchers/wire/byte_cursor.hpp"

namespace shunt::fetchers::wire {
namespace {

enum Where : unsigned { in_connect = 1, in_will = 2, in_connack = 4 };

// What the value of a property may be.
enum class Limit : std::uint8_t { none, truth, not_zero, not_empty };

struct PropertyRow {
  unsigned identifier;
  MqttValue kind;
  unsigned places;  // bits of Where
  Limit limit = Limit::none;
};
constexpr std::array property_rows = {
    PropertyRow{1, MqttValue::byte, in_will, Limit::truth},
    PropertyRow{2, MqttValue::four_bytes, in_will},
    PropertyRow{3, MqttValue::text, in_will},
    PropertyRow{8, MqttValue::text, in_will},
    PropertyRow{9, MqttValue::text, in_will},
    PropertyRow{17, MqttValue::four_bytes, in_connect | in_connack},
    PropertyRow{18, MqttValue::text, in_connack, Limit::not_empty},
    PropertyRow{19, MqttValue::two_bytes, in_connack},
    PropertyRow{21, MqttValue::text, in_connect | in_connack},
    PropertyRow{22, MqttValue::text, in_connect | in_connack},
    PropertyRow{23, MqttValue::byte, in_connect, Limit::truth},
    PropertyRow{24, MqttValue::four_bytes, in_will},
    PropertyRow{25, MqttValue::byte, in_connect, Limit::truth},
    PropertyRow{26, MqttValue::text, in_connack},
    PropertyRow{28, MqttValue::text, in_connack},
    PropertyRow{31, MqttValue::text, in_connack},
    PropertyRow{33, MqttValue::two_bytes, in_connect | in_connack, Limit::not_zero},
    PropertyRow{34, MqttValue::two_bytes, in_connect | in_connack},
    PropertyRow{36, MqttValue::byte, in_connack, Limit::truth},
    PropertyRow{37, MqttValue::byte, in_connack, Limit::truth},
    PropertyRow{38, MqttValue::pair, in_connect | in_will | in_connack},
    PropertyRow{39, MqttValue::four_bytes, in_connect | in_connack, Limit::not_zero},
    PropertyRow{40, MqttValue::byte, in_connack, Limit::truth},
    PropertyRow{41, MqttValue::byte, in_connack, Limit::truth},
    PropertyRow{42, MqttValue::byte, in_connack, Limit::truth},
};

// Up to four groups of seven bits, the lowest first. nullopt: more than four, or the bytes end.
std::optional<std::uint32_t> varint(ByteCursor& cursor) {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    const std::uint32_t byte = cursor.number(1);
    if (cursor.bad()) return std::nullopt;
    value |= (byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

MqttProperty read_property(ByteCursor& cursor, MqttValue kind) {
  MqttProperty made{.kind = kind};
  switch (kind) {
    case MqttValue::byte: made.number = cursor.number(1); break;
    case MqttValue::two_bytes: made.number = cursor.number(2); break;
    case MqttValue::four_bytes: made.number = cursor.number(4); break;
    case MqttValue::varint: made.number = varint(cursor).value_or(0); break;
    case MqttValue::text: made.text = cursor.prefixed(2); break;
    case MqttValue::pair:
      made.text = cursor.prefixed(2);
      (void)cursor.prefixed(2);
      break;
  }
  return made;
}

const PropertyRow* find_row(unsigned identifier) {
  const auto* row = std::ranges::find(property_rows, identifier, &PropertyRow::identifier);
  return row == property_rows.end() ? nullptr : row;
}

bool is_within(const MqttProperty& property, Limit limit) {
  switch (limit) {
    case Limit::truth: return property.number <= 1;
    case Limit::not_zero: return property.number != 0;
    case Limit::not_empty: return !property.text.empty();
    case Limit::none: break;
  }
  return true;
}

constexpr std::uint64_t bit_of(unsigned identifier) { return std::uint64_t{1} << identifier; }

// Each may stand once, pairs more often. `found`: all of them are good; `absent`: one is not; `incomplete`:
// one is of no kind that is known there.
ReadState judge_properties(std::string_view bytes, Where where) {
  constexpr unsigned method = 21, data = 22;
  std::uint64_t seen = 0;
  for (ByteCursor cursor(bytes); !cursor.at_end();) {
    const PropertyRow* row = find_row(cursor.number(1));
    if (row == nullptr || (row->places & where) == 0) return ReadState::incomplete;
    if ((seen & bit_of(row->identifier)) != 0 && row->kind != MqttValue::pair) return ReadState::absent;
    seen |= bit_of(row->identifier);
    const MqttProperty property = read_property(cursor, row->kind);
    if (cursor.bad() || !is_within(property, row->limit)) return ReadState::absent;
  }
  const bool lonely = where == in_connect && (seen & bit_of(data)) != 0 && (seen & bit_of(method)) == 0;
  return lonely ? ReadState::absent : ReadState::found;
}

ReadState take_properties(ByteCursor& cursor, Where where, std::string_view& out) {
  const auto size = varint(cursor);
  if (!size) return ReadState::absent;
  out = cursor.block(*size);
  return cursor.bad() ? ReadState::absent : judge_properties(out, where);
}

constexpr std::uint8_t reserved_flag = 0x01, will_flag = 0x04, password_flag = 0x40, username_flag = 0x80;

// Which name belongs to which version nobody asks, nor whether the will's flags agree [seen].
bool is_known(const MqttPacket& packet) {
  const bool named = packet.protocol_name == "MQTT" || packet.protocol_name == "MQIsdp";
  return named && packet.version >= 3 && packet.version <= 5 && (packet.flags & reserved_flag) == 0;
}

bool read_payload(ByteCursor& cursor, MqttPacket& packet) {
  packet.client_identifier = cursor.prefixed(2);
  packet.has_will = (packet.flags & will_flag) != 0;
  if (packet.has_will) {
    if (packet.version == 5 && take_properties(cursor, in_will, packet.will_properties) != ReadState::found)
      return false;
    packet.will_topic = cursor.prefixed(2);
    packet.will_payload = cursor.prefixed(2);
  }
  if ((packet.flags & username_flag) != 0) packet.username = cursor.prefixed(2);
  if ((packet.flags & password_flag) != 0) packet.password = cursor.prefixed(2);
  return !cursor.bad() && cursor.rest().empty();
}

ReadState read_connect(ByteCursor cursor, MqttPacket& packet) {
  packet.protocol_name = cursor.prefixed(2);
  packet.version = static_cast<std::uint8_t>(cursor.number(1));
  packet.flags = static_cast<std::uint8_t>(cursor.number(1));
  packet.keepalive = static_cast<std::uint16_t>(cursor.number(2));
  if (cursor.bad() || !is_known(packet)) return ReadState::absent;
  if (packet.version == 5 && take_properties(cursor, in_connect, packet.properties) != ReadState::found)
    return ReadState::absent;
  return read_payload(cursor, packet) ? ReadState::found : ReadState::absent;
}

// Only that of version 5 has more than two bytes. HAProxy goes on waiting at a property that it doesn't know
// [seen].
ReadState read_connack(ByteCursor cursor, MqttPacket& packet) {
  packet.flags = static_cast<std::uint8_t>(cursor.number(1));
  packet.reason_code = static_cast<std::uint8_t>(cursor.number(1));
  if (cursor.bad() || (packet.flags & 0xfe) != 0) return ReadState::absent;
  packet.version = cursor.rest().empty() ? 4 : 5;
  if (packet.version == 4) return ReadState::found;
  const ReadState state = take_properties(cursor, in_connack, packet.properties);
  return state == ReadState::found && !cursor.rest().empty() ? ReadState::absent : state;
}

}  // namespace

MqttReading read_mqtt(std::string_view bytes) {
  if (bytes.size() < 2) return {ReadState::incomplete};
  ByteCursor cursor(bytes);
  const std::uint32_t head = cursor.number(1);
  if (head != 0x10 && head != 0x20) return {ReadState::absent};
  const auto size = varint(cursor);
  if (!size) return {cursor.bad() ? ReadState::incomplete : ReadState::absent};
  if (cursor.rest().size() < *size) return {ReadState::incomplete};
  MqttReading made{ReadState::absent, {.type = head == 0x10 ? MqttType::connect : MqttType::connack}};
  const ByteCursor body(cursor.block(*size));
  made.state = head == 0x10 ? read_connect(body, made.packet) : read_connack(body, made.packet);
  return made;
}

std::optional<MqttProperty> find_mqtt_property(const MqttPacket& packet, unsigned identifier) {
  const PropertyRow* wanted = find_row(identifier);
  if (wanted == nullptr || packet.version != 5) return std::nullopt;
  const bool of_will = wanted->places == in_will;
  if (of_will && !packet.has_will) return std::nullopt;
  for (ByteCursor cursor(of_will ? packet.will_properties : packet.properties); !cursor.at_end();) {
    const PropertyRow* row = find_row(cursor.number(1));
    if (row == nullptr) return std::nullopt;
    const MqttProperty property = read_property(cursor, row->kind);
    if (row == wanted && !cursor.bad()) return property;
  }
  return MqttProperty{.kind = wanted->kind};
}

}  // namespace shunt::fetchers::wire
