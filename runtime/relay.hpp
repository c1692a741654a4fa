// Moving bytes between two connected sockets, one direction at a time: by copying, or by splice(2) through a
// pooled pipe.
#pragma once
#include <cstdint>
#include <memory>

#include "runtime/buffer.hpp"
#include "runtime/pipe_pool.hpp"
#include "runtime/transport.hpp"

namespace shunt::runtime {

// What the relays of one thread share.
struct RelayTools {
  static constexpr std::size_t scratch_size = 64U << 10;
  RelayTools(std::size_t buffer_size, const PipeLimits& pipe_limits);

  std::unique_ptr<char[]> scratch;  // for bytes that do not outlive one call
  BufferPool buffers;
  PipePool pipes;
};

enum class SpliceUse : std::uint8_t { never, when_bulky, from_first_byte };

// One direction. At rest it holds neither a buffer nor a pipe.
struct Flow {
  Buffer* buffer = nullptr;     // bytes that were read and not yet written
  Pipe* pipe = nullptr;         // the same, inside the kernel; never beside a non-empty buffer
  bool readable : 1 = false;    // the source may have something
  bool blocked : 1 = false;     // the sink takes nothing until it is writable again
  bool hangup : 1 = false;      // epoll said that the source's end of input is already here
  bool read_on : 1 = false;     // a short read says nothing: an error or urgent data may lie behind it
  bool ended : 1 = false;       // the source's end was read
  bool passed_on : 1 = false;   // ... and told to the sink
  bool last_words : 1 = false;  // its source can't be spoken to any more: what has come by now is all of it
  bool given_up : 1 = false;    // the source was silent for too long: it counts as ended
  SpliceUse splice : 2 = SpliceUse::never;
  std::uint8_t full_reads = 0;  // in a row

  void note_events(std::uint32_t epoll_events);
  // Whether `got` says that the source is exhausted for now, and whether its end has come.
  void note_read(const IoResult& got, const Transport& from);
  [[nodiscard]] bool holds_bytes() const { return (buffer && !buffer->empty()) || (pipe && pipe->held != 0); }
};

struct PumpResult {
  enum class Status : std::uint8_t {
    waiting,        // for readiness of either end
    more,           // stopped to be fair: call again soon
    finished,       // the source's end was passed on
    source_failed,  // `error`
    sink_failed
  } status = Status::waiting;
  bool moved = false;  // something was read or written
  int error = 0;
  std::uint64_t read = 0;  // bytes taken from the source
};

// `last`: the other direction is over, so that the sink is about to be closed and needs no half-close.
[[nodiscard]] PumpResult pump(Flow& flow, Transport& from, Transport& to, RelayTools& tools, bool last);

// Gives back what the flow holds.
void release(Flow& flow, RelayTools& tools);

// splice_relay.cpp: what pump() does in a flow that splices. Returns false when no pipe is to be had.
[[nodiscard]] bool splice_once(Flow& flow, Transport& from, Transport& to, RelayTools& tools,
                               PumpResult& result);
[[nodiscard]] bool flush_pipe(Flow& flow, Transport& to, RelayTools& tools, PumpResult& result);

}  // namespace shunt::runtime
