// Bind lines to listeners: addresses and port ranges one by one, numbers, TLS settings and certificates.
#include <fmt/format.h>

#include <algorithm>

#include <set>

#include "graph/link/client_verification.hpp"
#include "graph/link/linking.hpp"
#include "graph/link/tls_versions.hpp"
#include "graph/pki/file_checks.hpp"
#include "graph/pki/signer.hpp"
#include "graph/read/tls_settings.hpp"

namespace shunt::graph {
namespace {

using config::Bind;

std::string certificate_path(const config::Global& global, const std::string& name) {
  if (name.starts_with('/') || !global.crt_base) return name;
  return global.crt_base->value + '/' + name;
}

// "@STORE/ALIAS" names a file of a crt-store. False: it is another name.
bool is_on_shelf(Linking& linking, const config::Text& name) {
  const std::size_t slash = name.value.find('/');
  if (!name.value.starts_with('@') || slash == std::string::npos || language_of(linking.options.target) < 300)
    return false;
  const std::string shelf = name.value.substr(1, slash - 1), alias = name.value.substr(slash + 1);
  for (const config::CertificateShelf& each : linking.config.shelves) {
    const bool found = each.name == shelf &&
                       std::ranges::any_of(each.files, [&](const auto& file) { return file.first == alias; });
    if (!found) continue;
    linking.report(codes::unsupported, name.span,
                   fmt::format("'{}' is valid HAProxy, but this build doesn't read crt-stores", name.value));
    return true;
  }
  linking
      .report(codes::undefined_name, name.span,
              fmt::format("no crt-store has a certificate for '{}'", name.value))
      .late = false;
  return true;
}

pki::SharedParameters shared_parameters(const config::Global& global) {
  return {.file = value_or(global.tls.dh_file, std::string()), .bits = value_or(global.tls.dh_bits, 0u)};
}

// What the certificates of one bind line come to.
struct Loads {
  std::vector<TlsCertificate> certificates;
  std::vector<std::uint32_t> defaults;                       // positions
  std::vector<const config::BindParameters*> variants = {};  // options of certificates, by number from 1
  std::uint32_t first_ones = 0;  // of one name that stands for files of several kinds
  bool has_defaults = false;     // named ones
};

std::uint32_t variant_of(Loads& all, const config::BindCertificate& line) {
  if (!line.options) return 0;
  all.variants.push_back(line.options.get());
  return static_cast<std::uint32_t>(all.variants.size());
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

// Without named ones the first certificate is for clients without a known name.
Loads load_certificates(Linking& linking, const Bind& bind) {
  Loads all;
  for (const config::BindCertificate& line : bind.parameters.certificates) {
    if (is_on_shelf(linking, line.name)) continue;
    const std::string path = certificate_path(linking.config.global, line.name.value);
    auto loaded = linking.certificates.load(path);
    if (!loaded && linking.options.assume_files) continue;
    if (!loaded) {
      if (!linking.options.assume_files)
        linking.report(codes::bad_certificate, line.name.span, loaded.error().message);
      continue;
    }
    add_certificates(all, line, loaded.value(), pki::CertificateStore::is_directory(path));
    give_parameters(linking, loaded.value(), line.name.span);
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
std::shared_ptr<const pki::Certificate> signer_of(Linking& linking, const config::BindParameters& own) {
  const bool wanted = value_or(own.generate_certificates, false) && own.ca_sign_file;
  if (!wanted || linking.options.assume_files) return nullptr;
  auto loaded = pki::load_signer(own.ca_sign_file->value, value_or(own.ca_sign_pass, std::string()));
  if (loaded) return std::move(loaded).value();
  linking.report(codes::bad_certificate, own.ca_sign_file->span, loaded.error().message);
  return nullptr;
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
  tls.max_record = value_or(shared.max_record, 0u);
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

TlsBind tls_of(Linking& linking, const Bind& bind, Loads loads) {
  TlsBind tls = settings_of(linking, bind, bind.parameters);
  tls.certificates = std::move(loads.certificates);
  tls.defaults = std::move(loads.defaults);
  tls.signer = signer_of(linking, bind.parameters);
  tls.generated = value_or(linking.config.global.tls.generated, tls.generated);
  for (const config::BindParameters* by : loads.variants)
    tls.variants.push_back(settings_of(linking, bind, overridden(bind.parameters, *by)));
  const auto& keys = bind.parameters.ticket_keys;
  if (!keys || linking.options.assume_files) return tls;
  auto read = pki::read_ticket_keys(keys->value);
  if (read) {
    tls.ticket_keys = std::move(read).value();
  } else {
    linking.report(codes::bad_certificate, keys->span, read.error().message);
  }
  return tls;
}

std::optional<TlsBind> link_tls(Linking& linking, const config::Proxy& proxy, const Bind& bind) {
  auto certificates = load_certificates(linking, bind);
  if (!bind.parameters.ssl) return std::nullopt;
  const auto& verify = bind.parameters.verify;
  if (verify && verify->value != "none" && !bind.parameters.ca_file)
    linking.report(codes::bad_tls_setting, verify->span,
                   "client certificates are verified, but the line has no 'ca-file'");
  if (value_or(bind.parameters.generate_certificates, false) && !bind.parameters.ca_sign_file)
    linking.report(codes::bad_tls_setting, bind.parameters.generate_certificates->span,
                   "certificates are to be generated, but the line has no 'ca-sign-file'");
  const bool shelved =
      std::ranges::any_of(bind.parameters.certificates,
                          [](const config::BindCertificate& crt) { return crt.name.value.starts_with('@'); });
  const bool assumed = linking.options.assume_files && !bind.parameters.certificates.empty();
  const bool others = shelved || assumed || may_be_elsewhere(linking.options) ||
                      proxy.checked.certificates ||
                      value_or(bind.parameters.other_certificates, false) ||
                      value_or(bind.parameters.generate_certificates, false);
  if (certificates.certificates.empty() && !others && !linking.sink.has_errors()) {
    const bool refuses_all = bind.parameters.strict_sni.has_value();
    linking.sink.report(refuses_all ? parser::Severity::warning : parser::Severity::error,
                        codes::bind_without_certificate, bind.span,
                        fmt::format("'bind' with 'ssl' in {} has no certificate{}", describe(proxy),
                                    refuses_all ? ", so every TLS connection will fail" : ""));
  }
  return tls_of(linking, bind, std::move(certificates));
}

Listener listener_of(const Bind& bind, const std::optional<TlsBind>& tls) {
  const config::BindParameters& own = bind.parameters;
  Listener listener;
  listener.name = value_or(own.name, std::string());
  listener.tls = tls;
  listener.accept_proxy = value_or(own.accept_proxy, false);
  listener.netscaler_magic = optional_of(own.netscaler_magic);
  listener.defer_accept = value_or(own.defer_accept, false);
  listener.v4v6 = value_or(own.v4v6, false);
  listener.v6only = value_or(own.v6only, false);
  listener.transparent = value_or(own.transparent, false);
  listener.interface = value_or(own.interface, std::string());
  listener.network_namespace = value_or(own.network_namespace, std::string());
  listener.backlog = value_or(own.backlog, 0u);
  listener.maxconn = value_or(own.maxconn, 0u);
  listener.mss = value_or(own.mss, 0);
  listener.tcp_user_timeout = value_or(own.tcp_user_timeout, Milliseconds{0});
  listener.saved_syn = static_cast<std::uint8_t>(value_or(own.saved_syn, 0u));
  listener.fast_open = value_or(own.fast_open, false);
  listener.unix_socket = {
      .mode = optional_of(own.mode), .uid = optional_of(own.uid), .gid = optional_of(own.gid)};
  listener.span = bind.span;
  return listener;
}

// Numbers of one proxy's listeners: `id` where given, otherwise the next free one from 1.
class Numbers {
 public:
  Numbers(Linking& linking, const config::Proxy& proxy) {
    for (const Bind& bind : proxy.binds) {
      if (!bind.parameters.id || taken_.insert(bind.parameters.id->value).second) continue;
      linking.report(codes::duplicate_id, bind.parameters.id->span,
                     fmt::format("id {} is already that of another listener of {}", bind.parameters.id->value,
                                 describe(proxy)));
    }
  }
  std::uint32_t next(const Bind& bind, bool first) {
    if (first && bind.parameters.id) {
      ++next_;  // its turn is over all the same [seen]
      return bind.parameters.id->value;
    }
    while (taken_.contains(next_)) ++next_;
    return next_++;
  }

 private:
  std::set<std::uint32_t> taken_;
  std::uint32_t next_ = 1;
};

// A host name becomes its address; left as a name it would mean every address of the machine. False:
// reported.
bool resolve_name(Linking& linking, Resolver& names, parser::Address& address, parser::Span span) {
  const bool network = address.family == parser::AddressFamily::unspecified ||
                       address.family == parser::AddressFamily::ipv4 ||
                       address.family == parser::AddressFamily::ipv6;
  if (!network || address.host.empty()) return true;
  const auto found = names.resolve(address);
  if (!found) {
    linking.report(codes::unresolved_address, span,
                   fmt::format("'bind': could not resolve address '{}'", address.host));
    return false;
  }
  if (found->family == fetchers::Family::none) return true;  // names are not asked for
  const bool ipv4 = found->family == fetchers::Family::ipv4;
  address.family = ipv4 ? parser::AddressFamily::ipv4 : parser::AddressFamily::ipv6;
  address.ip = found->address;
  address.host.clear();
  return true;
}

void add_listeners(Linking& linking, Resolver& names, Proxy& proxy, const Bind& bind, const Listener& pattern,
                   Numbers& numbers) {
  bool first = true;
  for (auto [address, span] : bind.addresses) {
    if (!resolve_name(linking, names, address, span)) continue;
    for (std::uint32_t port = address.port; port <= std::max(address.port, address.port_end); ++port) {
      Listener& listener = linking.listeners.emplace_back(pattern);
      listener.id = static_cast<ListenerId>(linking.listeners.size() - 1);
      listener.frontend = proxy.id;
      listener.number = numbers.next(bind, first);
      listener.address = address;
      listener.address.port = listener.address.port_end = static_cast<std::uint16_t>(port);
      if (listener.backlog == 0) listener.backlog = proxy.backlog;
      ++proxy.listener_count;
      first = false;
    }
  }
}

}  // namespace

namespace {

void look_for_extra_files(Linking& linking) {
  const config::Global& global = linking.config.global;
  linking.certificates.look_for(extra_files(global));
  const auto& issuers = global.tls.issuers;
  if (!issuers || linking.options.assume_files) return;
  if (const auto fault = linking.certificates.load_issuers(issuers->value))
    linking.report(codes::bad_certificate, issuers->span, fault->message);
}

}  // namespace

void link_listeners(Linking& linking) {
  look_for_extra_files(linking);
  Resolver names(!linking.options.assume_files);
  for (std::size_t i = 0; i < linking.proxies.size(); ++i) {
    const config::Proxy& from = *linking.proxies[i];
    Proxy& to = linking.out[i];
    to.first_listener = static_cast<std::uint32_t>(linking.listeners.size());
    Numbers numbers(linking, from);
    for (const Bind& bind : from.binds) {
      add_listeners(linking, names, to, bind, listener_of(bind, link_tls(linking, from, bind)), numbers);
    }
  }
}

}  // namespace shunt::graph
