// The TLS handshake that a bind of ours would make of a ClientHello: version, protocol, certificate.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetchers/tls_view.hpp"
#include "fetchers/wire/state.hpp"
#include "graph/graph.hpp"

namespace shunt::analysis {

// A ClientHello in all its records.
struct OfferedTls {
  fetchers::wire::ReadState state = fetchers::wire::ReadState::absent;
  std::optional<std::string> sni = {};  // lower case
  std::string protocols = {};           // ALPN names as on the wire, each behind its length
  std::vector<std::uint16_t> versions = {}, suites = {};
  std::string schemes = {};  // the body of signature_algorithms
};
[[nodiscard]] OfferedTls read_offer(std::string_view bytes);

struct Agreement;

// What was agreed on.
class AgreedTls final : public fetchers::TlsView {
 public:
  [[nodiscard]] bool active() const override { return true; }
  [[nodiscard]] Text sni() const override { return sni_; }
  [[nodiscard]] Text alpn() const override { return alpn_; }
  [[nodiscard]] Text protocol() const override { return protocol_; }
  [[nodiscard]] Text cipher() const override { return cipher_; }
  [[nodiscard]] bool peer_showed_certificate() const override { return shows_certificate_; }
  [[nodiscard]] const std::optional<std::uint32_t>& certificate() const { return certificate_; }

 private:
  friend Agreement agree(const graph::Graph&, const graph::TlsBind&, const OfferedTls&, bool);
  std::optional<std::string> sni_, alpn_, cipher_;
  std::string protocol_;
  std::optional<std::uint32_t> certificate_;
  bool shows_certificate_ = false;
};

struct Agreement {
  std::unique_ptr<AgreedTls> tls = {};  // null: `fault`
  std::string fault = {};
};

// `shows_certificate`: the client has one that is good.
[[nodiscard]] Agreement agree(const graph::Graph& graph, const graph::TlsBind& bind, const OfferedTls& offer,
                              bool shows_certificate);

}  // namespace shunt::analysis
