// Sans-io reader of a TLS ClientHello as HAProxy's `req.ssl_*` fetches see it (record headers inside are not
// skipped).
#pragma once
#include <cstdint>
#include <string_view>

#include "fetchers/wire/state.hpp"

namespace shunt::fetchers::wire {

using HelloState = ReadState;

struct HelloType {
  HelloState state = HelloState::absent;
  std::uint8_t type = 0;  // 1 ClientHello, 2 ServerHello
};
struct HelloField {
  HelloState state = HelloState::absent;
  std::string_view value = {};  // inside the input
};
struct HelloVersion {
  HelloState state = HelloState::absent;
  std::uint32_t version = 0;  // major * 65536 + minor
};

[[nodiscard]] HelloType hello_type(std::string_view bytes);
[[nodiscard]] HelloVersion hello_version(std::string_view bytes);
[[nodiscard]] HelloField hello_sni(std::string_view bytes);
[[nodiscard]] HelloField hello_alpn(std::string_view bytes,
                                    std::uint32_t index = 0);  // the index-th protocol name

}  // namespace shunt::fetchers::wire
