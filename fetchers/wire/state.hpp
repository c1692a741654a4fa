// What a reader of a growing buffer can say about the thing it looks for.
#pragma once
#include <cstdint>

namespace shunt::fetchers::wire {

enum class ReadState : std::uint8_t { found, incomplete, absent };  // absent: it can never become one

}  // namespace shunt::fetchers::wire
