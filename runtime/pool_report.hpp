// What the memory pools of the threads hold, for the operator who asks with SIGQUIT.
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace shunt::runtime {

// Objects of one kind that a thread owns; `kept` of them wait for their next use.
struct PoolUse {
  std::string_view name = {};
  std::size_t object_size = 0;
  std::size_t allocated = 0;
  std::size_t kept = 0;
};

// One row per kind, the same kinds in the same order for every thread.
struct PoolUses {
  std::array<PoolUse, 3> rows = {};
  PoolUses& operator+=(const PoolUses& other);
};

// Lines in the form of HAProxy's answer; the last one has no line end.
[[nodiscard]] std::string describe_pools(const PoolUses& uses);

}  // namespace shunt::runtime
