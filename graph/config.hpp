// What the files say, typed but close to the text: values with the place they were written, names not yet
// resolved.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fetchers/expression.hpp"
#include "graph/config_tables.hpp"
#include "graph/graph.hpp"
#include "parser/condition_tree.hpp"
#include "parser/expression_tree.hpp"
#include "parser/log_format_tree.hpp"
#include "parser/syntax.hpp"

namespace shunt::graph::config {

// One value and the words that gave it. Values that `defaults` handed down keep the place in `defaults`.
template <class T>
struct Setting {
  T value = {};
  parser::Span span = {};
};
template <class T>
using Maybe = std::optional<Setting<T>>;
using Text = Setting<std::string>;

// ---- log
// ----------------------------------------------------------------------------------------------------------

struct LogLine {
  bool global = false;           // `log global`
  parser::Address address = {};  // where to, unless it is a descriptor
  LogTarget target = {};         // endpoint still empty
  bool unsupported = false;      // a log backend
  bool format_written = false;   // else the format depends on log-send-hostname
  parser::Span span = {};
};

struct LogFormatLine {
  enum class Kind : std::uint8_t { simple, tcplog, http, custom } kind = Kind::simple;
  std::shared_ptr<const parser::LogFormatTree> tree = {};  // custom; shared by all that inherit it
  std::string text = {};                                   // custom, as written
};

// ---- bind and server
// ----------------------------------------------------------------------------------------------

struct TlsVersions {
  Maybe<std::string> min = {}, max = {};
  std::array<Maybe<bool>, 5> disabled = {};  // no-sslv3, no-tlsv10 ... no-tlsv13
};

struct SourceLine {
  parser::Address address = {};
  bool has_address = true;  // `0.0.0.0` with usesrc is none
  Source::Foreign foreign = Source::Foreign::no;
  parser::Address foreign_address = {};
  std::string interface = {};
  bool unsupported = false;  // usesrc hdr_ip
};

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

// set-proxy-v2-tlv-fmt(TYPE) FORMAT
struct HeaderValue {
  std::uint8_t type = 0;
  std::shared_ptr<const parser::LogFormatTree> format = {};
  std::string text = {};  // as written
};

struct ServerParameters {
  Maybe<bool> check = {}, backup = {}, disabled = {}, check_send_proxy = {};
  Maybe<Milliseconds> inter = {}, fastinter = {}, downinter = {};
  Maybe<std::uint32_t> rise = {}, fall = {}, port = {}, weight = {}, id = {};
  Maybe<std::uint32_t> maxconn = {}, minconn = {}, maxqueue = {};
  Maybe<Milliseconds> slow_start = {}, tcp_user_timeout = {};
  Maybe<bool> fast_open = {};
  Maybe<SourceLine> source = {};
  Maybe<bool> agent_check = {}, check_by_socks4 = {}, non_stick = {};
  Maybe<std::string> agent_port = {}, agent_send = {}, agent_addr = {}, network_namespace = {};
  Maybe<Milliseconds> agent_inter = {};
  Maybe<parser::Address> socks4 = {};
  Maybe<HashKey> hash_key = {};
  Maybe<InitState> init_state = {};
  Maybe<bool> observe = {}, down_ends_sessions = {}, up_ends_backup_sessions = {};
  Maybe<std::uint32_t> error_limit = {};
  Maybe<OnError> on_error = {};
  Maybe<std::string> guid = {};
  Maybe<parser::Address> address = {};                // addr
  Maybe<std::uint16_t> header = {};                   // bits of proxy_header::
  std::vector<Setting<HeaderValue>> own_values = {};  // set-proxy-v2-tlv-fmt
  // TLS; alpn in wire format.
  Maybe<bool> ssl = {}, check_ssl = {}, ssl_reuse = {}, no_tickets = {};
  Maybe<std::string> verify = {}, verify_host = {}, ca_file = {}, crl_file = {}, certificate = {};
  Maybe<std::string> ciphers = {}, ciphersuites = {}, curves = {}, sigalgs = {}, client_sigalgs = {};
  Maybe<std::string> alpn = {}, check_alpn = {}, check_sni = {};
  Maybe<std::string> sni = {};  // as written
  std::shared_ptr<const parser::ExpressionTree> sni_tree = {};
  TlsVersions versions = {};
  // Only checked:
  Maybe<bool> sslv3_only = {};
  Maybe<std::string> redirects = {};  // redir
  // What init-addr and resolve-* say (graph/read/name_options.hpp).
  Maybe<std::string> init_addr = {}, resolvers = {}, track = {}, proto = {};
  Maybe<bool> counts_octets = {};  // log-proto
};

struct Server {
  Text name = {};
  Setting<parser::Address> address = {};
  ServerParameters parameters = {};  // default-server already below the line's own
  parser::Span span = {};
};

// ---- rules
// --------------------------------------------------------------------------------------------------------

struct TcpRule {
  ActionKind action = ActionKind::accept;
  Text variable = {};  // "txn.name"
  std::optional<parser::ExpressionTree> expression = {};
  std::optional<parser::LogFormatTree> format = {};
  std::string format_text = {};             // do-resolve: the name of the section
  std::optional<std::int64_t> number = {};  // a value that is no expression
  std::uint32_t slot = 0;                   // capture, or the tracked counter
  std::uint32_t index = 0;                  // of a counter or tag in an array
  std::string table = {};                   // track_sc
  std::optional<parser::ConditionTree> condition = {};
  parser::Span span = {};
};

struct SwitchRule {
  Text backend = {};                                   // as written
  std::optional<parser::LogFormatTree> computed = {};  // when the name has a %[...]
  std::optional<parser::ConditionTree> condition = {};
  parser::Span span = {};
};

struct ServerRule {
  Text server = {};                                    // as written
  std::optional<parser::LogFormatTree> computed = {};  // when the name has a %[...]
  parser::ConditionTree condition = {};
  parser::Span span = {};
};

// force-persist and ignore-persist.
struct PersistRule {
  parser::ConditionTree condition = {};
  parser::Span span = {};
};

struct AclLine {
  std::span<const parser::Word> words = {};  // name, criterion, flags, patterns
  parser::Span span = {};
};

// `stick-table` as far as its parameters must fit together.
struct StickTable {
  Text type = {};
  bool has_size = false;
  std::vector<Text> stored = {};  // names of data types
  StickTableLine line = {};
  parser::Span span = {};
};

// The rules that are only checked, as far as they bear on one another.
struct CheckedRules {
  enum class Step : std::uint8_t { none, connect, send, expect };
  struct Steps {                    // of http-check or tcp-check
    bool begins_otherwise = false;  // a step before the first connect
    bool connects = false;
    bool lacks_port = false;  // some connect
    Step last = Step::none;
  };
  struct Capture {
    std::uint32_t id = 0;
    bool response = false;
    parser::Span span = {};
  };
  bool http = false;         // HTTP rules of any set are there
  std::uint32_t sets = 0;    // bits of in:: of the HTTP rule sets that have a rule
  std::uint32_t closed = 0;  // those whose last rule is final and has no condition
  bool redirects = false, use_server = false;
  std::vector<std::uint32_t> request_captures = {}, response_captures = {};  // the length of each slot
  std::vector<Capture> captures = {};                                        // rules that name a slot
  std::vector<std::string> engines = {};                                     // SPOE filters
  std::vector<Text> groups = {};                                             // engines that rules name
  std::vector<Text> filters = {};                                            // by name
  std::vector<std::string> declared = {};                                    // names of all filters
  std::vector<Text> sequences = {};                                          // lists of names
  std::vector<Text> agents = {};                                             // backends of SPOE agents
  std::vector<Text> caches = {};                                             // that rules use
  Steps http_check = {}, tcp_check = {};
};

// ---- proxies
// ------------------------------------------------------------------------------------------------------

// The order is that of the names in rows/options.cpp's table and of ProxyOptions' members.
enum class OptionId : std::uint8_t {
  dontlognull,
  dontlog_normal,
  logasap,
  log_separate_errors,
  tcpka,
  clitcpka,
  srvtcpka,
  nolinger,
  redispatch,
  abortonclose,
  independent_streams,
  splice_request,
  splice_response,
  splice_auto,
  smart_accept,
  smart_connect,
  log_health_checks,
  allbackups,
  persist
};
inline constexpr std::size_t option_count = 19;
// `no option`, `option`, `default option`: the last one forgets what was inherited.
enum class OptionValue : std::uint8_t { off, on, standard };

struct TimeoutSettings {
  Maybe<Milliseconds> client = {}, server = {}, connect = {}, queue = {}, tunnel = {}, client_fin = {},
                      server_fin = {}, check = {};
};

// A line by the words it begins with ("option", "forwardfor"; the first may be empty).
struct Note {
  std::string_view before = {}, name = {};
  parser::Span span = {};
};

// What `defaults` hands down to the proxies that follow.
struct Inherited {
  Maybe<Mode> mode = {};
  TimeoutSettings timeouts = {};
  std::array<Maybe<OptionValue>, option_count> options = {};
  std::int32_t redispatch_interval = -1;  // belongs to the last `option redispatch`
  Maybe<std::uint32_t> maxconn = {}, backlog = {}, retries = {};
  Maybe<Balance> balance = {};
  std::shared_ptr<const parser::ExpressionTree> balance_key = {};  // of `balance hash` and `rdp-cookie`
  std::shared_ptr<const parser::ExpressionTree> persistence = {};  // persist rdp-cookie
  Maybe<HashType> hash_type = {};
  Maybe<std::uint32_t> hash_balance_factor = {}, fullconn = {}, session_rate = {};
  Maybe<Affinity> affinity = {};
  Maybe<std::string> default_backend = {}, log_tag = {};
  Maybe<std::string> load_server_state = {}, server_state_file = {};
  Maybe<LogFormatLine> log_format = {};
  Maybe<std::shared_ptr<const parser::LogFormatTree>> unique_id_format = {};
  Maybe<Milliseconds> inspect_delay = {}, response_inspect_delay = {};  // only named `defaults` hold them
  Maybe<SourceLine> source = {};
  Maybe<std::uint32_t> client_probe_count = {}, server_probe_count = {};
  Maybe<Milliseconds> client_probe_idle = {}, client_probe_interval = {}, server_probe_idle = {},
                      server_probe_interval = {};
  Maybe<bool> disabled = {};
  Maybe<bool> logs_cleared = {};  // `no log`
  std::vector<LogLine> logs = {};
  ServerParameters default_server = {};
  // What is only looked at for its place in the whole:
  std::vector<Note> http_only = {};                 // lines without effect in TCP mode, by name
  Maybe<parser::Word> log_sd = {}, error_log = {};  // formats, as written
  Maybe<std::string> check = {};                    // the health check's option, "httpchk"
  Maybe<std::string> external_command = {}, external_path = {};
  Maybe<std::string> application = {};  // use-fcgi-app
  Maybe<bool> compression = {};
  Maybe<bool> other_log = {};   // a log target that this program doesn't have
  Maybe<bool> other_mode = {};  // a mode that this program doesn't have
};

enum class ProxyKind : std::uint8_t { defaults, frontend, listen, backend };

struct Proxy {
  ProxyKind kind = ProxyKind::defaults;
  Text name = {};                   // empty: anonymous defaults
  Text from = {};                   // `from NAME`, empty without
  const Proxy* defaults = nullptr;  // the section whose settings were copied
  Inherited settings = {};
  Maybe<std::string> description = {};
  Maybe<std::uint32_t> id = {};
  std::vector<Setting<std::uint32_t>> ids = {};  // every line's
  std::vector<Bind> binds = {};
  std::vector<BindCertificate> certificates = {};  // ssl-f-use: of all its bind lines with TLS
  std::vector<Server> servers = {};
  std::vector<AclLine> acls = {};
  std::vector<TcpRule> connection_rules = {}, session_rules = {}, request_rules = {}, response_rules = {};
  std::vector<SwitchRule> switches = {};
  std::vector<ServerRule> server_rules = {};
  std::vector<PersistRule> force_persist = {}, ignore_persist = {};
  std::vector<StickRuleLine> stick_rules = {};
  CheckedRules checked = {};
  bool nameless = false;   // 2.6 doesn't know a backend whose head has too many words
  parser::Span span = {};  // head line
  parser::Span body = {};  // head line to last line

