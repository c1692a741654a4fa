// One side's connection, as fetches see it.
#pragma once
#include <string_view>

#include "fetchers/endpoint.hpp"

namespace shunt::fetchers {

// One side's connection as it is now. Every answer has a "not known" form, so a view implements only what it
// has.
class ConnectionView {
 public:
  virtual ~ConnectionView() = default;
  [[nodiscard]] virtual Endpoint source() const { return {}; }
  [[nodiscard]] virtual Endpoint destination() const { return {}; }
  // TLVs of the received PROXY v2 header, type + 16-bit length + value each, as they came.
  [[nodiscard]] virtual std::string_view proxy_tlvs() const { return {}; }
  [[nodiscard]] virtual bool received_proxy_header() const { return false; }
};

}  // namespace shunt::fetchers
