// The splicing half of a direction: socket to pipe to socket without the bytes entering the process.
#include <fcntl.h>

#include <cerrno>

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

}  // namespace

bool flush_pipe(Flow& flow, Transport& to, RelayTools& tools, PumpResult& result) {
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
  } else if (errno != EINTR) {
    fail(result, PumpResult::Status::source_failed);
  }
  if (got == 0 || errno != EINTR) rest(flow, tools);
  return true;
}

}  // namespace shunt::runtime
