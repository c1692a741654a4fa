// `bind` lines and the certificates that they name.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/config/setting.hpp"
#include "graph/config/tls_versions.hpp"
#include "graph/ids.hpp"
#include "parser/address.hpp"
#include "parser/source.hpp"

namespace shunt::graph::config {

struct BindParameters;

// Files that hold parts of a certificate; empty: they are beside it, if anywhere.
struct CertificateParts {
  std::string key = {}, stapled = {}, issuer = {}, timestamps = {};
  std::optional<bool> fetches = {};  // ocsp-update; nothing: as ocsp-update.mode says
};

// `crt` or `default-crt`, or one line of a crt-list.
struct BindCertificate {
  Text name = {};
  CertificateParts parts = {};
  bool is_default = false;                             // default-crt
  bool is_list = false;                                // a crt-list; its lines follow
  bool of_list = false;                                // one of these
  bool filtered = false;                               // the certificate's own names don't count
  std::vector<std::string> names = {}, excluded = {};  // lower case
  std::shared_ptr<const BindParameters> options = {};  // in brackets; null: none
  std::string options_text = {};                       // as written: equal ones are one set of options
};

struct BindParameters {
  Maybe<std::string> name = {}, interface = {}, network_namespace = {}, ciphers = {}, ciphersuites = {},
                     curves = {}, alpn = {};
  Maybe<bool> accept_proxy, defer_accept, v4v6, v6only, transparent;
  Maybe<bool> ssl = {}, strict_sni = {}, no_tickets = {}, prefer_client_ciphers = {};
  Maybe<std::uint32_t> backlog = {}, id = {}, mode = {}, uid = {}, gid = {}, maxconn = {},
                       netscaler_magic = {}, saved_syn = {};
  Maybe<std::int32_t> mss = {};
  Maybe<Milliseconds> tcp_user_timeout = {};
  Maybe<bool> fast_open = {};
  TlsVersions versions = {};
  std::vector<BindCertificate> certificates = {};
  Maybe<std::string> verify = {}, ca_file = {}, ca_verify_file = {}, crl_file = {}, client_sigalgs = {};
  Maybe<std::string> ca_ignored = {}, crt_ignored = {};  // "all" or numbers and names separated by commas
  Maybe<bool> no_ca_names = {};
  Maybe<std::string> sigalgs = {}, ticket_keys = {};
  Maybe<std::string> key_file = {}, stapled_file = {}, issuer_file = {},
                     timestamps_file = {};  // of one certificate
  Maybe<bool> fetches = {};                 // ... ocsp-update
  // Only checked:
  Maybe<std::string> ca_sign_file = {}, ca_sign_pass = {}, proto = {};
  Maybe<bool> early_data = {};  // allow-0rtt
  Maybe<bool> generate_certificates = {}, other_certificates = {};
};

struct Bind {
  std::vector<Setting<parser::Address>> addresses = {};
  BindParameters parameters = {};
  parser::Span span = {};
};

}  // namespace shunt::graph::config
