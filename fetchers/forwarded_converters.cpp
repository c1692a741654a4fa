// Converters of the Forwarded header: rfc7239_*.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/forwarded.hpp"

namespace shunt::fetchers {
namespace {

bool field(Context&, Arguments arguments, Sample& sample) {
  const auto value = forwarded_field(sample.text, arguments[0].text);
  if (value) sample.set_string(*value);
  return value.has_value();
}

bool is_valid(Context& context, Arguments, Sample& sample) {
  sample.set_boolean(is_forwarded(sample.text, *context.scratch));
  return true;
}

bool node_to_name(Context& context, Arguments, Sample& sample) {
  const auto node = read_node(sample.text, *context.scratch);
  if (node) sample = node->name;
  return node.has_value();
}

bool node_to_port(Context& context, Arguments, Sample& sample) {
  const auto node = read_node(sample.text, *context.scratch);
  if (!node || !node->port) return false;
  sample = *node->port;
  return true;
}

// A text between others; the bytes live in the scratch.
bool framed(Context& context, Sample& sample, std::string_view before, std::string_view behind) {
  const std::span<char> room = context.scratch->allocate(before.size() + sample.text.size() + behind.size());
  auto end = std::copy(before.begin(), before.end(), room.begin());
  end = std::copy(sample.text.begin(), sample.text.end(), end);
  std::copy(behind.begin(), behind.end(), end);
  sample.set_string({room.data(), room.size()});
  return true;
}

bool name_of_node(Context& context, Arguments, Sample& sample) {
  const SampleType type = sample.type;
  if (!cast(sample, SampleType::str, *context.scratch)) return false;
  if (type == SampleType::ipv4) return true;
  if (type == SampleType::ipv6) return framed(context, sample, "[", "]");
  if (sample.text.empty()) return sample.set_string("unknown"), true;
  return framed(context, sample, "_", "");
}

bool port_of_node(Context& context, Arguments, Sample& sample) {
  const SampleType type = sample.type;
  if (!cast(sample, SampleType::str, *context.scratch) || sample.text.empty()) return false;
  return type == SampleType::sint || framed(context, sample, "_", "");
}

constexpr ConverterRow row(std::string_view name, SampleType in, SampleType out, ConvertFunction function,
                           std::string_view since, std::string_view text) {
  return {.name = name, .in = in, .out = out, .function = function, .since = since, .documentation = text};
}

constexpr std::array rows = {
    ConverterRow{.name = "rfc7239_field",
                 .arguments = {.required = 1, .types = {ArgumentType::str}},
                 .in = SampleType::str,
                 .out = SampleType::str,
                 .function = field,
                 .since = "2.8",
                 .documentation = "Field (`proto`,`host`,`for`,`by`) of a Forwarded value."},
    row("rfc7239_is_valid", SampleType::str, SampleType::boolean, is_valid, "2.8",
        "True for a correct Forwarded value."),
    row("rfc7239_n2nn", SampleType::str, SampleType::any, node_to_name, "2.8",
        "Node name of a node: address or text."),
    row("rfc7239_n2np", SampleType::str, SampleType::any, node_to_port, "2.8",
        "Node port of a node: integer or `_name`."),
    row("rfc7239_nn", SampleType::any, SampleType::str, name_of_node, "3.1",
        "Address or text → RFC 7239 node name (text gets `_`, empty → unknown)."),
    row("rfc7239_np", SampleType::any, SampleType::str, port_of_node, "3.1",
        "Integer or text → RFC 7239 node port."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows forwarded_converters() { return rows; }

}  // namespace shunt::fetchers
