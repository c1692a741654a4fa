// Any file as a packet capture, and what its stream begins with as a ClientHello that a bind would read.
#include <cstdint>

#include "analysis/capture_file.hpp"
#include "analysis/simulated_handshake.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(shunt::analysis::read_offer(bytes));
  const auto read = shunt::analysis::read_capture(bytes);
  if (!read) return 0;
  shunt::analysis::Offset before{0};
  for (const auto& piece : read.assume_value().pieces) {
    if (piece.at < before || piece.bytes.empty()) __builtin_trap();
    before = piece.at;
    static_cast<void>(shunt::analysis::read_offer(piece.bytes));
  }
  return 0;
}
