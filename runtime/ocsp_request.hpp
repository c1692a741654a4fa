// The HTTP request that carries a question to an OCSP responder (RFC 6960, appendix A).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "graph/config.hpp"
#include "runtime/http_exchange.hpp"

namespace shunt::runtime {

// `place`: the responder's. Short questions stand in the path, so that caches can answer them.
[[nodiscard]] HttpRequest ocsp_request(const HttpPlace& place, std::string_view question,
                                       const std::optional<parser::Address>& proxy);

}  // namespace shunt::runtime
