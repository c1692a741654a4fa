// The pool keeps few buffers: they are lent for the time of a wait, not for the life of a connection.
#include "runtime/buffer.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace shunt::runtime {

void Buffer::consume(std::size_t count) {
  begin_ += static_cast<std::uint32_t>(count);
  if (begin_ == end_) begin_ = end_ = 0;
}

std::size_t Buffer::append(std::string_view more) {
  std::size_t const count = std::min(more.size(), room());
  if (count == 0) return 0;  // memcpy must not see the null pointer of an empty view
  std::memcpy(space(), more.data(), count);
  added(count);
  return count;
}

void Buffer::make_contiguous() {
  std::memmove(bytes(), bytes() + begin_, size());
  end_ -= begin_;
  begin_ = 0;
}

BufferPool::~BufferPool() {
  while (free_) {
    Buffer* const next = free_->next_;
    std::free(free_);
    free_ = next;
  }
}

Buffer* BufferPool::take(std::size_t capacity) {
  ++lent_;
  if (capacity == standard_ && free_) {
    Buffer* const buffer = free_;
    free_ = buffer->next_;
    --kept_;
    return buffer;
  }
  void* const memory = std::malloc(sizeof(Buffer) + capacity);
  if (!memory) std::abort();  // nothing sensible is left to do: even the log line needs memory
  return new (memory) Buffer(static_cast<std::uint32_t>(capacity));
}

void BufferPool::give_back(Buffer* buffer) {
  if (!buffer) return;
  --lent_;
  if (buffer->capacity_ != standard_ || kept_ == kept_at_most) {
    std::free(buffer);
    return;
  }
  buffer->clear();
  buffer->next_ = free_;
  free_ = buffer;
  ++kept_;
}

}  // namespace shunt::runtime
