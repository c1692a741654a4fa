// What a TLS connection of ours knows, as fetches see it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shunt::fetchers {

class Scratch;  // fetchers/sample.hpp

// What is kept of the client's hello (`tune.ssl.capture-buffer-size`): lists of numbers of two bytes (point
// formats: of one), which end early where the space did.
struct CapturedHello {
  std::uint16_t version = 0;
  std::uint64_t suites_hash = 0;  // XXH64 of the whole list
  std::string_view suites = {}, extensions = {}, groups = {}, formats = {}, signatures = {}, versions = {};
};

// Keys that `tune.ssl.keylog` keeps.
enum class TlsSecret : std::uint8_t {
  client_early_traffic,
  client_handshake_traffic,
  client_traffic,
  server_handshake_traffic,
  server_traffic,
  exporter,
  early_exporter
};
inline constexpr std::size_t tls_secret_count = 7;

// The first faults that were found in the peer's certificate and in its issuers; OpenSSL's numbers, 0: none.
struct VerifyFaults {
  std::int64_t certificate = 0;
  std::int64_t issuer = 0;
  std::int64_t issuer_depth = 0;
};

// What the TLS layer that *we* terminate (or start, towards a server) knows. Texts live as long as the view
// or the scratch memory that they were copied to. Certificates are in DER form; empty: there is none.
class TlsView {
 public:
  using Text = std::optional<std::string_view>;

  virtual ~TlsView() = default;
  [[nodiscard]] virtual bool active() const { return false; }
  [[nodiscard]] virtual bool established() const { return active(); }  // the handshake has succeeded
  [[nodiscard]] virtual Text sni() const { return std::nullopt; }
  [[nodiscard]] virtual Text alpn() const { return std::nullopt; }
  [[nodiscard]] virtual Text protocol() const { return std::nullopt; }  // "TLSv1.3"
  [[nodiscard]] virtual Text cipher() const { return std::nullopt; }
  [[nodiscard]] virtual Text curve() const { return std::nullopt; }
  [[nodiscard]] virtual Text certificate_name() const { return std::nullopt; }
  [[nodiscard]] virtual std::int64_t algorithm_bits() const { return 0; }
  [[nodiscard]] virtual std::int64_t used_bits() const { return 0; }
  [[nodiscard]] virtual bool resumed() const { return false; }

  [[nodiscard]] virtual Text session_id() const { return std::nullopt; }
  [[nodiscard]] virtual Text session_key(Scratch&) const { return std::nullopt; }
  [[nodiscard]] virtual Text client_random(Scratch&) const { return std::nullopt; }
  [[nodiscard]] virtual Text server_random(Scratch&) const { return std::nullopt; }
  [[nodiscard]] virtual Text unique_id(Scratch&) const { return std::nullopt; }
  [[nodiscard]] virtual Text secret(TlsSecret) const { return std::nullopt; }  // hexadecimal
  [[nodiscard]] virtual const CapturedHello* captured_hello() const { return nullptr; }

  [[nodiscard]] virtual std::string_view suite_name(std::uint16_t) const { return {}; }  // empty: unknown

  [[nodiscard]] virtual bool peer_showed_certificate() const { return false; }  // in this very handshake
  [[nodiscard]] virtual std::int64_t verify_result() const { return 0; }
  [[nodiscard]] virtual VerifyFaults verify_faults() const { return {}; }
  [[nodiscard]] virtual std::uint64_t error() const { return 0; }  // OpenSSL's code of the first one
  [[nodiscard]] virtual std::string_view own_certificate(Scratch&) const { return {}; }
  [[nodiscard]] virtual std::string_view peer_certificate(Scratch&) const { return {}; }
  // One behind the other, as the peer sent them (a client's without its own certificate).
  [[nodiscard]] virtual std::string_view peer_chain(Scratch&) const { return {}; }
  // The authority at the end of the chain that was verified.
  [[nodiscard]] virtual std::string_view peer_root(Scratch&) const { return {}; }
};

}  // namespace shunt::fetchers
