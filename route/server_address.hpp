// The address of a server that follows its name: written by the main thread, read by all without a lock.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>

#include "fetchers/endpoint.hpp"

namespace shunt::route {

// A sequence lock: who reads while it is written reads again.
class ServerAddress {
 public:
  [[nodiscard]] fetchers::Endpoint load() const {
    for (;;) {
      const std::uint32_t before = version_.load(std::memory_order_acquire);
      const std::uint64_t head = words_[0].load(std::memory_order_relaxed);
      const std::array<std::uint64_t, 2> bytes = {words_[1].load(std::memory_order_relaxed),
                                                  words_[2].load(std::memory_order_relaxed)};
      std::atomic_thread_fence(std::memory_order_acquire);
      if ((before & 1) != 0 || before != version_.load(std::memory_order_relaxed)) continue;
      fetchers::Endpoint found;
      found.family = static_cast<fetchers::Family>(head >> 16);
      found.port = static_cast<std::uint16_t>(head);
      std::memcpy(found.address.data(), bytes.data(), sizeof bytes);
      return found;
    }
  }

  // By one thread at a time.
  void store(const fetchers::Endpoint& address) {
    std::array<std::uint64_t, 2> bytes = {};
    std::memcpy(bytes.data(), address.address.data(), sizeof bytes);
    const std::uint32_t before = version_.load(std::memory_order_relaxed);
    version_.store(before + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    words_[0].store(static_cast<std::uint64_t>(address.family) << 16 | address.port,
                    std::memory_order_relaxed);
    words_[1].store(bytes[0], std::memory_order_relaxed);
    words_[2].store(bytes[1], std::memory_order_relaxed);
    version_.store(before + 2, std::memory_order_release);
  }

 private:
  std::atomic<std::uint32_t> version_{0};
  std::array<std::atomic<std::uint64_t>, 3> words_ = {};
};

}  // namespace shunt::route
