// Minimum, maximum and excluded versions, own and default, as one range.
#include "graph/link/tls_versions.hpp"

#include "graph/read/tls_settings.hpp"

namespace shunt::graph {
namespace {

constexpr std::size_t version_count = 5;
constexpr std::size_t standard_minimum[] = {3, 1};  // by VersionSide

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

VersionRange version_range(Linking& linking, const config::TlsVersions& own,
                           const config::TlsVersions& shared, parser::Span ssl, VersionSide side) {
  const auto most = number_of(own.max, shared.max).value_or(version_count - 1);
  const std::size_t standard = standard_minimum[static_cast<std::size_t>(side)];
  const auto least = number_of(own.min, shared.min).value_or(std::min(standard, most));
  const bool ranged = own.min || own.max || shared.min || shared.max;  // then exclusions are ignored [seen]
  std::optional<std::size_t> low, high;
  // SSLv3 is not in OpenSSL any more.
  for (std::size_t version = std::max<std::size_t>(least, 1); version <= most; ++version) {
    if (!ranged && (own.disabled[version] || shared.disabled[version])) continue;
    if (!low) low = version;
    high = version;
  }
  if (!low) {
    linking.report(codes::bad_tls_setting, ssl, "no TLS version is left: all are excluded");
    return {};
  }
  VersionRange range{.min = std::string(version_name(*low)), .max = {}};
  if (*high != version_count - 1) range.max = version_name(*high);
  return range;
}

}  // namespace shunt::graph
