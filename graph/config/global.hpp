// The `global` section.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "graph/config/log.hpp"
#include "graph/config/rules.hpp"
#include "graph/config/server.hpp"
#include "graph/config/setting.hpp"
#include "graph/config/tls_versions.hpp"
#include "graph/ids.hpp"
#include "parser/address.hpp"
#include "parser/source.hpp"

namespace shunt::graph::config {

struct StatsSocketLine {
  Setting<parser::Address> address = {};
  Maybe<std::uint32_t> mode = {}, uid = {}, gid = {};
  Maybe<std::string> level = {};
  parser::Span span = {};
};

// `ssl-provider`.
struct ProviderLine {
  std::string name = {};
  std::string path = {};  // where it is looked for; empty: OpenSSL's own directory
  parser::Span span = {};
};

// ocsp-update.*: OCSP responses that are asked for while the process runs.
struct ResponseFetching {
  Maybe<bool> wanted = {}, disabled = {};               // mode, disable
  Maybe<std::uint32_t> min_delay = {}, max_delay = {};  // seconds
  Maybe<parser::Address> proxy = {};
};

// ssl-default-bind-*: what a bind line with `ssl` begins with; and what TLS of the whole process needs.
struct TlsDefaults {
  Maybe<std::string> ciphers = {}, ciphersuites = {}, curves = {}, sigalgs = {}, client_sigalgs = {};
  Maybe<bool> no_tickets = {}, prefer_client_ciphers = {}, strict_sni = {};
  TlsVersions versions = {};
  Maybe<std::string> dh_file = {};
  Maybe<std::uint32_t> dh_bits = {};
  Maybe<Milliseconds> lifetime = {};
  Maybe<std::uint32_t> capture_size = {};  // tune.ssl.capture-buffer-size
  Maybe<bool> keylog = {};
  Maybe<std::uint32_t> cache_size = {}, max_record = {}, hard_max_record = {}, generated = {};
  std::vector<ProviderLine> providers = {};  // ssl-provider, in order
  Maybe<std::string> provider_path = {};     // ssl-provider-path, for the next ones
  Maybe<std::string> provider_query = {};    // ssl-propquery
  Maybe<std::uint32_t> extra_files = {};     // bits of pki::extra:: (ssl-load-extra-files)
  Maybe<bool> drop_extension = {};           // ssl-load-extra-del-ext
  Maybe<bool> skips_self_issued = {};        // ssl-skip-self-issued-ca: they are not sent
  Maybe<std::string> issuers = {};           // issuers-chain-path
  ResponseFetching fetching = {};
};

struct Global {
  Maybe<std::uint32_t> maxconn = {}, nbthread = {}, ulimit_n = {}, uid = {}, gid = {}, bufsize = {},
                       maxrewrite = {}, pipesize = {}, maxpipes = {}, maxaccept = {};
  Maybe<std::uint32_t> connection_rate = {}, session_rate = {}, tls_rate = {}, tls_connections = {};
  std::vector<TcpRule> variables = {};  // set-var of process variables
  Maybe<std::uint32_t> vars_global = {}, vars_proc = {}, vars_sess = {}, vars_txn = {}, vars_reqres = {},
                       vars_check = {};  // tune.vars.*
  Maybe<bool> daemon = {}, quiet = {}, nosplice = {}, lenient_limits = {}, log_send_hostname_set = {},
              zero_warning = {};
  Maybe<bool> experimental = {};  // expose-experimental-directives
  Maybe<std::string> pidfile = {}, chroot = {}, log_tag = {}, log_send_hostname = {}, node = {},
                     description = {}, ca_base = {}, crt_base = {}, key_base = {};
  Maybe<Milliseconds> hard_stop_after = {}, grace = {};
  Maybe<std::string> server_state_base = {}, server_state_file = {};
  std::vector<LogLine> logs = {};
  std::vector<StatsSocketLine> stats_sockets = {};
  TlsDefaults tls;
  ServerParameters server_tls = {};  // ssl-default-server-*: only what TLS needs
  Maybe<bool> trusts_servers = {};   // ssl-server-verify none
};

}  // namespace shunt::graph::config
