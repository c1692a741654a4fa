// Fields of MQTT packets, one after the other; each check is one of the specification.
#include "fetchers/wire/mqtt.hpp"

#include <algorithm>
#include <array>

#include "fetchers/wire/byte_cursor.hpp"

namespace shunt::fetchers::wire {
namespace {

enum Where : unsigned { in_connect = 1, in_will = 2, in_connack = 4 };

struct PropertyRow {
  unsigned identifier;
  MqttValue kind;
  unsigned places;  // bits of Where
};
constexpr std::array property_rows = {
    PropertyRow{1, MqttValue::byte, in_will},
    PropertyRow{2, MqttValue::four_bytes, in_will},
    PropertyRow{3, MqttValue::text, in_will},
    PropertyRow{8, MqttValue::text, in_will},
    PropertyRow{9, MqttValue::text, in_will},
    PropertyRow{17, MqttValue::four_bytes, in_connect | in_connack},
    PropertyRow{18, MqttValue::text, in_connack},
    PropertyRow{19, MqttValue::two_bytes, in_connack},
    PropertyRow{21, MqttValue::text, in_connect | in_connack},
    PropertyRow{22, MqttValue::text, in_connect | in_connack},
    PropertyRow{23, MqttValue::byte, in_connect},
    PropertyRow{24, MqttValue::four_bytes, in_will},
    PropertyRow{25, MqttValue::byte, in_connect},
    PropertyRow{26, MqttValue::text, in_connack},
    PropertyRow{28, MqttValue::text, in_connack},
    PropertyRow{31, MqttValue::text, in_connack},
    PropertyRow{33, MqttValue::two_bytes, in_connect | in_connack},
    PropertyRow{34, MqttValue::two_bytes, in_connect | in_connack},
    PropertyRow{36, MqttValue::byte, in_connack},
    PropertyRow{37, MqttValue::byte, in_connack},
    PropertyRow{38, MqttValue::pair, in_connect | in_will | in_connack},
    PropertyRow{39, MqttValue::four_bytes, in_connect | in_connack},
    PropertyRow{40, MqttValue::byte, in_connack},
    PropertyRow{41, MqttValue::byte, in_connack},
    PropertyRow{42, MqttValue::byte, in_connack},
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

// Each may stand once, pairs more often.
bool are_properties(std::string_view bytes, Where where) {
  std::uint64_t seen = 0;
  for (ByteCursor cursor(bytes); !cursor.at_end();) {
    const PropertyRow* row = find_row(cursor.number(1));
    if (row == nullptr || (row->places & where) == 0) return false;
    const std::uint64_t bit = std::uint64_t{1} << row->identifier;
    if ((seen & bit) != 0 && row->kind != MqttValue::pair) return false;
    seen |= bit;
    (void)read_property(cursor, row->kind);
    if (cursor.bad()) return false;
  }
  return true;
}

bool take_properties(ByteCursor& cursor, Where where, std::string_view& out) {
  const auto size = varint(cursor);
  if (!size) return false;
  out = cursor.block(*size);
  return !cursor.bad() && are_properties(out, where);
}

constexpr std::uint8_t reserved_flag = 0x01, will_flag = 0x04, will_quality = 0x18, will_retain = 0x20,
                       password_flag = 0x40, username_flag = 0x80;

bool are_connect_flags(std::uint8_t flags) {
  if ((flags & reserved_flag) != 0 || (flags & will_quality) == will_quality) return false;
  return (flags & will_flag) != 0 || (flags & (will_quality | will_retain)) == 0;
}

bool is_version(const MqttPacket& packet) {
  if (packet.protocol_name == "MQIsdp") return packet.version == 3;
  return packet.protocol_name == "MQTT" && (packet.version == 4 || packet.version == 5);
}

bool read_payload(ByteCursor& cursor, MqttPacket& packet) {
  packet.client_identifier = cursor.prefixed(2);
  if ((packet.flags & will_flag) != 0) {
    if (packet.version == 5 && !take_properties(cursor, in_will, packet.will_properties)) return false;
    packet.will_topic = cursor.prefixed(2);
    packet.will_payload = cursor.prefixed(2);
  }
  if ((packet.flags & username_flag) != 0) packet.username = cursor.prefixed(2);
  if ((packet.flags & password_flag) != 0) packet.password = cursor.prefixed(2);
  return !cursor.bad() && cursor.rest().empty();
}

bool read_connect(ByteCursor cursor, MqttPacket& packet) {
  packet.protocol_name = cursor.prefixed(2);
  packet.version = static_cast<std::uint8_t>(cursor.number(1));
  packet.flags = static_cast<std::uint8_t>(cursor.number(1));
  packet.keepalive = static_cast<std::uint16_t>(cursor.number(2));
  if (cursor.bad() || !is_version(packet) || !are_connect_flags(packet.flags)) return false;
  if (packet.version == 5 && !take_properties(cursor, in_connect, packet.properties)) return false;
  return read_payload(cursor, packet);
}

// Only that of version 5 has more than two bytes.
bool read_connack(ByteCursor cursor, MqttPacket& packet) {
  packet.flags = static_cast<std::uint8_t>(cursor.number(1));
  packet.reason_code = static_cast<std::uint8_t>(cursor.number(1));
  if (cursor.bad() || (packet.flags & 0xfe) != 0) return false;
  packet.version = cursor.rest().empty() ? 4 : 5;
  if (packet.version == 4) return true;
  return take_properties(cursor, in_connack, packet.properties) && cursor.rest().empty();
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
  const bool good = head == 0x10 ? read_connect(body, made.packet) : read_connack(body, made.packet);
  if (good) made.state = ReadState::found;
  return made;
}

std::optional<MqttProperty> find_mqtt_property(std::string_view properties, unsigned identifier) {
  for (ByteCursor cursor(properties); !cursor.at_end();) {
    const PropertyRow* row = find_row(cursor.number(1));
    if (row == nullptr) return std::nullopt;
    const MqttProperty property = read_property(cursor, row->kind);
    if (cursor.bad()) return std::nullopt;
    if (row->identifier == identifier) return property;
  }
  return std::nullopt;
}

}  // namespace shunt::fetchers::wire
