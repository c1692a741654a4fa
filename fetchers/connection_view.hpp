// One side's connection, as fetches see it.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fetchers/endpoint.hpp"

namespace shunt::fetchers {

// What the kernel measures of a TCP connection (TCP_INFO).
struct TcpFacts {
  std::uint32_t rtt_us = 0, rtt_variance_us = 0;
  std::uint32_t unacknowledged = 0, sacked = 0, lost = 0, retransmitted = 0, forward_acknowledged = 0,
                reordering = 0;
};

// One side's connection as it is now. Every answer has a "not known" form, so a view implements only what it
// has.
class ConnectionView {
 public:
  virtual ~ConnectionView() = default;
  [[nodiscard]] virtual Endpoint source() const { return {}; }
  [[nodiscard]] virtual Endpoint destination() const { return {}; }
  // The ends of the socket itself, whatever a PROXY header or a rule said since.
  [[nodiscard]] virtual Endpoint socket_source() const { return source(); }
  [[nodiscard]] virtual Endpoint socket_destination() const { return destination(); }
  // TLVs of the received PROXY v2 header, type + 16-bit length + value each, as they came.
  [[nodiscard]] virtual std::string_view proxy_tlvs() const { return {}; }
  [[nodiscard]] virtual bool received_proxy_header() const { return false; }
  // Nothing where there is no TCP connection (yet).
  [[nodiscard]] virtual std::optional<TcpFacts> tcp_facts() const { return std::nullopt; }
  // The client's first packet, in `room`; the kernel tells it once. 0 bytes: it was not kept.
  [[nodiscard]] virtual std::size_t saved_syn(std::span<char> /*room*/) const { return 0; }
  // HAProxy's number of what went wrong while the connection was made (manual, `fc_err_str`); 0: nothing.
  [[nodiscard]] virtual std::uint32_t error() const { return 0; }
  // Whether the connection exists at all.
  [[nodiscard]] virtual bool exists() const { return true; }
};

}  // namespace shunt::fetchers
