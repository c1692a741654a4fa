// The checks of converters' arguments, those of digests and tokens apart.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "fetchers/argument_checks.hpp"
#include "fetchers/regex.hpp"
#include "parser/scalar.hpp"

namespace shunt::fetchers {
namespace {

bool given(const ArgumentValue& argument) { return argument.type != ArgumentType::none; }

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view text) {
  return std::ranges::find(names, text) != names.end();
}

// What `json` takes its input for; nothing is ASCII.
constexpr std::array<std::string_view, 6> json_inputs = {"", "ascii", "utf8", "utf8p", "utf8ps", "utf8s"};
constexpr std::array<std::string_view, 14> protobuf_types = {
    "bool",  "double",   "enum",     "fixed32", "fixed64", "float",  "int32",
    "int64", "sfixed32", "sfixed64", "sint32",  "sint64",  "uint32", "uint64"};
struct FixTag {
  std::string_view name;
  std::int64_t number;
};
constexpr std::array fix_tags = {FixTag{"BeginString", 8},   FixTag{"BodyLength", 9},
                                 FixTag{"CheckSum", 10},     FixTag{"MsgType", 35},
                                 FixTag{"SenderCompID", 49}, FixTag{"TargetCompID", 56}};
constexpr std::array<std::string_view, 6> conditions = {"error",     "forwarded", "normal",
                                                        "processed", "stopping",  "toapplet"};

// The fields of each MQTT packet, by name or by the number of a property of version 5 [seen].
struct MqttPacket {
  std::string_view name;
  std::array<std::string_view, 9> fields;
  std::array<std::uint8_t, 17> numbers;
};
constexpr std::array mqtt_packets = {
    MqttPacket{"connect",
               {"flags", "protocol_name", "protocol_version", "client_identifier", "will_topic",
                "will_payload", "username", "password", "keepalive"},
               {1, 2, 3, 8, 9, 17, 21, 22, 23, 24, 25, 33, 34, 38, 39}},
    MqttPacket{"connack",
               {"flags", "protocol_version", "reason_code"},
               {17, 18, 19, 21, 22, 26, 28, 31, 33, 34, 36, 37, 38, 39, 40, 41, 42}},
    MqttPacket{"publish", {}, {1, 2, 3, 8, 9, 11, 35, 38}},
    MqttPacket{"puback", {"reason_code"}, {31, 38}},
    MqttPacket{"pubrec", {"reason_code"}, {31, 38}},
    MqttPacket{"pubrel", {"reason_code"}, {31, 38}},
    MqttPacket{"pubcomp", {"reason_code"}, {31, 38}},
    MqttPacket{"subscribe", {}, {11, 38}},
    MqttPacket{"suback", {}, {31, 38}},
    MqttPacket{"unsubscribe", {}, {38}},
    MqttPacket{"unsuback", {}, {31, 38}},
    MqttPacket{"disconnect", {"reason_code"}, {17, 28, 31, 38}},
    MqttPacket{"auth", {}, {21, 22, 31, 38}},
};

const MqttPacket* find_packet(const std::string& text) {
  const auto number = parser::parse_integer(text);
  if (number && number.value() >= 1 && number.value() <= 2)
    return &mqtt_packets[static_cast<std::size_t>(number.value() - 1)];
  const auto* found = std::ranges::find(mqtt_packets, text, &MqttPacket::name);
  return found == mqtt_packets.end() ? nullptr : found;
}

bool has_field(const MqttPacket& packet, const std::string& field) {
  if (field.empty()) return false;
  if (is_one_of(packet.fields, field)) return true;
  const auto number = parser::parse_integer(field);
  return number && number.value() > 0 &&
         std::ranges::find(packet.numbers, number.value()) != packet.numbers.end();
}

bool check_truncate(const ArgumentValue& argument, ArgumentCheck& check) {
  if (!given(argument) || argument.integer == 0 || argument.integer == 1) return true;
  return check.fail(fmt::format("Unsupported truncate value ({})", argument.integer));
}

}  // namespace

bool check_add_item(ArgumentValues arguments, ArgumentCheck& check) {
  const bool variable = given(arguments[1]), suffix = !arguments[2].text.empty();
  return variable || suffix || check.fail("one of the optional arguments has to be non-empty");
}

bool check_be2dec(ArgumentValues arguments, ArgumentCheck& check) {
  if (arguments[1].integer < 1 || arguments[1].integer > 8)
    return check.fail(fmt::format("chunk_size out of [1..8] range ({})", arguments[1].integer));
  return check_truncate(arguments[2], check);
}

// Without a separator the size of the chunks doesn't matter.
bool check_be2hex(ArgumentValues arguments, ArgumentCheck& check) {
  const bool chunked = !arguments[0].text.empty() || given(arguments[2]);
  if (arguments[1].integer < 0 || (chunked && arguments[1].integer < 1))
    return check.fail(fmt::format("chunk_size needs to be at least 1 ({})", arguments[1].integer));
  return check_truncate(arguments[2], check);
}

