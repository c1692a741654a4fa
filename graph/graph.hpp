// The routing graph: immutable and executable, names resolved to dense ids. The runtime executes it,
// `analysis` reads it.
#pragma once
#include <atomic>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "acl/program.hpp"
#include "fetchers/endpoint.hpp"
#include "fetchers/log_format.hpp"
#include "fetchers/variables.hpp"
#include "graph/peers.hpp"
#include "graph/resolvers.hpp"
#include "graph/stick_table.hpp"
#include "parser/address.hpp"
#include "parser/source.hpp"

namespace shunt::graph {

namespace pki {
class CertificateStore;  // graph/pki/certificate_store.hpp
struct Certificate;
}  // namespace pki

using ProxyId = std::uint32_t;
using ListenerId = std::uint32_t;
using ServerId = std::uint32_t;
using Milliseconds = std::chrono::milliseconds;
inline constexpr std::uint32_t none = 0xffffffff;

// ---- log targets
// --------------------------------------------------------------------------------------------------

enum class LogFacility : std::uint8_t {
  kern,
  user,
  mail,
  daemon,
  auth,
  syslog,
  lpr,
  news,
  uucp,
  cron,
  auth2,
  ftp,
  ntp,
  audit,
  alert,
  cron2,
  local0,
  local1,
  local2,
  local3,
  local4,
  local5,
  local6,
  local7
};
enum class LogLevel : std::uint8_t { emerg, alert, crit, err, warning, notice, info, debug };
enum class LogWireFormat : std::uint8_t { rfc3164, local, rfc5424, priority, short_, timed, iso, raw };

// Only some of the messages: those whose number in each round of `size` lies in a range. The counter is the
// one thing of a graph that changes; all threads share it.
struct LogSample {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges = {};  // first and last, from 1
  std::uint32_t size = 1;
  std::shared_ptr<std::atomic<std::uint64_t>> counter = std::make_shared<std::atomic<std::uint64_t>>(0);
};

struct LogTarget {
  enum class Kind : std::uint8_t { descriptor, udp, unix_datagram, ring } kind = Kind::descriptor;
  int descriptor = 1;                // stdout, stderr, fd@N
  fetchers::Endpoint endpoint = {};  // udp
  std::string path = {};             // unix_datagram; an abstract name begins with a NUL byte. ring: its name
  LogWireFormat format = LogWireFormat::local;
  LogFacility facility = LogFacility::local0;
  LogLevel most_verbose = LogLevel::debug;   // messages above it are dropped ("level")
  LogLevel least_verbose = LogLevel::emerg;  // more urgent ones are logged at this one ("minlevel")
  std::uint32_t length = 1024;
  std::optional<LogSample> sample = {};
  parser::Span span = {};
};

// Keeps log lines for the servers that get all of them over streams.
struct RingServer {
  std::string name;
  fetchers::Endpoint endpoint = {};
  std::string path = {};       // of a unix socket; an abstract name begins with a NUL byte
  bool counts_octets = false;  // each line behind its length, else each with a line end
};
struct Ring {
  std::string name;
  LogWireFormat format = LogWireFormat::raw;  // of all its lines
  std::uint32_t length = 1024;                // of the longest one, with its header
  std::uint32_t size = 16384;                 // bytes of all lines that are kept
  std::optional<Milliseconds> connect = {}, send = {};
  std::vector<RingServer> servers = {};
};

// ---- listeners
// ----------------------------------------------------------------------------------------------------

struct UnixSocketOptions {
  std::optional<std::uint32_t> mode, uid, gid;
};

// TLS of one bind line; certificates are in the graph's store, in the order of the configuration.
// OpenSSL's numbers of reasons why a certificate can't be verified.
using ErrorSet = std::bitset<128>;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // as below: GCC 12 and scoped enumerators
enum class VerifyClient : std::uint8_t { none, optional, required };
#pragma GCC diagnostic pop

// Whether and how client certificates are asked for and judged.
struct ClientVerification {
  VerifyClient mode = VerifyClient::none;
  std::uint32_t authorities = none;       // ids in the CertificateStore; none: there are none
  std::uint32_t more_authorities = none;  // that are not announced to clients
  std::uint32_t revocations = none;
  ErrorSet ignored_in_issuers = {}, ignored_in_certificate = {};
  std::string signature_algorithms = {};  // empty: OpenSSL's default
  bool announce = true;                   // the names of the authorities
};

// A certificate of a bind line and the names that it answers to.
struct TlsCertificate {
  std::uint32_t id = 0;       // in the CertificateStore
  std::uint32_t variant = 0;  // whose settings hold: 0 the line's, else variants[n - 1]
  std::optional<std::vector<std::string>> names = {};  // nothing: the certificate's own
  std::vector<std::string> excluded = {};              // that its wildcards don't stand for
};

struct TlsBind {
  std::vector<TlsCertificate> certificates;  // in the order of the configuration
  std::vector<std::uint32_t> defaults;       // positions of those for clients without a known name
  std::vector<TlsBind> variants;             // settings of certificates in crt-lists; without certificates
  std::string sigalgs;                       // empty: OpenSSL's default
  std::vector<std::string> ticket_keys;      // as the file has them, 48 or 80 bytes each; empty: made up
  std::uint32_t cache_size = 20000;          // sessions; 0: none are kept
  std::uint32_t max_record = 0;              // bytes in a TLS record; 0: as many as fit
  Milliseconds lifetime{7200'000};           // of sessions and tickets
  std::string ciphers, ciphersuites, curves,
      alpn;  // alpn: wire format (length-prefixed names); empty: OpenSSL's default
  std::string min_version,
      max_version;  // "TLSv1.2"; min is always set (HAProxy's default is TLSv1.2), max may be empty
  bool no_tickets = false;
  bool strict_sni = false;
  bool prefer_client_ciphers = false;
  ClientVerification client = {};
  std::uint32_t capture_size = 0;  // bytes kept of each client's hello, for fetches
  bool keylog = false;             // keys are kept for fetches
  std::uint32_t early_data = 0;    // bytes that a client may send with its hello (allow-0rtt); 0: none
  std::shared_ptr<const pki::Certificate> signer =
      {};                          // of certificates for unknown names; null: none is made
  std::uint32_t generated = 1000;  // how many of these are kept
};

// One listening socket address (a bind line with a port range or a list makes several).
struct Listener {
  ListenerId id = 0;
  ProxyId frontend = 0;
  std::uint32_t number = 0;  // HAProxy's listener id within the proxy, from 1: shown in logs
  std::string name;          // `name` parameter; empty: the number is shown
  parser::Address address;
  std::optional<TlsBind> tls;
  bool accept_proxy = false;
  std::optional<std::uint32_t> netscaler_magic = {};  // accept-netscaler-cip
  bool defer_accept = false;
  bool v4v6 = false, v6only = false, transparent = false;
  std::string interface;
  std::string network_namespace = {};  // empty: the process's
  std::uint32_t backlog = 0;           // 0: the proxy's, else maxconn
  std::uint32_t maxconn = 0;           // 0: no limit of its own
  std::int32_t mss = 0;                // 0: the kernel's choice; negative: less than that
  Milliseconds tcp_user_timeout{0};
  bool fast_open = false;
  std::uint8_t saved_syn = 0;  // tcp-ss: 1 keeps each client's first packet from IP on, 2 from the link layer
  UnixSocketOptions unix_socket;
  parser::Span span = {};
};

// ---- servers
// ------------------------------------------------------------------------------------------------------

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // GCC 12 takes the scoped enumerator for a shadow of graph::none
enum class SendProxy : std::uint8_t { none, v1, v2 };
#pragma GCC diagnostic pop

// Which PROXY header a server gets, and what a v2 header says beside addresses. Bits, because each keyword
// sets and clears some of them. From `ssl` on in the order of names::header_options.
namespace proxy_header {
inline constexpr std::uint16_t v1 = 1;
inline constexpr std::uint16_t v2 = 2;
inline constexpr std::uint16_t ssl = 4;
inline constexpr std::uint16_t common_name = 8;
inline constexpr std::uint16_t cipher = 16;
inline constexpr std::uint16_t signature = 32;
inline constexpr std::uint16_t key = 64;
inline constexpr std::uint16_t authority = 128;
inline constexpr std::uint16_t checksum = 256;
inline constexpr std::uint16_t unique_id = 512;
}  // namespace proxy_header

// A value of type 0 to 255 that the configuration adds to v2 headers.
struct HeaderValue {
  std::uint8_t type = 0;
  fetchers::LogFormat format = {};
};

// TLS towards one server: of its sessions, of its checks, or of both.
struct TlsServer {
  bool sessions = false;  // `ssl`
  bool checks = false;    // `check-ssl`, or by `ssl` where checks go to the same place
  bool verify = false;
  std::string verify_host;           // empty: none
  std::uint32_t authorities = none;  // ids in the CertificateStore
  std::uint32_t revocations = none;
  std::uint32_t certificate = none;                                    // ours
  std::optional<fetchers::ExpressionId> server_name = {};              // `sni`
  std::string check_name;                                              // `check-sni`
  std::string alpn, check_alpn;                                        // wire format
  std::string ciphers, ciphersuites, curves, sigalgs, client_sigalgs;  // empty: OpenSSL's default
  std::string min_version, max_version;                                // empty: OpenSSL's default
  bool reuse = true, tickets = true;
  bool keylog = false;
};

// Where connections to a server come from.
struct Source {
  enum class Foreign : std::uint8_t { no, client, client_address, fixed };
  std::optional<fetchers::Endpoint> address = {};
  std::uint16_t last_port = 0;    // of a range that begins with the address's port
  Foreign foreign = Foreign::no;  // what the server is made to see (usesrc)
  fetchers::Endpoint foreign_address = {};
  std::string interface = {};
};

struct Check {
  bool enabled = false;
  Milliseconds inter{2000};
  std::optional<Milliseconds> fastinter, downinter;
  std::uint32_t rise = 2, fall = 3;
  std::uint16_t port = 0;                     // 0: the server's
  std::optional<fetchers::Endpoint> address;  // none: the server's
  bool send_proxy = false;                    // check-send-proxy
};

// A program beside the server that tells its state, weight and limit.
struct Agent {
  bool enabled = false;
  Milliseconds inter{2000};
  std::uint16_t port = 0;
  std::optional<fetchers::Endpoint> address = {};  // none: the server's
  std::string question = {};                       // sent to it first
};

// What a server does when too many connections in a row fail (`observe layer4`).
enum class OnError : std::uint8_t { fastinter, fail_check, sudden_death, mark_down };
// What a server is taken for until checks have spoken.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
enum class InitState : std::uint8_t { fully_up, up, down, fully_down, none };
#pragma GCC diagnostic pop

// What places a server on a hash ring; where that is missing, its number does.
enum class HashKey : std::uint8_t { id, id32, guid, addr, addr_port };

// What a file of server states says of a server (load-server-state-from-file).
struct SavedState {
  bool up = true;
  std::uint32_t health = 0;  // the checks' counter
  bool maintenance = false, draining = false;
  std::uint32_t weight = 1;
};

struct Server {
  ServerId id = 0;
  ProxyId backend = 0;
  std::uint32_t number = 0;  // `id`, or 1, 2, 3 ... in order
  std::string name;
  parser::Address address;      // as written
  fetchers::Endpoint endpoint;  // resolved IP; family none for "*"/unix; port 0: the client's
  std::uint32_t weight = 1;     // 0 ... 256
  bool backup = false;
  bool disabled = false;
  bool non_stick = false;                                // stick rules don't learn it
  std::uint32_t maxconn = 0, minconn = 0, maxqueue = 0;  // 0: no limit
  Milliseconds slow_start{0};
  std::optional<Source> source = {};  // the backend's where it has none
  Milliseconds tcp_user_timeout{0};
  bool fast_open = false;
  HashKey hash_key = HashKey::id;
  std::string guid;
  SendProxy send_proxy = SendProxy::none;
  std::uint16_t header_values = 0;  // bits of proxy_header::
  std::vector<HeaderValue> own_values = {};
  std::optional<TlsServer> tls = {};
  Check check;
  Agent agent = {};
  std::string network_namespace = {};             // empty: the process's
  std::optional<fetchers::Endpoint> socks4 = {};  // the way there leads through this proxy
  bool checks_by_socks4 = false;
  ServerId tracked = none;  // whose state it takes over
  InitState init_state = InitState::none;
  bool observed = false;  // its connections count as checks do
  std::uint32_t error_limit = 10;
  OnError on_error = OnError::fail_check;
  bool down_ends_sessions = false, up_ends_backup_sessions = false;  // on-marked-down, on-marked-up
  std::optional<SavedState> saved = {};
  parser::Span span = {};
};

enum class BalanceKind : std::uint8_t {
  roundrobin,
  static_rr,
  leastconn,
  first,
  source,
  random,
  hash,
  rdp_cookie
};
// `none` takes the key for a number (3.x).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
enum class HashFunction : std::uint8_t { sdbm, djb2, wt6, crc32, none };
#pragma GCC diagnostic pop
struct HashType {
  bool consistent = false;  // a ring instead of a map
  HashFunction function = HashFunction::sdbm;
  bool avalanche = false;
};
// What a ring does with a server that is full: queue there, or go on (under which limit).
enum class Affinity : std::uint8_t { always, maxconn, maxqueue };
struct Balance {
  BalanceKind kind = BalanceKind::random;  // 3.x: random(2) without a `balance` line
  std::uint32_t draws = 2;                 // random(n)
  HashType hash = {};
  std::uint32_t factor = 0;  // hash-balance-factor in percent; 0: off
  Affinity affinity = Affinity::always;
  std::optional<fetchers::ExpressionId> key = {};  // hash, rdp_cookie
};

// ---- rules
// --------------------------------------------------------------------------------------------------------

// Payload of a rule in a tcp-request or tcp-response list: an index into Graph::actions.
enum class ActionKind : std::uint8_t {
  accept,
  reject,
  set_var,
  unset_var,
  capture,
  close,
  expect_netscaler_cip,
  expect_proxy,
  set_bc_mark,
  set_bc_tos,
  set_dst,
  set_dst_port,
  set_fc_mark,
  set_fc_tos,
  set_log_level,
  set_nice,
  set_priority_class,
  set_priority_offset,
  set_retries,
  set_src,
  set_src_port,
  silent_drop,
  do_resolve,
  track_sc,
  sc_inc_gpc,
  sc_inc_gpc0,
  sc_inc_gpc1,
  sc_add_gpc,
  sc_set_gpt,
  sc_set_gpt0
};
inline constexpr std::size_t action_kind_count = 30;
// Of set_log_level: the line is not written.
inline constexpr std::int64_t silent_level = -1;

struct Action {
  ActionKind kind = ActionKind::accept;
  fetchers::ExpressionId expression = 0;           // of those that have a value, unless `number` is it
  fetchers::VariableRef variable = {};             // set_var, unset_var, do_resolve
  std::optional<fetchers::LogFormat> format = {};  // set-var-fmt
  parser::Span span = {};
  std::uint32_t line = 0;                       // where it stands (last_rule_line)
  fetchers::VariableConditions conditions = 0;  // set_var
  // A value that is written as it is: a mark, a level, the TTL of silent_drop. capture: the length.
  // do_resolve: 4 where IPv4 is preferred.
  std::optional<std::int64_t> number = {};
  std::uint32_t slot = 0;   // capture; the tracked counter; do_resolve: index into Graph::resolvers
  std::uint32_t index = 0;  // of a counter or tag in an array
  TableId table = none;     // track_sc
};

// Payload of a rule in a use_backend list: an index into Graph::switches.
struct Switch {
  ProxyId backend = none;  // none: the name is computed
  std::optional<fetchers::LogFormat> name = {};
  parser::Span span = {};
};

// Payload of a rule in a use-server list: an index into Graph::server_rules.
struct ServerRule {
  ServerId server = none;  // none: the name is computed
  std::optional<fetchers::LogFormat> name = {};
  parser::Span span = {};
};

// ---- proxies
// ------------------------------------------------------------------------------------------------------

enum class Mode : std::uint8_t { tcp, http };

struct Timeouts {  // nullopt: no limit
  std::optional<Milliseconds> client, server, connect, queue, tunnel, client_fin, server_fin, check;
};

// TCP keep-alive probes; 0: the kernel's.
struct KeepAlive {
  std::uint32_t count = 0, idle = 0, interval = 0;  // the last two in seconds
};

struct ProxyOptions {
  bool dontlognull = false, dontlog_normal = false, logasap = false, log_separate_errors = false;
  bool tcpka_client = false, tcpka_server = false;
  bool nolinger = false, redispatch = false, abortonclose = false, independent_streams = false;
  bool splice_request = false, splice_response = false, splice_auto = false;
  bool smart_accept = true, smart_connect = false;
  bool log_health_checks = false, allbackups = false, persist = false;
  KeepAlive client_probes = {}, server_probes = {};
  std::int32_t redispatch_interval = -1;  // every n-th retry; negative: counted back from the last one
};

struct Proxy {
  ProxyId id = 0;
  std::uint32_t number = 0;  // HAProxy's: `id`, or the next free one
  std::string name;
  bool is_frontend = false, is_backend = false;  // `listen` is both
  bool is_peers = false;                         // a `peers` section's, and neither of these
  bool disabled = false;
  Mode mode = Mode::tcp;
  Timeouts timeouts;
  ProxyOptions options;
  std::uint32_t maxconn = 0;       // 0: the process's
  std::uint32_t session_rate = 0;  // new ones in a second; 0: no limit
  std::uint32_t backlog = 0;
  std::uint32_t retries = 3;
  // frontend side
  std::uint32_t first_listener = 0, listener_count = 0;
  acl::RuleListId connection_rules = acl::no_rules;
  acl::RuleListId session_rules = acl::no_rules;
  acl::RuleListId request_rules = acl::no_rules;  // tcp-request content
  std::optional<Milliseconds> inspect_delay;
  parser::Span inspect_delay_span = {};
  acl::RuleListId switches = acl::no_rules;                                  // use_backend
  std::vector<std::uint32_t> request_captures = {}, response_captures = {};  // the length of each slot
  ProxyId default_backend = none;  // a listen section's own id when nothing else is named
  // backend side
  std::uint32_t first_server = 0, server_count = 0;
  std::uint32_t fullconn = 0;  // backend connections at which `minconn` has grown to `maxconn`
  Balance balance;
  acl::RuleListId server_rules = acl::no_rules;                                   // use-server
  acl::RuleListId force_persist = acl::no_rules, ignore_persist = acl::no_rules;  // payloads are not used
  acl::RuleListId stick_rules = acl::no_rules, stick_response_rules = acl::no_rules;
  std::optional<fetchers::ExpressionId> persistence = {};  // persist rdp-cookie
  acl::RuleListId response_rules = acl::no_rules;
  std::optional<Milliseconds> response_inspect_delay;
  // logs
  std::vector<LogTarget> logs;                         // `log global` is already replaced
  std::optional<fetchers::LogFormat> log_format;       // none: HAProxy's default one-line format
  std::optional<fetchers::LogFormat> structured_data;  // log-format-sd, for RFC 5424 targets
  std::optional<fetchers::LogFormat> error_log_format;
  std::string log_tag;
  std::optional<fetchers::LogFormat> unique_id_format;
  parser::Span span = {};
};

// What those who connect may do.
enum class AdminLevel : std::uint8_t { user, operator_, admin };

struct StatsSocket {
  parser::Address address;
  UnixSocketOptions unix_socket;
  AdminLevel level = AdminLevel::operator_;
  parser::Span span = {};
};

struct Tunables {
  std::uint32_t bufsize = 16384, maxrewrite = 1024;
  std::uint32_t pipesize = 0;  // 0: the runtime's choice
  std::uint32_t maxpipes = 0;
  std::uint32_t maxaccept = 0;
  std::uint32_t idle_check_ms = 0;
  bool splice = true;  // `nosplice` turns it off
  fetchers::VariableLimits variables = {};
};

// Of the whole process; 0: no limit. A limit that is reached leaves clients in the backlog.
struct Rates {
  std::uint32_t connections = 0, sessions = 0, tls = 0;  // new ones in a second
  std::uint32_t tls_at_a_time = 0;
};

struct Global {
  std::uint32_t maxconn = 0;  // 0: as many as the descriptors allow
  Rates rates;
  std::uint32_t nbthread = 0;  // 0: one per usable processor
  std::uint32_t ulimit_n = 0;
  bool daemon = false;
  bool quiet = false;
  bool strict_limits = true;
  std::string pidfile, chroot;
  std::optional<std::uint32_t> uid, gid;
  std::vector<LogTarget> logs;
  std::string log_tag = "haproxy";
  std::string node, description;
  std::optional<std::string> log_send_hostname;
  std::vector<StatsSocket> stats_sockets;
  std::optional<Milliseconds> hard_stop_after;
  Milliseconds grace{0};         // from the signal to the soft stop
  std::string tls_library = {};  // providers and properties, to see whether they have changed
  Tunables tune;
};

struct Graph {
  Global global;
  std::vector<Proxy> proxies;  // indexed by ProxyId
  std::vector<Ring> rings = {};
  std::vector<Listener> listeners;  // indexed by ListenerId, grouped by frontend
  std::vector<Server> servers;      // indexed by ServerId, grouped by backend
  std::vector<Action> actions;
  std::vector<Action> first_values = {};  // set_var of process variables, before anything else happens
  std::vector<Switch> switches;
  std::vector<ServerRule> server_rules = {};
  std::vector<StickTable> tables = {};  // indexed by TableId
  std::vector<StickRule> stick_rules = {};
  acl::Program program;
  std::unordered_map<std::string, ProxyId> backends_by_name;  // for computed names
  std::shared_ptr<const pki::CertificateStore> certificates;
  std::vector<std::string> source_names = {};  // by the file id of a span
  std::vector<Resolvers> resolvers = {};
  std::vector<Peers> peers = {};
  std::vector<std::optional<NamedServer>> names = {};  // by ServerId; empty where no server has resolvers

  // Without those of peers sections, which stand behind all others and serve no clients.
  [[nodiscard]] std::span<const Proxy> traffic_proxies() const {
    return std::span(proxies).first(proxies.size() - peers.size());
  }
  [[nodiscard]] std::span<const Listener> traffic_listeners() const {
    return peers.empty() ? std::span(listeners)
                         : std::span(listeners).first(proxies[peers.front().proxy].first_listener);
  }
  [[nodiscard]] std::span<const Server> traffic_servers() const {
    return peers.empty() ? std::span(servers)
                         : std::span(servers).first(proxies[peers.front().proxy].first_server);
  }

  // null: its address is that of its line.
  [[nodiscard]] const NamedServer* name_of(ServerId id) const {
    return id < names.size() && names[id] ? &*names[id] : nullptr;
  }
};

// Stable text for golden tests (`shunt dump --stage=graph`).
[[nodiscard]] std::string dump(const Graph& graph);

}  // namespace shunt::graph
