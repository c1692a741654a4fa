// A frontend, a backend, or both.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acl/program.hpp"
#include "fetchers/log_format.hpp"
#include "graph/balance.hpp"
#include "graph/ids.hpp"
#include "graph/log_target.hpp"
#include "parser/source.hpp"

namespace shunt::graph {

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

}  // namespace shunt::graph
