// Making pipes is what the limits of the kernel make uncertain: an unprivileged user gets 64 big ones, then 8
// KiB ones.
#include "runtime/pipe_pool.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace shunt::runtime {

PipePool::~PipePool() {
  for (Pipe* pipe : free_) close(pipe);
}

Pipe* PipePool::take() {
  if (!free_.empty()) {
    Pipe* const pipe = free_.back();
    free_.pop_back();
    return pipe;
  }
  if (open_ >= limits_.pipes) return nullptr;
  if (refusals_ > 0) {
    --refusals_;
    return nullptr;
  }
  return make();
}

Pipe* PipePool::make() {
  constexpr std::uint32_t pause = 1000;  // a refusal tends to last; asking costs three system calls
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) {
    refusals_ = pause;
    return nullptr;
  }
  int size = ::fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(limits_.size));
  if (size < 0) size = ::fcntl(ends[1], F_GETPIPE_SZ);
  if (size < 0 || static_cast<std::size_t>(size) < limits_.useful) {
    ::close(ends[0]);
    ::close(ends[1]);
    refusals_ = pause;
    return nullptr;
  }
  ++open_;
  return new Pipe{.read_end = ends[0], .write_end = ends[1], .capacity = static_cast<std::size_t>(size)};
}

void PipePool::give_back(Pipe* pipe) {
  if (!pipe) return;
  if (pipe->held != 0) {
    close(pipe);
  } else {
    free_.push_back(pipe);
  }
}

void PipePool::close(Pipe* pipe) {
  ::close(pipe->read_end);
  ::close(pipe->write_end);
  --open_;
  delete pipe;
}

}  // namespace shunt::runtime
