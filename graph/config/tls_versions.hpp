// Which versions of TLS a line allows.
#pragma once
#include <array>
#include <string>

#include "graph/config/setting.hpp"

namespace shunt::graph::config {

struct TlsVersions {
  Maybe<std::string> min = {}, max = {};
  std::array<Maybe<bool>, 5> disabled = {};  // no-sslv3, no-tlsv10 ... no-tlsv13
};

}  // namespace shunt::graph::config
