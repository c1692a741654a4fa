// What a TLS connection of ours knows, as fetches see it.
#pragma once
#include <optional>
#include <string_view>

namespace shunt::fetchers {

// What the TLS layer that *we* terminate (or start, towards a server) knows.
class TlsView {
 public:
  virtual ~TlsView() = default;
  [[nodiscard]] virtual bool active() const { return false; }
  [[nodiscard]] virtual std::optional<std::string_view> sni() const { return std::nullopt; }
  [[nodiscard]] virtual std::optional<std::string_view> alpn() const { return std::nullopt; }
  [[nodiscard]] virtual std::optional<std::string_view> protocol() const {
    return std::nullopt;
  }  // "TLSv1.3"
  [[nodiscard]] virtual std::optional<std::string_view> cipher() const { return std::nullopt; }
};

}  // namespace shunt::fetchers
