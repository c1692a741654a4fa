// Converters of the first packets of MQTT connections: mqtt_is_valid, mqtt_field_value.
#include <algorithm>
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/wire/mqtt.hpp"

namespace shunt::fetchers {
namespace {

using wire::MqttPacket;
using wire::MqttType;
using wire::ReadState;

bool is_valid(Context&, Arguments, Sample& sample) {
  const auto reading = wire::read_mqtt(sample.text);
  if (reading.state == ReadState::incomplete) return false;
  sample.set_boolean(reading.state == ReadState::found);
  return true;
}

// A field by name: a number, or a text that may be missing.
struct FieldRow {
  std::string_view name;
  std::int64_t (*number)(const MqttPacket&) = nullptr;
  std::optional<std::string_view> (*text)(const MqttPacket&) = nullptr;
};
using MaybeText = std::optional<std::string_view>;
constexpr std::array field_rows = {
    FieldRow{"flags", [](const MqttPacket& p) -> std::int64_t { return p.flags; }},
    FieldRow{"keepalive", [](const MqttPacket& p) -> std::int64_t { return p.keepalive; }},
    FieldRow{"protocol_version", [](const MqttPacket& p) -> std::int64_t { return p.version; }},
    FieldRow{"reason_code", [](const MqttPacket& p) -> std::int64_t { return p.reason_code; }},
    FieldRow{"client_identifier", nullptr,
             [](const MqttPacket& p) -> MaybeText { return p.client_identifier; }},
    FieldRow{"password", nullptr, [](const MqttPacket& p) { return p.password; }},
    FieldRow{"protocol_name", nullptr, [](const MqttPacket& p) -> MaybeText { return p.protocol_name; }},
    FieldRow{"username", nullptr, [](const MqttPacket& p) { return p.username; }},
    FieldRow{"will_payload", nullptr, [](const MqttPacket& p) { return p.will_payload; }},
    FieldRow{"will_topic", nullptr, [](const MqttPacket& p) { return p.will_topic; }},
};

bool take_number(std::int64_t number, Context& context, Sample& sample) {
  sample.set_integer(number);
  return cast(sample, SampleType::str, *context.scratch);
}

bool take_property(const MqttPacket& packet, unsigned identifier, Context& context, Sample& sample) {
  auto property = wire::find_mqtt_property(packet.properties, identifier);
  if (!property) property = wire::find_mqtt_property(packet.will_properties, identifier);
  if (!property || property->kind == wire::MqttValue::pair) return false;
  if (property->kind != wire::MqttValue::text) return take_number(property->number, context, sample);
  sample.set_string(property->text);
  return true;
}

bool field_value(Context& context, Arguments arguments, Sample& sample) {
  const auto [state, packet] = wire::read_mqtt(sample.text);
  if (state != ReadState::found || static_cast<std::int64_t>(packet.type) != arguments[0].integer)
    return false;
  if (arguments[1].integer != 0)
    return take_property(packet, static_cast<unsigned>(arguments[1].integer), context, sample);
  const auto* row = std::ranges::find(field_rows, arguments[1].text, &FieldRow::name);
  if (row == field_rows.end()) return false;
  if (row->number != nullptr) return take_number(row->number(packet), context, sample);
  const MaybeText text = row->text(packet);
  if (text) sample.set_string(*text);
  return text.has_value();
}

constexpr std::array rows = {
    ConverterRow{.name = "mqtt_field_value",
                 .arguments = {.required = 2,
                               .types = {ArgumentType::str, ArgumentType::str},
                               .check = check_mqtt_field_value},
                 .in = SampleType::bin,
                 .out = SampleType::str,
                 .function = field_value,
                 .documentation = "A field of an MQTT message."},
    ConverterRow{.name = "mqtt_is_valid",
                 .in = SampleType::bin,
                 .out = SampleType::boolean,
                 .function = is_valid,
                 .documentation = "Whether the bytes are a valid MQTT message."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows mqtt_converters() { return rows; }

}  // namespace shunt::fetchers
