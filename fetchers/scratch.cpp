// The arena behind computed samples: one block that is reused, more blocks only when an evaluation needs
// them.
#include <algorithm>
#include <cstdlib>
#include <new>

#include "fetchers/sample.hpp"

namespace shunt::fetchers {

struct Scratch::Block {
  Block* next = nullptr;
  std::size_t capacity = 0;
  [[nodiscard]] char* bytes() { return reinterpret_cast<char*>(this + 1); }

  static Block* make(std::size_t capacity) {
    auto* block = new (::operator new(sizeof(Block) + capacity)) Block;
    block->capacity = capacity;
    return block;
  }
};

Scratch::Scratch(std::size_t capacity)
    : first_(Block::make(std::max<std::size_t>(capacity, 64))), current_(first_) {}

Scratch::~Scratch() {
  while (first_ != nullptr) {
    Block* next = first_->next;
    ::operator delete(first_);
    first_ = next;
  }
}

std::span<char> Scratch::allocate(std::size_t size) {
  while (current_->capacity - used_ < size) {
    if (current_->next == nullptr) current_->next = Block::make(std::max(size, current_->capacity));
    current_ = current_->next;
    used_ = 0;
  }
  char* begin = current_->bytes() + used_;
  used_ += size;
  return {begin, size};
}

std::string_view Scratch::copy(std::string_view bytes) {
  const std::span<char> room = allocate(bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  return {room.data(), room.size()};
}

void Scratch::reset() {
  current_ = first_;
  used_ = 0;
}

}  // namespace shunt::fetchers
