// Sans-io answer to "is this an HTTP request head?", as `req.proto_http` gives it.
#pragma once
#include <string_view>

#include "fetchers/wire/state.hpp"

namespace shunt::fetchers::wire {

// found: a complete head (or an HTTP/0.9 line, or the HTTP/2 preface); absent at the first byte that can't be
// HTTP.
[[nodiscard]] ReadState probe_http_request(std::string_view bytes);

}  // namespace shunt::fetchers::wire
