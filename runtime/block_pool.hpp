// Memory blocks of one size for one thread, cut from larger chunks, so that a small object costs no allocator
// header.
#pragma once
#include <cstddef>
#include <memory>
#include <vector>

namespace shunt::runtime {

class BlockPool {
 public:
  explicit BlockPool(std::size_t block_size);
  [[nodiscard]] void* take();
  void give_back(void* block);
  [[nodiscard]] std::size_t block_size() const { return block_size_; }
  [[nodiscard]] std::size_t allocated() const { return chunks_.size() * blocks_per_chunk; }
  [[nodiscard]] std::size_t kept() const { return kept_; }

 private:
  struct Free {
    Free* next;
  };
  static constexpr std::size_t blocks_per_chunk = 64;
  void grow();

  std::size_t block_size_;
  Free* free_ = nullptr;
  std::size_t kept_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
};

}  // namespace shunt::runtime
