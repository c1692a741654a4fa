// The little server behind `make run`: says over which connection plain bytes reached it, and which.
#pragma once
#include <cstdint>
#include <string>

namespace shunt::runtime {

// Serves on 127.0.0.1:port until the process is told to end. Returns an exit status; `error` says why it
// could not start.
[[nodiscard]] int serve_demo_backend(std::uint16_t port, std::string& error);

}  // namespace shunt::runtime
