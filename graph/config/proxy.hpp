// Sections of proxies, with `defaults` and what it hands down.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/balance.hpp"
#include "graph/config/bind.hpp"
#include "graph/config/log.hpp"
#include "graph/config/rules.hpp"
#include "graph/config/server.hpp"
#include "graph/config/setting.hpp"
#include "graph/config/tables.hpp"
#include "graph/proxy.hpp"
#include "parser/expression_tree.hpp"
#include "parser/log_format_tree.hpp"
#include "parser/source.hpp"
#include "parser/syntax.hpp"

namespace shunt::graph::config {

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

}  // namespace shunt::graph::config
