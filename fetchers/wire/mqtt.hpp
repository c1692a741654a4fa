// Reads the first packets of MQTT connections: CONNECT and CONNACK of 3.1, 3.1.1 and 5.0 (OASIS MQTT 5.0, 3.1
// and 3.2).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "fetchers/wire/state.hpp"

namespace shunt::fetchers::wire {

enum class MqttType : std::uint8_t { connect = 1, connack = 2 };

// Texts point into the packet. Properties are those of version 5 as they stand there, checked.
struct MqttPacket {
  MqttType type = MqttType::connect;
  std::uint8_t flags = 0;    // connect flags, or those of the acknowledgement
  std::uint8_t version = 0;  // 3, 4 or 5; of an acknowledgement 4 or 5
  std::uint8_t reason_code = 0;
  std::uint16_t keepalive = 0;
  std::string_view protocol_name = {};
  std::string_view client_identifier = {};
  bool has_will = false;
  std::string_view will_topic = {}, will_payload = {}, username = {}, password = {};  // empty: not there
  std::string_view properties = {};
  std::string_view will_properties = {};
};

struct MqttReading {
  ReadState state = ReadState::absent;  // absent: these bytes can't become such a packet
  MqttPacket packet = {};
};
[[nodiscard]] MqttReading read_mqtt(std::string_view bytes);

// How the value of a property is written, and where it may stand.
enum class MqttValue : std::uint8_t { byte, two_bytes, four_bytes, varint, text, pair };
struct MqttProperty {
  MqttValue kind = MqttValue::byte;
  std::uint32_t number = 0;    // byte, two_bytes, four_bytes, varint
  std::string_view text = {};  // text; the name of a pair
};
// What version 5 says about that property: one that isn't there is 0 or empty. nullopt: the packet can't have
// it.
[[nodiscard]] std::optional<MqttProperty> find_mqtt_property(const MqttPacket& packet, unsigned identifier);

}  // namespace shunt::fetchers::wire
