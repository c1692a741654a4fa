// Times of a stream that follow from others.
#include <algorithm>

#include "fetchers/stream_view.hpp"

namespace shunt::fetchers {

// The queue's time holds one millisecond that did not pass.
std::int64_t data_ms(const StreamTimes& times) {
  if (times.connect < 0) return -1;
  return std::max<std::int64_t>(0, times.total - std::max<std::int64_t>(0, times.queue - 1) - times.connect);
}

std::int64_t active_ms(const StreamTimes& times) {
  return std::max<std::int64_t>(0, times.total - times.handshake);
}

}  // namespace shunt::fetchers
