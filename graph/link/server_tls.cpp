// What is verified, shown and offered to a server.
#include "graph/link/server_tls.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/base_directory.hpp"
#include "graph/link/client_verification.hpp"
#include "graph/link/link_checks.hpp"
#include "graph/link/tls_versions.hpp"
#include "graph/pki/file_checks.hpp"

namespace shunt::graph {
namespace {

using config::ServerParameters;

std::string own_or_shared(const config::Maybe<std::string>& own, const config::Maybe<std::string>& shared) {
  return own ? own->value : value_or(shared, std::string());
}

void fail(Linking& linking, parser::Span span, const pki::LoadError& error) {
  linking.report(codes::bad_tls_setting, span, error.message).late = true;
}

void check_lists(Linking& linking, const ServerParameters& own) {
  const std::string ciphers = value_or(own.ciphers, std::string());
  const std::string suites = value_or(own.ciphersuites, std::string());
  const std::string curves = value_or(own.curves, std::string());
  if (const auto error = pki::check_settings(ciphers, {}, {})) fail(linking, own.ciphers->span, *error);
  if (const auto error = pki::check_settings({}, suites, {})) fail(linking, own.ciphersuites->span, *error);
  if (const auto error = pki::check_settings({}, {}, curves)) fail(linking, own.curves->span, *error);
}

std::uint32_t own_certificate(Linking& linking, const ServerParameters& own) {
  if (!own.certificate || linking.options.assume_files) return none;
  const auto loaded =
      linking.certificates.load(below(linking.config.global.crt_base, own.certificate->value));
  if (loaded && !loaded.value().empty()) return loaded.value().front();
  if (!loaded) fail(linking, own.certificate->span, loaded.error());
  return none;
}

bool verifies(Linking& linking, const config::Server& from) {
  const ServerParameters& own = from.parameters;
  const bool trusts = value_or(linking.config.global.trusts_servers, false);
  if (!(own.verify ? own.verify->value == "required" : !trusts)) return false;
  if (!own.ca_file)
    linking.report(codes::bad_tls_setting, from.span,
                   fmt::format("server '{}' uses TLS and verifies, but has no 'ca-file'; 'verify none' would "
                               "trust any server",
                               from.name.value));
  return true;
}

std::optional<fetchers::ExpressionId> compile_name(Linking& linking, const config::Proxy& proxy,
                                                   const ServerParameters& own) {
  if (!own.sni_tree) return std::nullopt;
  parser::DiagnosticSink judged;
  fetchers::ExpressionPool& pool = linking.program.expressions();
  pool.set_owner(owner_of(linking, proxy));
  return pool.compile(*own.sni_tree, fetchers::Place::be_server_connect, judged);
}

void set_offers(TlsServer& tls, const ServerParameters& own, const ServerParameters& shared) {
  tls.ciphers = own_or_shared(own.ciphers, shared.ciphers);
  tls.ciphersuites = own_or_shared(own.ciphersuites, shared.ciphersuites);
  tls.curves = own_or_shared(own.curves, shared.curves);
  tls.sigalgs = own_or_shared(own.sigalgs, shared.sigalgs);
  tls.client_sigalgs = own_or_shared(own.client_sigalgs, shared.client_sigalgs);
  tls.alpn = value_or(own.alpn, std::string());
  tls.check_alpn = value_or(own.check_alpn, std::string());
  tls.check_name = value_or(own.check_sni, std::string());
  tls.reuse = value_or(own.ssl_reuse, true);
  tls.tickets = !(own.no_tickets ? own.no_tickets->value : value_or(shared.no_tickets, false));
}

// Checks that go elsewhere than the sessions take nothing from these.
bool checks_use_tls(const ServerParameters& own) {
  return own.check_ssl ? own.check_ssl->value : value_or(own.ssl, false) && !own.port && !own.address;
}

}  // namespace

std::uint32_t owner_of(const Linking& linking, const config::Proxy& proxy) {
  return static_cast<std::uint32_t>(std::ranges::find(linking.proxies, &proxy) - linking.proxies.begin());
}

std::optional<TlsServer> server_tls(Linking& linking, const config::Proxy& proxy,
                                    const config::Server& from) {
  const ServerParameters& own = from.parameters;
  const ServerParameters& shared = linking.config.global.server_tls;
  TlsServer tls;
  tls.sessions = value_or(own.ssl, false);
  tls.checks = checks_use_tls(own);
  const bool by_steps = value_or(own.check, false) && checks_open_tls(linking.config, proxy);
  if (!tls.sessions && !tls.checks && !by_steps) return std::nullopt;
  if (value_or(own.sslv3_only, false) || value_or(shared.sslv3_only, false))
    linking.report(codes::bad_tls_setting, from.span,
                   "no TLS version is left: SSLv3 is not in OpenSSL any more");
  check_lists(linking, own);
  set_offers(tls, own, shared);
  tls.certificate = own_certificate(linking, own);
  tls.verify = verifies(linking, from);
  if (tls.verify) {
    tls.verify_host = value_or(own.verify_host, std::string());
    tls.authorities = load_authorities(linking, own.ca_file);
    tls.revocations = load_authorities(linking, own.crl_file);
  }
  tls.server_name = compile_name(linking, proxy, own);
  VersionRange versions =
      version_range(linking, own.versions, shared.versions, from.span, VersionSide::servers);
  tls.min_version = std::move(versions.min);
  tls.max_version = std::move(versions.max);
  tls.keylog = value_or(linking.config.global.tls.keylog, false);
  return tls;
}

}  // namespace shunt::graph
