// Sans-io reader of the cookie in the first packet of the Remote Desktop Protocol ([MS-RDPBCGR] 2.2.1.1).
#pragma once
#include <string_view>

#include "fetchers/wire/state.hpp"

namespace shunt::fetchers::wire {

struct RdpCookie {
  ReadState state = ReadState::absent;
  std::string_view value = {};  // inside the input; may be empty
};

// `name` is compared without regard to case; empty: any cookie.
[[nodiscard]] RdpCookie read_rdp_cookie(std::string_view bytes, std::string_view name);

}  // namespace shunt::fetchers::wire
