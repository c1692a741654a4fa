// Bytes that pass between processes as a descriptor: more than a message can hold.
#pragma once
#include <string>
#include <string_view>

#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

[[nodiscard]] UniqueFd in_memory(std::string_view bytes);
[[nodiscard]] std::string contents_of(int file);  // empty: it can't be read

}  // namespace shunt::runtime
