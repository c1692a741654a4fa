// Certificates, defaults and settings of bind lines, and of certificates that have their own in crt-lists.
#include "graph/link/tls_listeners.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/base_directory.hpp"
#include "graph/link/client_verification.hpp"
#include "graph/link/tls_versions.hpp"
#include "graph/pki/file_checks.hpp"
#include "graph/pki/signer.hpp"
#include "graph/read/tls_settings.hpp"
#include "graph/tls_renewal.hpp"

namespace shunt::graph {
namespace {

using config::Bind;

bool has_parts(const config::CertificateParts& parts) {
  return !parts.key.empty() || !parts.stapled.empty() || !parts.issuer.empty() || !parts.timestamps.empty();
}

// "@STORE/ALIAS" names a certificate of a crt-store.
bool is_on_shelf(const Linking& linking, const std::string& name) {
  return name.starts_with('@') && name.find('/') != std::string::npos &&
         language_of(linking.options.target) >= 300;
}

const config::CertificateShelf::Load* find_on_shelf(const Linking& linking, const std::string& name) {
  const std::size_t slash = name.find('/');
  const std::string shelf = name.substr(1, slash - 1), alias = name.substr(slash + 1);
  for (const config::CertificateShelf& each : linking.config.shelves) {
    const auto found = std::ranges::find(each.loads, alias, &config::CertificateShelf::Load::alias);
    if (each.name == shelf && found != each.loads.end()) return &*found;
  }
  return nullptr;
}

using Ids = std::vector<std::uint32_t>;

Result<Ids, pki::LoadError> load_source(Linking& linking, const std::string& path,
                                        const config::CertificateParts& parts) {
  BOOST_OUTCOME_TRY(const std::uint32_t id, linking.certificates.load({.path = path,
                                                                       .place = {},
                                                                       .key = parts.key,
                                                                       .stapled = parts.stapled,
                                                                       .issuer = parts.issuer,
                                                                       .timestamps = parts.timestamps}));
  return Ids{id};
}

// nullopt: reported.
std::optional<Ids> load_line(Linking& linking, const config::BindCertificate& line) {
  const std::string& name = line.name.value;
  const bool shelved = is_on_shelf(linking, name);
  const auto* const load = shelved ? find_on_shelf(linking, name) : nullptr;
  if (shelved && load == nullptr) {
    linking
        .report(codes::undefined_name, line.name.span,
                fmt::format("no crt-store has a certificate for '{}'", name))
        .late = false;
    return std::nullopt;
  }
  const std::string path = load != nullptr ? load->path : below(linking.config.global.crt_base, name);
  const config::CertificateParts& parts = load != nullptr ? load->parts : line.parts;
  auto loaded = has_parts(parts) ? load_source(linking, path, parts) : linking.certificates.load(path);
  if (loaded) return std::move(loaded).value();
  if (!linking.options.assume_files)
    linking.report(codes::bad_certificate, line.name.span, loaded.error().message);
  return std::nullopt;
}

pki::SharedParameters shared_parameters(const config::Global& global) {
  return {.file = value_or(global.tls.dh_file, std::string()), .bits = value_or(global.tls.dh_bits, 0u)};
}

// What the certificates of one bind line come to.
struct Loads {
  std::vector<TlsCertificate> certificates;
  std::vector<std::uint32_t> defaults;                          // positions
  std::vector<const config::BindParameters*> variants = {};     // options of certificates, by number from 1
  std::unordered_map<std::string, std::uint32_t> numbers = {};  // of these, by their text
  std::uint32_t first_ones = 0;  // of one name that stands for files of several kinds
  bool has_defaults = false;     // named ones
};

std::uint32_t variant_of(Loads& all, const config::BindCertificate& line) {
  if (!line.options) return 0;
  const auto [known, fresh] = all.numbers.emplace(line.options_text, all.variants.size() + 1);
  if (fresh) all.variants.push_back(line.options.get());
  return known->second;
}

void add_certificates(Loads& all, const config::BindCertificate& line, const std::vector<std::uint32_t>& ids,
                      bool directory) {
  TlsCertificate made{.variant = variant_of(all, line)};
  if (line.filtered) made.names = line.names;
  made.excluded = line.excluded;
  // A directory's files are certificates of their own.
  if (all.certificates.empty()) all.first_ones = directory ? 1 : static_cast<std::uint32_t>(ids.size());
  for (const std::uint32_t id : ids) {
    made.id = id;
    if (line.is_default) {
      all.has_defaults = true;
      all.defaults.push_back(static_cast<std::uint32_t>(all.certificates.size()));
    }
    all.certificates.push_back(made);
  }
}

void give_parameters(Linking& linking, const std::vector<std::uint32_t>& ids, parser::Span span) {
  const pki::SharedParameters parameters = shared_parameters(linking.config.global);
  for (const std::uint32_t id : ids) {
    if (linking.certificates.give_parameters(id, parameters)) continue;
    linking.report(codes::weak_parameters, span,
                   fmt::format("the Diffie-Hellman parameters for '{}' are too weak, so its DHE ciphers are "
                               "not available",
                               linking.certificates[id].path));
  }
}

// Every place that names a certificate says the same of it.
void wish_responses(Linking& linking, const std::vector<std::uint32_t>& ids,
                    const config::BindCertificate& line) {
  const config::ResponseFetching& fetching = linking.config.global.tls.fetching;
  if (linking.options.assume_files || value_or(fetching.disabled, false)) return;
  const auto* const load =
      is_on_shelf(linking, line.name.value) ? find_on_shelf(linking, line.name.value) : nullptr;
  const bool usual = value_or(fetching.wanted, false);
  const bool shelved = load != nullptr ? load->parts.fetches.value_or(usual) : usual;
  const bool wanted = line.parts.fetches.value_or(shelved);
  for (const std::uint32_t id : ids)
    if (!linking.certificates.wish_responses(id, wanted))
      linking.report(codes::bad_tls_setting, line.name.span,
                     fmt::format("'ocsp-update' of '{}' is on in one place and off in another",
                                 linking.certificates[id].path));
}

// Without named ones the first certificate is for clients without a known name.
Loads load_certificates(Linking& linking, const Bind& bind) {
  Loads all;
  for (const config::BindCertificate& line : bind.parameters.certificates) {
    if (line.is_list) continue;
    const auto ids = load_line(linking, line);
    if (!ids) continue;
    add_certificates(
        all, line, *ids,
        linking.certificates.is_known_directory(below(linking.config.global.crt_base, line.name.value)));
    give_parameters(linking, *ids, line.name.span);
    wish_responses(linking, *ids, line);
  }
  for (std::uint32_t i = 0; !all.has_defaults && i < all.first_ones; ++i) all.defaults.push_back(i);
  return all;
}

template <class T>
T own_or_default(const config::Maybe<T>& own, const config::Maybe<T>& shared) {
  return own ? own->value : value_or(shared, T{});
}

// As much as content rules would see of it.
std::uint32_t early_bytes(const config::Global& global) {
  const Tunables usual;
  const std::uint32_t size = value_or(global.bufsize, usual.bufsize);
  return size - std::min(value_or(global.maxrewrite, usual.maxrewrite), size / 2);
}

// The authority behind `generate-certificates`.
using SignerPtr = std::shared_ptr<const pki::Certificate>;

SignerPtr signer_of(Linking& linking, const config::BindParameters& own, const SignerPtr& known) {
  const bool wanted = value_or(own.generate_certificates, false) && own.ca_sign_file;
  if (!wanted || linking.options.assume_files) return nullptr;
  if (known) return known;
  auto loaded = pki::load_signer(own.ca_sign_file->value, value_or(own.ca_sign_pass, std::string()));
  if (loaded) return std::move(loaded).value();
  linking.report(codes::bad_certificate, own.ca_sign_file->span, loaded.error().message);
  return nullptr;
}

// 0: as large as TLS has them.
std::uint32_t largest_record(const config::TlsDefaults& shared) {
  const std::uint32_t usual = value_or(shared.max_record, 0u), hard = value_or(shared.hard_max_record, 0u);
  return usual == 0 || hard == 0 ? std::max(usual, hard) : std::min(usual, hard);
}

// `own`: of the line, or of one certificate of it.
TlsBind settings_of(Linking& linking, const Bind& bind, const config::BindParameters& own) {
  const config::TlsDefaults& shared = linking.config.global.tls;
  TlsBind tls;
  tls.lifetime = value_or(shared.lifetime, tls.lifetime);
  tls.ciphers = own_or_default(own.ciphers, shared.ciphers);
  tls.ciphersuites = own_or_default(own.ciphersuites, shared.ciphersuites);
  tls.curves = own_or_default(own.curves, shared.curves);
  tls.sigalgs = own_or_default(own.sigalgs, shared.sigalgs);
  tls.alpn = value_or(own.alpn, std::string());
  tls.no_tickets = own_or_default(own.no_tickets, shared.no_tickets);
  tls.strict_sni = own_or_default(own.strict_sni, shared.strict_sni);
  tls.prefer_client_ciphers = own_or_default(own.prefer_client_ciphers, shared.prefer_client_ciphers);
  tls.client = client_verification(linking, own);
  tls.capture_size = value_or(shared.capture_size, 0u);
  tls.keylog = value_or(shared.keylog, false);
  tls.cache_size = value_or(shared.cache_size, tls.cache_size);
  tls.max_record = largest_record(shared);
  tls.early_data = value_or(own.early_data, false) ? early_bytes(linking.config.global) : 0;
  VersionRange versions =
      version_range(linking, own.versions, shared.versions, bind.parameters.ssl->span, VersionSide::clients);
  tls.min_version = std::move(versions.min);
  tls.max_version = std::move(versions.max);
  if (const auto fault = pki::check_settings(tls.ciphers, tls.ciphersuites, tls.curves)) {
    linking.report(codes::bad_tls_setting, bind.span, fault->message);
  }
  return tls;
}

template <class T>
void override(config::Maybe<T>& setting, const config::Maybe<T>& by) {
  if (by) setting = by;
}

// What a crt-list says of a certificate replaces what the line says.
config::BindParameters overridden(const config::BindParameters& line, const config::BindParameters& by) {
  config::BindParameters both = line;
  override(both.ciphers, by.ciphers);
  override(both.ciphersuites, by.ciphersuites);
  override(both.curves, by.curves);
  override(both.sigalgs, by.sigalgs);
  override(both.alpn, by.alpn);
  override(both.early_data, by.early_data);
  override(both.verify, by.verify);
  override(both.ca_file, by.ca_file);
  override(both.ca_verify_file, by.ca_verify_file);
  override(both.crl_file, by.crl_file);
  override(both.client_sigalgs, by.client_sigalgs);
  override(both.no_ca_names, by.no_ca_names);
  override(both.versions.min, by.versions.min);
  override(both.versions.max, by.versions.max);
  return both;
}

TlsBind tls_of(Linking& linking, const Bind& bind, Loads loads, const SignerPtr& signer) {
  TlsBind tls = settings_of(linking, bind, bind.parameters);
  tls.certificates = std::move(loads.certificates);
  tls.defaults = std::move(loads.defaults);
  tls.signer = signer_of(linking, bind.parameters, signer);
  tls.generated = value_or(linking.config.global.tls.generated, tls.generated);
  for (const config::BindParameters* by : loads.variants)
    tls.variants.push_back(settings_of(linking, bind, overridden(bind.parameters, *by)));
  const auto& keys = bind.parameters.ticket_keys;
  if (!keys || linking.options.assume_files) return tls;
  const auto read = linking.certificates.ticket_keys(keys->value);
  if (read) {
    tls.ticket_keys = *read.value();
  } else {
    linking.report(codes::bad_certificate, keys->span, read.error().message);
  }
  return tls;
}

}  // namespace

std::optional<TlsBind> link_tls(Linking& linking, const std::string& owner, const Bind& bind,
                                const SignerPtr& signer) {
  auto certificates = load_certificates(linking, bind);
  if (!bind.parameters.ssl) return std::nullopt;
  const auto& verify = bind.parameters.verify;
  if (verify && verify->value != "none" && !bind.parameters.ca_file)
    linking.report(codes::bad_tls_setting, verify->span,
                   "client certificates are verified, but the line has no 'ca-file'");
  if (value_or(bind.parameters.generate_certificates, false) && !bind.parameters.ca_sign_file)
    linking.report(codes::bad_tls_setting, bind.parameters.generate_certificates->span,
                   "certificates are to be generated, but the line has no 'ca-sign-file'");
  const bool assumed = linking.options.assume_files && !bind.parameters.certificates.empty();
  const bool others = assumed || value_or(bind.parameters.other_certificates, false) ||
                      value_or(bind.parameters.generate_certificates, false);
  if (certificates.certificates.empty() && !others && !linking.sink.has_errors()) {
    const bool refuses_all = bind.parameters.strict_sni.has_value();
    linking.sink.report(refuses_all ? parser::Severity::warning : parser::Severity::error,
                        codes::bind_without_certificate, bind.span,
                        fmt::format("'bind' with 'ssl' in {} has no certificate{}", owner,
                                    refuses_all ? ", so every TLS connection will fail" : ""));
  }
  return tls_of(linking, bind, std::move(certificates), signer);
}

void check_fetching_delays(Linking& linking) {
  const config::ResponseFetching& fetching = linking.config.global.tls.fetching;
  const FetchingDelays delays = fetching_delays(fetching);
  if (delays.shortest <= delays.longest) return;
  const parser::Span span = fetching.min_delay ? fetching.min_delay->span : fetching.max_delay->span;
  linking.report(codes::bad_tls_setting, span,
                 fmt::format("'ocsp-update.mindelay' ({}) is longer than 'ocsp-update.maxdelay' ({})",
                             delays.shortest, delays.longest));
}

void look_for_extra_files(Linking& linking) {
  const config::Global& global = linking.config.global;
  linking.certificates.look_for(extra_files(global));
  linking.certificates.forget_wishes();
  const auto& issuers = global.tls.issuers;
  if (!issuers || linking.options.assume_files) return;
  if (const auto fault = linking.certificates.load_issuers(issuers->value))
    linking.report(codes::bad_certificate, issuers->span, fault->message);
}

}  // namespace shunt::graph
