// What this machine can lack when a socket is made, and HAProxy's words for it, in logs and in fc_err_str.
#pragma once
#include <cstdint>
#include <string_view>

#include "graph/proxy.hpp"

namespace shunt::runtime {

struct ThreadContext;

enum class Lack : std::uint8_t {
  other,
  process_descriptors,
  system_descriptors,
  memory,
  source_address,   // it is not ours
  foreign_address,  // of `usesrc`
  source_range,     // no port of `source ADDRESS:FIRST-LAST` leads there
  source_ports,     // none of the system's does
  source_in_use,
  tls_memory,
};

[[nodiscard]] Lack lack_at_socket(int error);          // errno of socket(2) and accept(2)
[[nodiscard]] Lack lack_at_connect(int error);         // errno of connect(2)
[[nodiscard]] std::string_view error_text(Lack lack);  // as fetchers/connection_errors.hpp has them
// To the logs of `proxy`; of some lacks nothing is said.
void log_lack(ThreadContext& thread, const graph::Proxy& proxy, Lack lack);

}  // namespace shunt::runtime
