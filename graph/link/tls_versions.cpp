// Minimum, maximum and excluded versions, own and default, as one range.
#include "graph/link/tls_versions.hpp"

#include "graph/read/tls_settings.hpp"

namespace shunt::graph {
namespace {

constexpr std::size_t version_count = 5;
constexpr std::size_t standard_minimum = 3;  // TLSv1.2 since HAProxy 2.2

std::optional<std::size_t> number_of(const config::Maybe<std::string>& own,
                                     const config::Maybe<std::string>& shared) {
  const auto& setting = own ? own : shared;
  if (!setting) return std::nullopt;
  for (std::size_t i = 0; i < version_count; ++i) {
    if (version_name(i) == setting->value) return i;
  }
  return std::nullopt;
}

}  // namespace

void set_versions(Linking& linking, const config::TlsVersions& own, const config::TlsVersions& shared,
                  parser::Span ssl, TlsBind& tls) {
  const auto most = number_of(own.max, shared.max).value_or(version_count - 1);
  const auto least = number_of(own.min, shared.min).value_or(std::min(standard_minimum, most));
  std::optional<std::size_t> low, high;
  // SSLv3 is not in OpenSSL any more.
  for (std::size_t version = std::max<std::size_t>(least, 1); version <= most; ++version) {
    if (own.disabled[version] || shared.disabled[version]) continue;
    if (!low) low = version;
    high = version;
  }
  if (!low) {
    linking.report(codes::bad_tls_setting, ssl, "no TLS version is left: all are excluded");
    return;
  }
  tls.min_version = version_name(*low);
  if (*high != version_count - 1) tls.max_version = version_name(*high);
}

}  // namespace shunt::graph
