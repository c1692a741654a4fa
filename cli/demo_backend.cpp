// `shunt demo-backend PORT`: the server behind `make run`.
#include <fmt/core.h>

#include <charconv>
#include <cstdio>

#include "cli/verbs.hpp"
#include "runtime/demo_backend.hpp"

namespace shunt::cli {

int demo_backend(const Words& words) {
  std::uint16_t port = 0;
  const std::string_view text = words.empty() ? std::string_view{} : words.front();
  if (std::from_chars(text.data(), text.data() + text.size(), port).ec != std::errc{} || port == 0) {
    fmt::print(stderr, "usage: shunt demo-backend <port>\n");
    return 1;
  }
  std::string error;
  const int status = runtime::serve_demo_backend(port, error);
  if (status != 0) fmt::print(stderr, "shunt: demo-backend: port {}: {}\n", port, error);
  return status;
}

}  // namespace shunt::cli
