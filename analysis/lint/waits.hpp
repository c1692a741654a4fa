// What tcp-request content rules wait for.
#pragma once
#include "analysis/lint/model.hpp"

namespace shunt::analysis {

[[nodiscard]] bool has_delay(const model::Proxy& proxy);
[[nodiscard]] bool reads_client_bytes(const model::Rule& rule);
// With inspect-delay and a content rule that stays undecided until bytes arrive.
[[nodiscard]] bool waits_for_bytes(const model::Proxy& proxy);
// The same for one that leads here: the proxy itself or every frontend.
[[nodiscard]] bool bytes_are_awaited(const model::Model& model, const model::Proxy& proxy);
[[nodiscard]] bool http_is_awaited(const model::Model& model, const model::Proxy& proxy);

}  // namespace shunt::analysis
