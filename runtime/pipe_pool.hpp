// Pipes for splice(2), shared by the connections of one thread; one is held only while bytes are in it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace shunt::runtime {

struct Pipe {
  int read_end = -1, write_end = -1;
  std::size_t capacity = 0;
  std::size_t held = 0;  // bytes inside
};

struct PipeLimits {
  std::size_t size = 1U << 20;     // asked of F_SETPIPE_SZ
  std::size_t useful = 64U << 10;  // a smaller pipe costs more than copying
  std::size_t pipes = 64;          // at a time
};

class PipePool {
 public:
  explicit PipePool(const PipeLimits& limits) : limits_(limits) {}
  ~PipePool();
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;

  // null: none to be had now (limit, no descriptors, or the kernel gives only small ones); the caller copies.
  [[nodiscard]] Pipe* take();
  // A pipe that still holds bytes is closed, an empty one kept.
  void give_back(Pipe* pipe);
  [[nodiscard]] std::size_t open_pipes() const { return open_; }
  [[nodiscard]] std::size_t kept() const { return free_.size(); }
  [[nodiscard]] const PipeLimits& limits() const { return limits_; }

 private:
  [[nodiscard]] Pipe* make();
  void close(Pipe* pipe);

  PipeLimits limits_;
  std::vector<Pipe*> free_;
  std::size_t open_ = 0;
  std::uint32_t refusals_ = 0;  // takes still to be refused before the kernel is asked again
};

}  // namespace shunt::runtime
