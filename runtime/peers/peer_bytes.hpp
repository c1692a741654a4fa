// Integers of HAProxy's peers protocol (peers-v2.0.txt): one byte below 240, then 7 bits a byte.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace shunt::runtime {

void append_integer(std::string& out, std::uint64_t value);
void append_32_bits(std::string& out, std::uint32_t value);  // big endian

// Reads from the front. What isn't there reads as 0 or nothing, and then the reader is broken for good.
class PeerBytes {
 public:
  explicit PeerBytes(std::string_view bytes) : rest_(bytes) {}
  [[nodiscard]] std::uint64_t integer();
  [[nodiscard]] std::uint32_t bits_32();
  [[nodiscard]] std::string_view take(std::uint64_t count);
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  void give_up();
  std::string_view rest_;
  bool broken_ = false;
};

}  // namespace shunt::runtime
