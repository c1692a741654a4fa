// Chunks stay until the thread ends: the next rush of connections needs them again.
#include "runtime/block_pool.hpp"

#include <algorithm>
#include <new>

namespace shunt::runtime {

BlockPool::BlockPool(std::size_t block_size)
    : block_size_((std::max(block_size, sizeof(Free)) + 15) / 16 * 16) {}

void* BlockPool::take() {
  if (!free_) grow();
  Free* const block = free_;
  free_ = block->next;
  --kept_;
  return block;
}

void BlockPool::give_back(void* block) {
  free_ = new (block) Free{free_};
  ++kept_;
}

void BlockPool::grow() {
  chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(block_size_ * blocks_per_chunk));
  std::byte* const first = chunks_.back().get();
  for (std::size_t i = blocks_per_chunk; i > 0; --i) give_back(first + (i - 1) * block_size_);
}

}  // namespace shunt::runtime
