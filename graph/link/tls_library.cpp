// Providers and the property query that a configuration names, given to OpenSSL before keys are loaded.
#include <fmt/core.h>

#include "graph/link/linking.hpp"
#include "graph/pki/library.hpp"

namespace shunt::graph {
namespace {

void complain(Linking& linking, const std::optional<pki::LoadError>& fault, parser::Span span) {
  if (fault) linking.report(codes::bad_tls_setting, span, fault->message);
}

}  // namespace

void link_tls_library(Linking& linking) {
  const config::TlsDefaults& from = linking.config.global.tls;
  for (const config::ProviderLine& line : from.providers) {
    linking.global.tls_library += fmt::format("{} of {}, ", line.name, line.path);
    if (linking.options.sets_up_library)
      complain(linking, pki::use_provider(line.name, line.path), line.span);
  }
  if (!from.provider_query) return;
  linking.global.tls_library += from.provider_query->value;
  if (linking.options.sets_up_library)
    complain(linking, pki::use_properties(from.provider_query->value), from.provider_query->span);
}

}  // namespace shunt::graph
