// The splicing half of a direction: socket to pipe to socket without the bytes entering the process.
#include <fcntl.h>

#include <cerrno>

#include "runtime/memory_socket.hpp"
#include "runtime/relay.hpp"

namespace shunt::runtime {
namespace {

constexpr unsigned splice_flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

void rest(Flow& flow, RelayTools& tools) {
  tools.pipes.give_back(flow.pipe);
  flow.pipe = nullptr;
}

void fail(PumpResult& result, PumpResult::Status status) {
  result.status = status;
  result.error = errno;
}

// A pipe goes on whole to a connection inside the process.
bool hand_on(Flow& flow, MemorySocket& to, RelayTools& tools, PumpResult& result) {
  if (flow.pipe->held == 0) {
    rest(flow, tools);
    return true;
  }
  if (!to.can_send()) {
    errno = EPIPE;
    fail(result, PumpResult::Status::sink_failed);
    return false;
  }
  flow.blocked = !to.send_pipe(flow.pipe);
  if (flow.blocked) return false;
  flow.pipe = nullptr;
  result.moved = true;
  return true;
}

// False: what is there are no whole pipes.
bool take_over(Flow& flow, MemorySocket& from, RelayTools& tools, PumpResult& result) {
  Pipe* const pipe = from.receive_pipe();
  if (!pipe) return false;
  if (flow.pipe) rest(flow, tools);
  flow.pipe = pipe;
  result.read += pipe->held;
  result.moved = true;
  return true;
}

}  // namespace

bool flush_pipe(Flow& flow, Transport& to, RelayTools& tools, PumpResult& result) {
  if (to.inside()) return hand_on(flow, *to.wire().memory, tools, result);
  Pipe& pipe = *flow.pipe;
  while (pipe.held != 0) {
    ssize_t const sent = ::splice(pipe.read_end, nullptr, to.fd(), nullptr, pipe.held, splice_flags);
    if (sent > 0) {
      pipe.held -= static_cast<std::size_t>(sent);
      result.moved = true;
    } else if (sent < 0 && errno == EAGAIN) {
      flow.blocked = true;
      return false;
    } else if (sent == 0 || errno != EINTR) {
      fail(result, PumpResult::Status::sink_failed);
      return false;
    }
  }
  if (!flow.readable || flow.ended) rest(flow, tools);
  return true;
}

bool splice_once(Flow& flow, Transport& from, Transport&, RelayTools& tools, PumpResult& result) {
  if (from.inside()) return take_over(flow, *from.wire().memory, tools, result);
  if (!flow.pipe) flow.pipe = tools.pipes.take();
  if (!flow.pipe) return false;
  Pipe& pipe = *flow.pipe;
  ssize_t const got = ::splice(from.fd(), nullptr, pipe.write_end, nullptr, pipe.capacity, splice_flags);
  if (got > 0) {
    pipe.held += static_cast<std::size_t>(got);
    result.read += static_cast<std::uint64_t>(got);
    result.moved = true;
    return true;
  }
  if (got == 0) {
    flow.ended = true;
  } else if (errno == EAGAIN) {
    flow.readable = false;
    flow.ended = flow.ended || flow.last_words;
  } else if (errno != EINTR) {
    fail(result, PumpResult::Status::source_failed);
  }
  if (got == 0 || errno != EINTR) rest(flow, tools);
  return true;
}

}  // namespace shunt::runtime
