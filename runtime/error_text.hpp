// What the system calls an error, safe in every thread and without allocation.
#pragma once
#include <cstring>
#include <string_view>

namespace shunt::runtime {

[[nodiscard]] inline std::string_view error_text(int error) {
  const char* text = ::strerrordesc_np(error);
  return text != nullptr ? text : "Unknown error";
}

}  // namespace shunt::runtime