  [[nodiscard]] bool is_frontend() const { return kind == ProxyKind::frontend || kind == ProxyKind::listen; }
  [[nodiscard]] bool is_backend() const { return kind == ProxyKind::backend || kind == ProxyKind::listen; }
};

// ---- global
// -------------------------------------------------------------------------------------------------------

struct StatsSocketLine {
  Setting<parser::Address> address = {};
  Maybe<std::uint32_t> mode = {}, uid = {}, gid = {};
  Maybe<std::string> level = {};
  parser::Span span = {};
};

// ssl-default-bind-*: what a bind line with `ssl` begins with.
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
  Maybe<bool> keeps_roots = {};              // ssl-skip-self-issued-ca: they are not sent
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

// ---- names and expressions of lines that nothing executes yet
// -------------------------------------------------

// An object that other sections can name.
struct Definition {
  enum class Kind : std::uint8_t {
    userlist,
    peers,
    resolvers,
    mailers,
    cache,
    ring,
    http_errors,
    fcgi_app,
    log_profile,
    log_forward,
    crt_store,
    acme,
    healthcheck,
    table,
    traces,
    program
  };
  Kind kind = Kind::userlist;
  std::string name;
  parser::Span span = {};
  std::string type = {};  // of a stick table's keys
};

// A crt-store: the files that bind lines name as @NAME/ALIAS.
struct CertificateShelf {
  struct Load {
    std::string alias, path;
    CertificateParts parts = {};
  };
  std::string name, crt_base = {}, key_base = {};
  std::vector<Load> loads = {};
};

// A ring, with its servers' addresses as they are written.
struct RingSection {
  struct Server {
    parser::Address address = {};
    RingServer made = {};
    parser::Span span = {};
  };
  Ring made = {};
  std::vector<Server> servers = {};
};

// A `resolvers` section, with its servers' addresses as they are written.
struct ResolversSection {
  struct Server {
    std::string name;
    parser::Address address = {};
    parser::Span span = {};
  };
  Resolvers made = {};
  std::vector<Server> servers = {};
};

// A `peers` section. Its lines are kept as those of a proxy.
struct PeersSection {
  Text name = {};
  std::string local = {};                       // what this process is called
  Proxy proxy = {};                             // the other processes are its servers
  Bind bind = {};                               // of `bind`, `default-bind` and `peer` as one
  std::optional<Server> own = {};               // this process; without address where `bind` has that
  parser::Span bind_line = {}, peer_line = {};  // the first of these
  bool disabled = false;
};

// A word that must name something, or must compile, checked by the linker.
struct Use {
  enum class Kind : std::uint8_t {
    definition,
    expression,
    format,
    condition,
    backend,
    frontend,
    server,
    address  // a host name that must resolve
  };
  Kind kind = Kind::definition;
  Definition::Kind definition = Definition::Kind::userlist;  // of Kind::definition
  std::span<const parser::Word> words = {};                  // a condition has several
  std::string_view keyword = {};                             // the line's, for messages
  fetchers::Place place = fetchers::Place::config;
  bool late = false;             // looked at when all is read, and blamed on the head of the proxy
  const Proxy* proxy = nullptr;  // whose ACLs the condition uses
  // An expression whose value is a key of this stick table; empty: it is none.
  std::string_view table = {};
};

struct Config {
  parser::Syntax syntax;  // owns the words that trees and ACL lines point to
  Global global;
  std::deque<Proxy> proxies;  // defaults sections too, in the order of the files
  std::vector<Definition> definitions = {};
  std::vector<Use> uses = {};
  std::vector<CertificateShelf> shelves = {};
  std::vector<RingSection> rings = {};
  std::vector<StickTableLine> tables = {};  // in the order of the files
  std::deque<PeersSection> peers = {};
  std::deque<Proxy> asides = {};  // what sections that are no proxies hold of a proxy's lines: ACLs, checks
  std::vector<Text> guids = {};
  fetchers::ScriptNames scripts = {};
  std::deque<parser::Word> made_words = {};    // parts of words, for uses
  std::deque<std::string> made_texts = {};     // ... whose text stands in no file
  std::vector<parser::Span> fatal_lines = {};  // behind an error on one of them HAProxy reads no further
  bool binds_of_backends = false;              // there are bind lines that are ignored for where they stand
  std::vector<ResolversSection> resolvers = {};
};

// Prints the configuration back in canonical order and units; reading the result gives the same
// configuration.
[[nodiscard]] std::string dump(const Config& config, const parser::SourceSet& sources);

}  // namespace shunt::graph::config
