// Converters of the first packets of MQTT connections: mqtt_is_valid, mqtt_field_value.
#include <algorithm>
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/wire/mqtt.hpp"

namespace shunt::fetchers {
namespace {

using wire::MqttPacket;
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
  std::string_view MqttPacket::* text = nullptr;
};
constexpr std::array field_rows = {
    FieldRow{"flags", [](const MqttPacket& p) -> std::int64_t { return p.flags; }},
    FieldRow{"keepalive", [](const MqttPacket& p) -> std::int64_t { return p.keepalive; }},
    FieldRow{"protocol_version", [](const MqttPacket& p) -> std::int64_t { return p.version; }},
    FieldRow{"reason_code", [](const MqttPacket& p) -> std::int64_t { return p.reason_code; }},
    FieldRow{"client_identifier", nullptr, &MqttPacket::client_identifier},
    FieldRow{"password", nullptr, &MqttPacket::password},
    FieldRow{"protocol_name", nullptr, &MqttPacket::protocol_name},
    FieldRow{"username", nullptr, &MqttPacket::username},
    FieldRow{"will_payload", nullptr, &MqttPacket::will_payload},
    FieldRow{"will_topic", nullptr, &MqttPacket::will_topic},
};

// What is not there and what is empty are the same [seen].
bool take_text(std::string_view text, Sample& sample) {
  sample.set_string(text);
  return !text.empty();
}

bool take_number(std::int64_t number, Context& context, Sample& sample) {
  sample.set_integer(number);
  return cast(sample, SampleType::str, *context.scratch);
}

bool take_property(const MqttPacket& packet, unsigned identifier, Context& context, Sample& sample) {
  const auto property = wire::find_mqtt_property(packet, identifier);
  if (!property || property->kind == wire::MqttValue::pair) return false;
  if (property->kind != wire::MqttValue::text) return take_number(property->number, context, sample);
  constexpr unsigned correlation_data = 9, authentication_data = 22;
  const bool text = take_text(property->text, sample);
  if (identifier == correlation_data || identifier == authentication_data) sample.type = SampleType::bin;
  return text;
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
  const bool text = take_text(packet.*row->text, sample);
  if (row->text == &MqttPacket::will_payload) sample.type = SampleType::bin;
  return text;
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
