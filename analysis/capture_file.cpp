// Chooses the stream and puts its bytes in order.
#include "analysis/capture_file.hpp"

#include <map>

#include "analysis/capture_packets.hpp"

namespace shunt::analysis {
namespace {

struct Seen {
  Offset at{0};
  TcpSegment segment = {};
};

const Seen* first_of_stream(const std::vector<Seen>& all) {
  for (const Seen& seen : all)
    if (seen.segment.syn && !seen.segment.ack) return &seen;
  for (const Seen& seen : all)
    if (!seen.segment.data.empty()) return &seen;
  return nullptr;
}

// Sequence numbers are counted from the first byte; they wrap.
class Assembler {
 public:
  Assembler(std::uint32_t first, CapturedStream& stream) : first_(first), stream_(stream) {}

  void take(const TcpSegment& segment, Offset seen) {
    // The clock of a capture may go back.
    const Offset at = stream_.pieces.empty() ? seen : std::max(seen, stream_.pieces.back().at);
    const std::uint32_t begin = segment.sequence + (segment.syn ? 1 : 0) - first_;
    if (begin > half)
      return put(segment.data.substr(std::min<std::size_t>(0u - begin, segment.data.size())), 0, segment, at);
    put(segment.data, begin, segment, at);
  }

 private:
  static constexpr std::uint32_t half = 0x80000000;

  void put(std::string_view data, std::uint32_t begin, const TcpSegment& segment, Offset at) {
    if (!data.empty()) {
      std::string_view& waiting = waiting_[begin];
      if (data.size() > waiting.size()) waiting = data;
    }
    if (segment.fin) end_ = begin + data.size();
    drain(at);
    if (end_ && next_ >= *end_ && !stream_.ends) stream_.ends = at;
  }

  // What is there without a gap becomes one piece.
  void drain(Offset at) {
    std::string bytes;
    while (!waiting_.empty() && waiting_.begin()->first <= next_) {
      const auto [begin, data] = *waiting_.begin();
      waiting_.erase(waiting_.begin());
      const std::size_t known = next_ - begin;
      if (known >= data.size()) continue;
      bytes += data.substr(known);
      next_ += data.size() - known;
    }
    if (!bytes.empty()) stream_.pieces.push_back({at, std::move(bytes)});
  }

  std::uint32_t first_;
  CapturedStream& stream_;
  std::uint64_t next_ = 0;
  std::optional<std::uint64_t> end_ = {};
  std::map<std::uint64_t, std::string_view> waiting_ = {};
};

}  // namespace

Result<CapturedStream, TextError> read_capture(std::string_view bytes) {
  BOOST_OUTCOME_TRY(const std::vector<Packet> packets, read_packets(bytes));
  std::vector<Seen> all;
  for (const Packet& packet : packets)
    if (const auto segment = read_segment(packet)) all.push_back({packet.at, *segment});
  const Seen* const first = first_of_stream(all);
  if (first == nullptr) return TextError{"the capture has no TCP connection with a SYN or with data"};
  CapturedStream stream{.from = first->segment.from, .to = first->segment.to};
  Assembler assembler(first->segment.sequence + (first->segment.syn ? 1 : 0), stream);
  for (const Seen* seen = first; seen != all.data() + all.size(); ++seen)
    if (seen->segment.from == stream.from && seen->segment.to == stream.to)
      assembler.take(seen->segment, std::max(Offset(0), seen->at - first->at));
  return stream;
}

}  // namespace shunt::analysis
