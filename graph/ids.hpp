// Numbers of the parts of a graph: places in its vectors, dense and from 0.
#pragma once
#include <chrono>
#include <cstdint>

namespace shunt::graph {

using ProxyId = std::uint32_t;
using ListenerId = std::uint32_t;
using ServerId = std::uint32_t;
using TableId = std::uint32_t;
using Milliseconds = std::chrono::milliseconds;
inline constexpr std::uint32_t none = 0xffffffff;

}  // namespace shunt::graph
