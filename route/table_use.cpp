// Keys of stick tables from samples and back.
#include "route/table_use.hpp"

#include <algorithm>
#include <cstring>

namespace shunt::route {
namespace {

using fetchers::Sample;
using fetchers::SampleType;

std::string_view bytes_of(const void* data, std::size_t size) {
  return {static_cast<const char*>(data), size};
}

// A text ends where it is too long, or at a NUL byte.
std::string_view text_key(std::string_view text, std::uint32_t most) {
  return text.substr(0, std::min<std::size_t>(text.find('\0'), most));
}

std::string_view padded(std::string_view bytes, std::uint32_t length, fetchers::Scratch& scratch) {
  if (bytes.size() >= length) return bytes.substr(0, length);
  const std::span<char> room = scratch.allocate(length);
  std::ranges::fill(std::ranges::copy(bytes, room.begin()).out, room.end(), '\0');
  return {room.data(), room.size()};
}

}  // namespace

bool make_table_key(const graph::StickTable& table, Sample sample, fetchers::Scratch& scratch,
                    std::string_view& key) {
  if (!fetchers::cast(sample, table.type, scratch)) return false;
  switch (table.type) {
    case SampleType::ipv4: key = scratch.copy(bytes_of(sample.address.data(), 4)); return true;
    case SampleType::ipv6: key = scratch.copy(bytes_of(sample.address.data(), 16)); return true;
    case SampleType::sint: {
      const auto number = static_cast<std::uint32_t>(sample.integer);
      key = scratch.copy(bytes_of(&number, sizeof(number)));
      return true;
    }
    case SampleType::str: key = text_key(sample.text, table.key_length); return true;
    case SampleType::bin: key = padded(sample.text, table.key_length, scratch); return true;
    default: return false;
  }
}

Sample sample_of_key(const graph::StickTable& table, std::string_view key) {
  Sample sample;
  sample.type = table.type;
  switch (table.type) {
    case SampleType::ipv4:
    case SampleType::ipv6: std::memcpy(sample.address.data(), key.data(), key.size()); break;
    case SampleType::sint: {
      std::uint32_t number = 0;
      std::memcpy(&number, key.data(), sizeof(number));
      sample.integer = number;
      break;
    }
    default: sample.text = key; break;
  }
  return sample;
}

}  // namespace shunt::route