bool check_fix_tag_value(ArgumentValues arguments, ArgumentCheck& check) {
  const std::string& text = arguments[0].text;
  const auto number = parser::parse_integer(text);
  const auto* known = std::ranges::find(fix_tags, text, &FixTag::name);
  arguments[0].integer = known != fix_tags.end() ? known->number : number ? number.value() : 0;
  if (arguments[0].integer > 0) return true;
  return check.fail(fmt::format("Unknown FIX tag name '{}'", text));
}

// A mask of 33 bits or the name of one.
bool check_has_ctl(ArgumentValues arguments, ArgumentCheck& check) {
  const std::string& text = arguments[0].text;
  if (!given(arguments[0])) return true;
  if (text == "any") return arguments[0].integer = 0x1ffffffff, true;
  if (text == "http") return arguments[0].integer = 1 | 1 << '\r' | 1 << '\n', true;
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  const char* begin = text.data() + (hex ? 2 : 0);
  std::uint64_t mask = 0;
  const auto [end, fault] = std::from_chars(begin, text.data() + text.size(), mask, hex ? 16 : 10);
  arguments[0].integer = static_cast<std::int64_t>(mask);
  if (fault == std::errc{} && end == text.data() + text.size() && mask <= 0x1ffffffff) return true;
  return check.fail(fmt::format("expects 'any', 'http' or a mask of 33 bits, got '{}'", text));
}

bool check_http_date(ArgumentValues arguments, ArgumentCheck& check) {
  constexpr std::array<std::string_view, 3> units = {"s", "ms", "us"};
  if (!given(arguments[1]) || is_one_of(units, arguments[1].text)) return true;
  return check.fail(fmt::format("expects 's', 'ms' or 'us', got '{}'", arguments[1].text));
}

bool check_json(ArgumentValues arguments, ArgumentCheck& check) {
  if (is_one_of(json_inputs, arguments[0].text)) return true;
  return check.fail("Unexpected input code type; known are ascii, utf8, utf8s, utf8p and utf8ps");
}

bool check_json_query(ArgumentValues arguments, ArgumentCheck& check) {
  if (arguments[0].text.empty()) return check.fail("json_path must not be empty");
  const std::string& type = arguments[1].text;
  return type.empty() || type == "int" || check.fail("output_type only supports \"int\" as argument");
}

// The packet as its number; a property as its number, a field as 0 with its name.
bool check_mqtt_field_value(ArgumentValues arguments, ArgumentCheck& check) {
  const MqttPacket* packet = find_packet(arguments[0].text);
  if (packet != nullptr) arguments[0].integer = packet - mqtt_packets.data() + 1;
  const auto property = parser::parse_integer(arguments[1].text);
  arguments[1].integer = property ? property.value() : 0;
  if (packet == nullptr) return check.fail(fmt::format("Unknown MQTT type '{}'", arguments[0].text));
  if (has_field(*packet, arguments[1].text)) return true;
  return check.fail(fmt::format("Unknown MQTT field name '{}'", arguments[1].text));
}

bool check_protobuf(ArgumentValues arguments, ArgumentCheck& check) {
  const ArgumentValue& type = arguments[1];
  if (!given(type) || is_one_of(protobuf_types, type.text)) return true;
  return check.fail(fmt::format("Wrong protocol buffer type '{}'", type.text));
}

bool check_regsub(ArgumentValues arguments, ArgumentCheck& check) {
  const std::string& flags = arguments[2].text;
  const auto odd = flags.find_first_not_of("gi");
  arguments[2].integer = flags.find('g') != std::string::npos ? 1 : 0;
  arguments[0].compiled = Regex::compile(arguments[0].text, flags.find('i') != std::string::npos);
  if (odd == std::string::npos) return true;
  return check.fail(
      fmt::format("invalid regex flag '{}', only 'i' and 'g' are supported", arguments[2].text[odd]));
}

bool check_url_enc(ArgumentValues arguments, ArgumentCheck& check) {
  const std::string& kind = arguments[0].text;
  return kind.empty() || kind == "query" || check.fail("Unexpected encode type; only 'query' is known");
}

bool check_when(ArgumentValues arguments, ArgumentCheck& check) {
  std::string_view name = arguments[0].text;
  if (name.starts_with('!')) name.remove_prefix(1);
  if (name == "acl") {
    if (arguments[1].text.empty()) return check.fail("'acl' expects the name of an ACL as second argument");
    arguments[1].type = ArgumentType::pattern;
    return true;
  }
  return is_one_of(conditions, name) || check.fail(fmt::format("unknown condition '{}'", name));
}

}  // namespace shunt::fetchers
