// Reads the values of maps and hands them out as samples.
#include "acl/map_values.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "parser/scalar.hpp"

namespace shunt::acl {
namespace {

struct OutputRow {
  std::string_view name;
  MapOutput output;
};
constexpr std::array outputs{OutputRow{"str", MapOutput::text}, OutputRow{"int", MapOutput::integer},
                             OutputRow{"ip", MapOutput::address}, OutputRow{"key", MapOutput::key}};

// Cuts the part up to the next '_' off.
std::string_view next_part(std::string_view& name) {
  const std::size_t end = std::min(name.find('_'), name.size());
  const std::string_view part = name.substr(0, end);
  name.remove_prefix(std::min(end + 1, name.size()));
  return part;
}

}  // namespace

MapKind read_map_kind(std::string_view converter) {
  next_part(converter);
  const std::string_view method = next_part(converter);
  if (method == "regm") return {MatchMethod::reg, MapOutput::groups};
  const auto* output = std::ranges::find(outputs, converter, &OutputRow::name);
  return {find_method(method).value_or(MatchMethod::str),
          output == outputs.end() ? MapOutput::text : output->output};
}

std::optional<fetchers::Sample> read_map_address(std::string_view text) {
  const std::string terminated(text);
  fetchers::Sample sample;
  sample.type = fetchers::SampleType::ipv4;
  if (inet_pton(AF_INET, terminated.c_str(), sample.address.data()) == 1) return sample;
  sample.type = fetchers::SampleType::ipv6;
  if (inet_pton(AF_INET6, terminated.c_str(), sample.address.data()) == 1) return sample;
  return std::nullopt;
}

std::optional<std::int64_t> read_map_integer(std::string_view text) {
  if (text.empty()) return 0;
  const auto value = parser::parse_integer(text);
  if (!value) return std::nullopt;
  return value.value();
}

bool MapValues::add(std::string_view text) {
  if (output_ == MapOutput::integer) {
    const auto value = read_map_integer(text);
    if (!value) return false;
    integers_.push_back(*value);
  } else if (output_ == MapOutput::address) {
    const auto value = read_map_address(text);
    if (!value) return false;
    addresses_.push_back(*value);
  }
  bytes_ += text;
  ends_.push_back(bytes_.size());
  return true;
}

std::string_view MapValues::text(std::uint32_t entry) const {
  const std::size_t begin = entry == 0 ? 0 : ends_[entry - 1];
  return std::string_view(bytes_).substr(begin, ends_[entry] - begin);
}

fetchers::Sample MapValues::value(std::uint32_t entry) const {
  if (output_ == MapOutput::address) return addresses_[entry];
  fetchers::Sample sample;
  if (output_ == MapOutput::integer)
    sample.set_integer(integers_[entry]);
  else
    sample.set_string(text(entry));
  return sample;
}

}  // namespace shunt::acl
