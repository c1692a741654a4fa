// The integers of the peers protocol.
#include "runtime/peers/peer_bytes.hpp"

namespace shunt::runtime {
namespace {

constexpr std::uint64_t first_long = 240;
constexpr std::uint8_t more = 0x80;
constexpr unsigned longest_shift = 60;

}  // namespace

void append_integer(std::string& out, std::uint64_t value) {
  if (value < first_long) {
    out += static_cast<char>(value);
    return;
  }
  out += static_cast<char>(value | first_long);
  for (value = (value - first_long) >> 4; value >= more; value = (value - more) >> 7)
    out += static_cast<char>(value | more);
  out += static_cast<char>(value);
}

void append_32_bits(std::string& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(value >> shift);
}

void PeerBytes::give_up() {
  broken_ = true;
  rest_ = {};
}

std::uint64_t PeerBytes::integer() {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += shift == 0 ? 4 : 7) {
    if (rest_.empty() || shift > longest_shift) return give_up(), 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    value += std::uint64_t{byte} << shift;
    if (byte < (shift == 0 ? first_long : more)) return value;
  }
}

std::uint32_t PeerBytes::bits_32() {
  std::uint32_t value = 0;
  for (const char byte : take(4)) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

std::string_view PeerBytes::take(std::uint64_t count) {
  if (count > rest_.size()) return give_up(), std::string_view();
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

}  // namespace shunt::runtime
