// One message with at most one descriptor over a SOCK_SEQPACKET pair.
#pragma once
#include <string>
#include <string_view>
#include <system_error>

#include "parser/result.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

struct DescriptorMessage {
  std::string bytes = {};  // empty: the other end was closed
  UniqueFd descriptor = {};
  bool lost = false;  // there was one, but this process may not have more of them
};

inline constexpr std::size_t largest_message = 60'000;

// Blocks. `bytes`: 1 ... largest_message.
[[nodiscard]] std::error_code send_message(int socket, std::string_view bytes, int descriptor = -1);
[[nodiscard]] Result<DescriptorMessage, std::error_code> receive_message(int socket);

}  // namespace shunt::runtime
