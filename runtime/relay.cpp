// The loop of one direction and its copying half.
#include "runtime/relay.hpp"

#include <sys/epoll.h>

#include <algorithm>

namespace shunt::runtime {
namespace {

using Status = PumpResult::Status;

constexpr std::uint64_t fair_share = 2U << 20;  // bytes per call before others get their turn
constexpr std::uint8_t bulky_after = 2;         // full reads in a row

// False: the sink does not take it all now (or failed).
bool settle(Flow& flow, const IoResult& sent, PumpResult& result) {
  result.moved = result.moved || sent.bytes != 0;
  if (sent.status == IoStatus::failed) {
    result.status = Status::sink_failed;
    result.error = sent.error;
    return false;
  }
  if (sent.status == IoStatus::drained) flow.blocked = true;
  return sent.status == IoStatus::ok;
}

void drop_buffer(Flow& flow, RelayTools& tools) {
  tools.buffers.give_back(flow.buffer);
  flow.buffer = nullptr;
}

bool flush_buffer(Flow& flow, Transport& to, RelayTools& tools, PumpResult& result) {
  while (flow.buffer && !flow.buffer->empty()) {
    IoResult const sent = to.write(flow.buffer->data());
    flow.buffer->consume(sent.bytes);
    if (!settle(flow, sent, result)) {
      if (flow.buffer->empty()) drop_buffer(flow, tools);
      return false;
    }
  }
  drop_buffer(flow, tools);
  return true;
}

bool flush_held(Flow& flow, Transport& to, RelayTools& tools, PumpResult& result) {
  if (flow.blocked) return false;
  if (to.has_unsent() && !settle(flow, to.flush(), result)) return false;
  if (flow.buffer && !flush_buffer(flow, to, tools, result)) return false;
  return !flow.pipe || flush_pipe(flow, to, tools, result);
}

void keep(Flow& flow, std::string_view rest, RelayTools& tools) {
  if (rest.empty()) return;
  flow.buffer = tools.buffers.take(std::max(rest.size(), tools.buffers.standard_size()));
  flow.buffer->append(rest);
}

void write_fresh(Flow& flow, std::string_view bytes, Transport& to, RelayTools& tools, PumpResult& result) {
  while (!bytes.empty()) {
    IoResult const sent = to.write(bytes);
    bytes.remove_prefix(sent.bytes);
    if (!settle(flow, sent, result)) break;
  }
  if (result.status != Status::sink_failed) keep(flow, bytes, tools);
}

void count_read(Flow& flow, const IoResult& got, PumpResult& result) {
  result.read += got.bytes;
  result.moved = result.moved || got.bytes != 0;
  flow.full_reads = static_cast<std::uint8_t>(
      got.bytes == RelayTools::scratch_size ? std::min(flow.full_reads + 1, int{bulky_after}) : 0);
}

void copy_once(Flow& flow, Transport& from, Transport& to, RelayTools& tools, PumpResult& result) {
  char* const scratch = tools.scratch.get();
  IoResult const got = from.read(scratch, RelayTools::scratch_size);
  if (got.status == IoStatus::failed) {
    result.status = Status::source_failed;
    result.error = got.error;
    return;
  }
  count_read(flow, got, result);
  flow.note_read(got, from);
  write_fresh(flow, {scratch, got.bytes}, to, tools, result);
}

bool wants_splice(const Flow& flow, const Transport& from, const Transport& to) {
  if (flow.splice == SpliceUse::never || from.tls() || to.tls()) return false;
  return flow.splice == SpliceUse::from_first_byte || flow.full_reads >= bulky_after;
}

void pass_on_end(Flow& flow, Transport& to, bool last, PumpResult& result) {
  if (!last || to.tls()) {
    IoResult const closed = to.shutdown_write();
    if (closed.status == IoStatus::drained) {
      flow.blocked = true;
      return;
    }
    // A peer that is gone needs no end; what it did is found out by reading from it.
  }
  flow.passed_on = true;
  result.moved = true;
  result.status = Status::finished;
}

}  // namespace

RelayTools::RelayTools(std::size_t buffer_size, const PipeLimits& pipe_limits)
    : scratch(std::make_unique_for_overwrite<char[]>(scratch_size)),
      buffers(buffer_size),
      pipes(pipe_limits) {}

void Flow::note_events(std::uint32_t epoll_events) {
  // Reads stop at the mark of urgent data, and a reset announces itself as an end, too.
  if ((epoll_events & (EPOLLPRI | EPOLLERR)) != 0) read_on = true;
  if ((epoll_events & EPOLLRDHUP) != 0) hangup = true;
}

void Flow::note_read(const IoResult& got, const Transport& from) {
  if (got.status == IoStatus::ended) ended = true;
  if (got.status != IoStatus::drained || (read_on && got.bytes != 0)) return;
  readable = false;
  if (last_words) ended = true;
  // All that came before the end was taken, and the end was already announced: reading 0 bytes would say no
  // more.
  if (hangup && got.bytes != 0 && !from.tls()) ended = true;
}

PumpResult pump(Flow& flow, Transport& from, Transport& to, RelayTools& tools, bool last) {
  PumpResult result;
  if (flow.passed_on) {
    result.status = Status::finished;
    return result;
  }
  while (result.status == Status::waiting) {
    if (!flush_held(flow, to, tools, result)) return result;
    if (flow.ended) {
      pass_on_end(flow, to, last, result);
      break;
    }
    if (!flow.readable) break;
    if (result.read >= fair_share) {
      result.status = Status::more;
      break;
    }
    if (!wants_splice(flow, from, to) || !splice_once(flow, from, to, tools, result))
      copy_once(flow, from, to, tools, result);
  }
  return result;
}

void release(Flow& flow, RelayTools& tools) {
  drop_buffer(flow, tools);
  tools.pipes.give_back(flow.pipe);
  flow.pipe = nullptr;
}

}  // namespace shunt::runtime
