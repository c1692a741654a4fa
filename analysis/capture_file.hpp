// Reads packet captures (pcap and pcapng) and puts one TCP stream together: what the client sent, and when.
#pragma once
#include "analysis/byte_text.hpp"
#include "analysis/scenario.hpp"

namespace shunt::analysis {

struct CapturedStream {
  fetchers::Endpoint from = {}, to = {};
  std::vector<Piece> pieces = {};  // times from the SYN, or from the first packet without one
  std::optional<Offset> ends = {};
};

// The stream of the first SYN; without any, that of the first TCP packet with data. Repeated bytes are taken
// once, those that are out of order when the gap is filled. The error is a sentence for the user.
[[nodiscard]] Result<CapturedStream, TextError> read_capture(std::string_view bytes);

}  // namespace shunt::analysis
