// The keys of hash algorithms as bytes, and the functions over them.
#include "route/balance/hash_key.hpp"

#include <array>
#include <charconv>

#include "fetchers/hash.hpp"

namespace shunt::route {
namespace {

using fetchers::Sample;
using fetchers::SampleType;

std::uint32_t big_endian(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
         static_cast<std::uint32_t>(bytes[2]) << 8 | static_cast<std::uint32_t>(bytes[3]);
}

// An optional sign and digits; out of range stops at the border.
std::uint32_t leading_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc::result_out_of_range) number = text.starts_with('-') ? INT64_MIN : INT64_MAX;
  return static_cast<std::uint32_t>(number);
}

// In the order of graph::HashFunction.
constexpr std::array<std::uint32_t (*)(std::string_view), 5> functions = {
    fetchers::hash_sdbm, fetchers::hash_djb2, fetchers::hash_wt6, fetchers::hash_crc32, leading_number};

std::string_view eight_bytes(std::int64_t number, fetchers::Scratch& scratch) {
  const std::span<char> room = scratch.allocate(8);
  for (std::size_t i = 0; i < 8; ++i)
    room[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (56 - 8 * i) & 0xff);
  return {room.data(), room.size()};
}

std::string_view address_bytes(const Sample& sample, std::size_t size, fetchers::Scratch& scratch) {
  return scratch.copy({reinterpret_cast<const char*>(sample.address.data()), size});
}

std::optional<std::string_view> key_bytes(const Sample& sample, fetchers::Scratch& scratch) {
  switch (sample.type) {
    case SampleType::boolean:
    case SampleType::sint: return eight_bytes(sample.integer, scratch);
    case SampleType::ipv4: return address_bytes(sample, 4, scratch);
    case SampleType::ipv6: return address_bytes(sample, 16, scratch);
    case SampleType::str:
    case SampleType::bin: return sample.text;
    default: break;
  }
  Sample text = sample;
  if (!fetchers::cast(text, SampleType::str, scratch)) return std::nullopt;
  return text.text;
}

}  // namespace

std::uint32_t hash_of(std::string_view bytes, graph::HashType type) {
  const std::uint32_t hash = functions[static_cast<std::size_t>(type.function)](bytes);
  return type.avalanche ? fetchers::avalanche(hash) : hash;
}

std::optional<std::uint32_t> hash_of(const fetchers::Endpoint& source, graph::HashType type) {
  const std::uint8_t* bytes = source.address.data();
  std::uint32_t number = big_endian(bytes);
  if (source.family == fetchers::Family::ipv6)
    number ^= big_endian(bytes + 4) ^ big_endian(bytes + 8) ^ big_endian(bytes + 12);
  else if (source.family != fetchers::Family::ipv4)
    return std::nullopt;
  return type.avalanche ? fetchers::avalanche(number) : number;
}

std::optional<std::uint32_t> hash_of(Sample sample, graph::HashType type, fetchers::Scratch& scratch) {
  if (type.function == graph::HashFunction::none) {
    if (!fetchers::cast(sample, SampleType::str, scratch)) return std::nullopt;
    return hash_of(sample.text, type);
  }
  const auto bytes = key_bytes(sample, scratch);
  return bytes ? std::optional(hash_of(*bytes, type)) : std::nullopt;
}

}  // namespace shunt::route
