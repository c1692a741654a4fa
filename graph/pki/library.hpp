// The TLS library that this program runs with.
#pragma once
#include <string_view>

namespace shunt::graph::pki {

// "OpenSSL 3.0.15 3 Sep 2024"
[[nodiscard]] std::string_view library_name();

}  // namespace shunt::graph::pki
