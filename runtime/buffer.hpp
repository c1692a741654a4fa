// Byte buffers that connections borrow while they have bytes to keep, from a per-thread pool.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace shunt::runtime {

// Bytes [begin, end) of `capacity`; taken at the front, added at the back.
class Buffer {
 public:
  [[nodiscard]] std::string_view data() const { return {bytes() + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] char* space() { return bytes() + end_; }
  [[nodiscard]] std::size_t room() const { return capacity_ - end_; }
  void added(std::size_t count) { end_ += static_cast<std::uint32_t>(count); }
  void consume(std::size_t count);
  void clear() { begin_ = end_ = 0; }
  // Copies what fits at the back; returns how much that was.
  std::size_t append(std::string_view more);
  void make_contiguous();  // moves the bytes to the start, so that room() is all there is

 private:
  friend class BufferPool;
  explicit Buffer(std::uint32_t capacity) : capacity_(capacity) {}
  [[nodiscard]] char* bytes() { return reinterpret_cast<char*>(this + 1); }
  [[nodiscard]] const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }

  Buffer* next_ = nullptr;
  std::uint32_t begin_ = 0, end_ = 0;
  std::uint32_t capacity_;
};

// Buffers of the standard size are kept for reuse (up to a bound); other sizes go back to the allocator.
class BufferPool {
 public:
  explicit BufferPool(std::size_t standard_size) : standard_(static_cast<std::uint32_t>(standard_size)) {}
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  [[nodiscard]] Buffer* take() { return take(standard_); }
  [[nodiscard]] Buffer* take(std::size_t capacity);
  void give_back(Buffer* buffer);  // null is fine
  [[nodiscard]] std::size_t standard_size() const { return standard_; }
  [[nodiscard]] std::size_t lent() const { return lent_; }
  [[nodiscard]] std::size_t kept() const { return kept_; }

 private:
  static constexpr std::size_t kept_at_most = 64;
  Buffer* free_ = nullptr;
  std::size_t kept_ = 0, lent_ = 0;
  std::uint32_t standard_;
};

}  // namespace shunt::runtime
