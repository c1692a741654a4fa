// The typed configuration printed back in canonical order and units.
#include <fmt/core.h>

#include <algorithm>

#include "graph/config.hpp"
#include "graph/names.hpp"

namespace shunt::graph::config {
namespace {

// As the lexer would read it back as one word.
std::string quoted(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@*,+=%()[]{}<>!?&;|~^";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string written(const std::string& value) { return value.empty() ? std::string() : quoted(value); }
std::string written(bool) { return {}; }
std::string written(std::uint32_t value) { return std::to_string(value); }
std::string written(Milliseconds value) { return fmt::format("{}ms", value.count()); }
std::string written(const parser::Address& value) { return quoted(parser::to_string(value)); }

// What `defaults` handed down is not printed again: only what was written inside `owner` (a section or a
// line) is.
class Writer {
 public:
  // An unknown owner owns everything.
  Writer(std::string& text, parser::Span owner) : text_(text), owner_(owner) {}

  [[nodiscard]] bool own(parser::Span span) const {
    if (!owner_.known()) return true;
    return span.file == owner_.file && span.begin >= owner_.begin && span.end <= owner_.end;
  }
  // A line of its own.
  template <class T>
  void line(std::string_view name, const Maybe<T>& setting) {
    if (!setting || !own(setting->span)) return;
    const std::string value = written(setting->value);
    text_ += fmt::format("    {}{}{}\n", name, value.empty() ? "" : " ", value);
  }
  // A parameter behind others on one line.
  template <class T>
  void parameter(std::string_view name, const Maybe<T>& setting) {
    if (!setting || !own(setting->span)) return;
    const std::string value = written(setting->value);
    text_ += fmt::format(" {}{}{}", name, value.empty() ? "" : " ", value);
  }
  void flag(std::string_view set, std::string_view unset, const Maybe<bool>& setting) {
    if (setting && own(setting->span)) text_ += fmt::format(" {}", setting->value ? set : unset);
  }
  void raw(std::string_view text) { text_ += text; }

 private:
  std::string& text_;
  parser::Span owner_;
};

void octal(Writer& to, std::string_view name, const Maybe<std::uint32_t>& setting) {
  if (setting) to.raw(fmt::format(" {} {:o}", name, setting->value));
}

std::string condition_text(const std::optional<parser::ConditionTree>& tree,
                           const parser::SourceSet& sources) {
  if (!tree) return {};
  return fmt::format(" {}", sources.text(tree->span));
}

void write_log(Writer& to, const LogLine& log) {
  if (!to.own(log.span)) return;
  if (log.global) return to.raw("    log global\n");
  const LogTarget& target = log.target;
  const std::string where = target.kind == LogTarget::Kind::ring ? quoted("ring@" + target.path)
                            : target.kind != LogTarget::Kind::descriptor
                                ? quoted(parser::to_string(log.address))
                            : target.descriptor == 1 ? "stdout"
                            : target.descriptor == 2 ? "stderr"
                                                     : fmt::format("fd@{}", target.descriptor);
  const std::string format =
      log.format_written ? fmt::format(" format {}", names::of(target.format)) : std::string();
  to.raw(fmt::format("    log {} len {}{} {} {} {}\n", where, target.length, format,
                     names::of(target.facility), names::of(target.most_verbose),
                     names::of(target.least_verbose)));
}

void write_versions(Writer& to, const TlsVersions& versions) {
  to.parameter("ssl-min-ver", versions.min);
  to.parameter("ssl-max-ver", versions.max);
  for (std::size_t i = 0; i < std::size(names::disabled_versions); ++i)
    to.parameter(names::disabled_versions[i], versions.disabled[i]);
}

void write_alpn(Writer& to, const Maybe<std::string>& alpn) {
  if (!alpn) return;
  if (alpn->value.empty()) return to.raw(" no-alpn");
  to.raw(fmt::format(" alpn {}", quoted(names::alpn_list(alpn->value))));
}

void write_verification(Writer& to, const BindParameters& own) {
  to.parameter("verify", own.verify);
  to.parameter("ca-file", own.ca_file);
  to.parameter("ca-verify-file", own.ca_verify_file);
  to.parameter("crl-file", own.crl_file);
  to.parameter("ca-ignore-err", own.ca_ignored);
  to.parameter("crt-ignore-err", own.crt_ignored);
  to.parameter("client-sigalgs", own.client_sigalgs);
  to.parameter("no-ca-names", own.no_ca_names);
}

void write_bind(std::string& text, const Bind& bind) {
  Writer to(text, bind.span);
  std::string addresses;
  for (const auto& address : bind.addresses) {
    addresses += (addresses.empty() ? "" : ",") + parser::to_string(address.value);
  }
  to.raw(fmt::format("    bind {}", quoted(addresses)));
  const BindParameters& own = bind.parameters;
  to.parameter("name", own.name);
  to.parameter("id", own.id);
  to.parameter("accept-proxy", own.accept_proxy);
  to.parameter("accept-netscaler-cip", own.netscaler_magic);
  to.parameter("tcp-ss", own.saved_syn);
  to.parameter("defer-accept", own.defer_accept);
  to.parameter("v4v6", own.v4v6);
  to.parameter("v6only", own.v6only);
  to.parameter("transparent", own.transparent);
  to.parameter("interface", own.interface);
  to.parameter("namespace", own.network_namespace);
  to.parameter("backlog", own.backlog);
  octal(to, "mode", own.mode);
  to.parameter("uid", own.uid);
  to.parameter("gid", own.gid);
  to.parameter("ssl", own.ssl);
  for (const BindCertificate& crt : own.certificates)
    if (!crt.is_list)
      to.raw(fmt::format(" {} {}", crt.is_default ? "default-crt" : "crt", quoted(crt.name.value)));
  write_versions(to, own.versions);
  to.parameter("ciphers", own.ciphers);
  to.parameter("ciphersuites", own.ciphersuites);
  to.parameter("curves", own.curves);
  write_alpn(to, own.alpn);
  to.flag("no-tls-tickets", "tls-tickets", own.no_tickets);
  to.parameter("strict-sni", own.strict_sni);
  to.parameter("prefer-client-ciphers", own.prefer_client_ciphers);
  write_verification(to, own);
  to.raw("\n");
}

void write_header(Writer& to, const ServerParameters& own) {
  if (!own.header || !to.own(own.header->span)) return;
  const std::uint16_t bits = own.header->value;
  if (bits == 0) to.raw(" no-send-proxy");
  if ((bits & proxy_header::v1) != 0) to.raw(" send-proxy");
  if ((bits & proxy_header::v2) != 0) to.raw(" send-proxy-v2");
  std::string options;
  for (std::size_t i = 0; i < std::size(names::header_options); ++i)
    if ((bits >> (i + 2) & 1) != 0) options += fmt::format(",{}", names::header_options[i]);
  if (!options.empty()) to.raw(fmt::format(" proxy-v2-options {}", options.substr(1)));
}

void write_server_tls(Writer& to, const ServerParameters& own) {
  to.flag("ssl", "no-ssl", own.ssl);
  to.flag("check-ssl", "no-check-ssl", own.check_ssl);
  to.parameter("verify", own.verify);
  to.parameter("verifyhost", own.verify_host);
  to.parameter("ca-file", own.ca_file);
  to.parameter("crl-file", own.crl_file);
  to.parameter("crt", own.certificate);
  to.parameter("ciphers", own.ciphers);
  to.parameter("ciphersuites", own.ciphersuites);
  to.parameter("curves", own.curves);
  to.parameter("sigalgs", own.sigalgs);
  to.parameter("client-sigalgs", own.client_sigalgs);
  write_alpn(to, own.alpn);
  if (own.check_alpn && to.own(own.check_alpn->span))
    to.raw(fmt::format(" check-alpn {}", quoted(names::alpn_list(own.check_alpn->value))));
  to.parameter("check-sni", own.check_sni);
  to.parameter("sni", own.sni);
  write_versions(to, own.versions);
  to.flag("ssl-reuse", "no-ssl-reuse", own.ssl_reuse);
  to.flag("no-tls-tickets", "tls-tickets", own.no_tickets);
}

void write_server_parameters(Writer& to, const ServerParameters& own) {
  to.parameter("id", own.id);
  to.parameter("weight", own.weight);
  to.flag("backup", "no-backup", own.backup);
  to.flag("disabled", "enabled", own.disabled);
  write_header(to, own);
  to.flag("check", "no-check", own.check);
  to.parameter("inter", own.inter);
  to.parameter("fastinter", own.fastinter);
  to.parameter("downinter", own.downinter);
  to.parameter("rise", own.rise);
  to.parameter("fall", own.fall);
  to.parameter("port", own.port);
  to.parameter("addr", own.address);
  to.flag("check-send-proxy", "no-check-send-proxy", own.check_send_proxy);
  to.flag("agent-check", "no-agent-check", own.agent_check);
  to.parameter("agent-addr", own.agent_addr);
  to.parameter("agent-port", own.agent_port);
  to.parameter("agent-inter", own.agent_inter);
  to.parameter("agent-send", own.agent_send);
  to.parameter("namespace", own.network_namespace);
  to.parameter("socks4", own.socks4);
  to.flag("check-via-socks4", "", own.check_by_socks4);
  write_server_tls(to, own);
}

void write_limits(Writer& to, const ServerParameters& own) {
  to.parameter("maxconn", own.maxconn);
  to.parameter("minconn", own.minconn);
  to.parameter("maxqueue", own.maxqueue);
  to.parameter("slowstart", own.slow_start);
  to.parameter("guid", own.guid);
  to.parameter("track", own.track);
  to.parameter("error-limit", own.error_limit);
  if (own.observe && to.own(own.observe->span))
    to.raw(own.observe->value ? " observe layer4" : " observe none");
  if (own.on_error && to.own(own.on_error->span))
    to.raw(fmt::format(" on-error {}", names::of(own.on_error->value)));
  if (own.init_state && to.own(own.init_state->span))
    to.raw(fmt::format(" init-state {}", names::of(own.init_state->value)));
  if (own.down_ends_sessions && to.own(own.down_ends_sessions->span))
    to.raw(" on-marked-down shutdown-sessions");
  if (own.up_ends_backup_sessions && to.own(own.up_ends_backup_sessions->span))
    to.raw(" on-marked-up shutdown-backup-sessions");
  if (own.hash_key && to.own(own.hash_key->span))
    to.raw(fmt::format(" hash-key {}", names::of(own.hash_key->value)));
}

void write_server(std::string& text, const Server& server) {
  // With all that default-server gave it, because lines of default-server apply only to the servers below
  // them.
  Writer to(text, {});
  to.raw(fmt::format("    server {} {}", server.name.value, written(server.address.value)));
  write_server_parameters(to, server.parameters);
  write_limits(to, server.parameters);
  to.raw("\n");
}

// Prints one section.
class SectionDump {
 public:
  SectionDump(std::string& text, const parser::SourceSet& sources, const Proxy& proxy)
      : text_(text), sources_(sources), proxy_(proxy), to_(text, proxy.body) {}

  void run() {
    head();
    const Inherited& own = proxy_.settings;
    if (own.mode && to_.own(own.mode->span))
      to_.raw(fmt::format("    mode {}\n", names::of(own.mode->value)));
    to_.line("description", proxy_.description);
    to_.line("id", proxy_.id);
    if (own.disabled && to_.own(own.disabled->span))
      to_.raw(own.disabled->value ? "    disabled\n" : "    enabled\n");
    limits(own);
    timeouts(own.timeouts);
    options(own);
    logs(own);
    to_.line("tcp-request inspect-delay", own.inspect_delay);
    to_.line("tcp-response inspect-delay", own.response_inspect_delay);
    for (const Bind& bind : proxy_.binds) write_bind(text_, bind);
    rules();
    to_.line("default_backend", own.default_backend);
    default_server(own);
    for (const Server& server : proxy_.servers) write_server(text_, server);
  }

 private:
  void head() {
    to_.raw(fmt::format("{}{}{}", names::of(proxy_.kind), proxy_.name.value.empty() ? "" : " ",
                        proxy_.name.value));
    if (!proxy_.from.value.empty()) to_.raw(fmt::format(" from {}", proxy_.from.value));
    to_.raw("\n");
  }

  void limits(const Inherited& own) {
    to_.line("maxconn", own.maxconn);
    to_.line("backlog", own.backlog);
    to_.line("retries", own.retries);
    to_.line("fullconn", own.fullconn);
    to_.line("rate-limit sessions", own.session_rate);
    balance(own);
  }

  void balance(const Inherited& own) {
    to_.line("hash-balance-factor", own.hash_balance_factor);
    if (own.hash_type && to_.own(own.hash_type->span)) {
      const HashType& type = own.hash_type->value;
      to_.raw(fmt::format("    hash-type {} {}{}\n", type.consistent ? "consistent" : "map-based",
                          names::of(type.function), type.avalanche ? " avalanche" : ""));
    }
    if (own.affinity && to_.own(own.affinity->span))
      to_.raw(fmt::format("    hash-preserve-affinity {}\n", names::of(own.affinity->value)));
    if (own.balance && to_.own(own.balance->span)) to_.raw(fmt::format("    balance {}\n", algorithm(own)));
  }

  [[nodiscard]] std::string algorithm(const Inherited& own) const {
    const Balance& balance = own.balance->value;
    switch (balance.kind) {
      case BalanceKind::random: return fmt::format("random({})", balance.draws);
      case BalanceKind::hash: return fmt::format("hash {}", sources_.text(own.balance_key->span));
      case BalanceKind::rdp_cookie: return std::string(sources_.text(own.balance->span));
      default: return std::string(names::of(balance.kind));
    }
  }

  void timeouts(const TimeoutSettings& own) {
    to_.line("timeout connect", own.connect);
    to_.line("timeout client", own.client);
    to_.line("timeout client-fin", own.client_fin);
    to_.line("timeout server", own.server);
    to_.line("timeout server-fin", own.server_fin);
    to_.line("timeout queue", own.queue);
    to_.line("timeout tunnel", own.tunnel);
    to_.line("timeout check", own.check);
  }

  void options(const Inherited& own) {
    constexpr std::string_view prefixes[] = {"no ", "", "default "};
    for (std::size_t i = 0; i < option_count; ++i) {
      const auto& option = own.options[i];
      if (!option || !to_.own(option->span)) continue;
      const auto id = static_cast<OptionId>(i);
      const bool interval = id == OptionId::redispatch && own.redispatch_interval != -1;
      to_.raw(fmt::format("    {}option {}{}\n", prefixes[static_cast<std::size_t>(option->value)],
                          names::of(id), interval ? fmt::format(" {}", own.redispatch_interval) : ""));
    }
  }

  void logs(const Inherited& own) {
    if (own.logs_cleared && to_.own(own.logs_cleared->span)) to_.raw("    no log\n");
    for (const LogLine& log : own.logs) write_log(to_, log);
    to_.line("log-tag", own.log_tag);
    to_.line("load-server-state-from-file", own.load_server_state);
    to_.line("server-state-file-name", own.server_state_file);
    if (!own.log_format || !to_.own(own.log_format->span)) return;
    const LogFormatLine& format = own.log_format->value;
    if (format.kind == LogFormatLine::Kind::tcplog) to_.raw("    option tcplog\n");
    if (format.kind == LogFormatLine::Kind::http) to_.raw("    option httplog\n");
    if (format.kind == LogFormatLine::Kind::custom)
      to_.raw(fmt::format("    log-format {}\n", quoted(format.text)));
  }

  void rules() {
    for (const AclLine& acl : proxy_.acls) {
      to_.raw("    acl");
      for (const parser::Word& word : acl.words) to_.raw(fmt::format(" {}", quoted(word.value)));
      to_.raw("\n");
    }
    slots("request", proxy_.checked.request_captures);
    slots("response", proxy_.checked.response_captures);
    tcp_rules("tcp-request connection", proxy_.connection_rules);
    tcp_rules("tcp-request session", proxy_.session_rules);
    tcp_rules("tcp-request content", proxy_.request_rules);
    tcp_rules("tcp-response content", proxy_.response_rules);
    persistence();
    for (const SwitchRule& rule : proxy_.switches) {
      to_.raw(fmt::format("    use_backend {}{}\n", quoted(rule.backend.value),
                          condition_text(rule.condition, sources_)));
    }
  }

  // A rule that captures has a slot of its own.
  void slots(std::string_view message, const std::vector<std::uint32_t>& lengths) {
    for (std::uint32_t slot = 0; slot < lengths.size(); ++slot) {
      const auto takes_it = [&](const TcpRule& rule) {
        return message == "request" && rule.action == ActionKind::capture && rule.slot == slot;
      };
      if (std::ranges::none_of(proxy_.request_rules, takes_it))
        to_.raw(fmt::format("    declare capture {} len {}\n", message, lengths[slot]));
    }
  }

  void persistence() {
    for (const PersistRule& rule : proxy_.force_persist)
      to_.raw(fmt::format("    force-persist{}\n", condition_text(rule.condition, sources_)));
    for (const PersistRule& rule : proxy_.ignore_persist)
      to_.raw(fmt::format("    ignore-persist{}\n", condition_text(rule.condition, sources_)));
    for (const ServerRule& rule : proxy_.server_rules)
      to_.raw(fmt::format("    use-server {}{}\n", quoted(rule.server.value),
                          condition_text(rule.condition, sources_)));
  }

  static std::string number_text(const TcpRule& rule) {
    switch (rule.action) {
      case ActionKind::capture: return fmt::format(" len {}", *rule.number);
      case ActionKind::silent_drop: return fmt::format(" rst-ttl {}", *rule.number);
      case ActionKind::set_log_level:
        return fmt::format(" {}", *rule.number == silent_level
                                      ? "silent"
                                      : names::log_levels[static_cast<std::size_t>(*rule.number)]);
      default: return fmt::format(" {}", *rule.number);
    }
  }

  void tcp_rules(std::string_view set, const std::vector<TcpRule>& rules) {
    for (const TcpRule& rule : rules) {
      to_.raw(fmt::format("    {} {}", set, rule.format ? "set-var-fmt" : names::of(rule.action)));
      if (!rule.variable.value.empty()) to_.raw(fmt::format("({})", rule.variable.value));
      if (rule.action == ActionKind::expect_proxy || rule.action == ActionKind::expect_netscaler_cip)
        to_.raw(" layer4");
      if (rule.expression) to_.raw(fmt::format(" {}", sources_.text(rule.expression->span)));
      if (rule.number) to_.raw(number_text(rule));
      if (rule.format) to_.raw(fmt::format(" {}", quoted(rule.format_text)));
      to_.raw(condition_text(rule.condition, sources_) + '\n');
    }
  }

  void default_server(const Inherited& own) {
    if (proxy_.kind != ProxyKind::defaults) return;
    std::string parameters;
    Writer line(parameters, proxy_.body);
    write_server_parameters(line, own.default_server);
    write_limits(line, own.default_server);
    if (!parameters.empty()) to_.raw(fmt::format("    default-server{}\n", parameters));
  }

  std::string& text_;
  const parser::SourceSet& sources_;
  const Proxy& proxy_;
  Writer to_;
};

void write_tls_defaults(Writer& to, std::string& text, const TlsDefaults& tls) {
  to.line("ssl-default-bind-ciphers", tls.ciphers);
  to.line("ssl-default-bind-ciphersuites", tls.ciphersuites);
  to.line("ssl-default-bind-curves", tls.curves);
  std::string options;
  Writer line(options, {});
  write_versions(line, tls.versions);
  line.flag("no-tls-tickets", "tls-tickets", tls.no_tickets);
  line.parameter("strict-sni", tls.strict_sni);
  line.parameter("prefer-client-ciphers", tls.prefer_client_ciphers);
  if (!options.empty()) text += fmt::format("    ssl-default-bind-options{}\n", options);
}

void write_stats_socket(Writer& to, const StatsSocketLine& socket) {
  to.raw(fmt::format("    stats socket {}", written(socket.address.value)));
  octal(to, "mode", socket.mode);
  to.parameter("uid", socket.uid);
  to.parameter("gid", socket.gid);
  to.parameter("level", socket.level);
  to.raw("\n");
}

void write_global(std::string& text, const Global& global) {
  Writer to(text, {});
  to.raw("global\n");
  to.line("maxconn", global.maxconn);
  to.line("maxconnrate", global.connection_rate);
  to.line("maxsessrate", global.session_rate);
  to.line("maxsslrate", global.tls_rate);
  to.line("maxsslconn", global.tls_connections);
  to.line("nbthread", global.nbthread);
  to.line("ulimit-n", global.ulimit_n);
  to.line("no strict-limits", global.lenient_limits);
  to.line("daemon", global.daemon);
  to.line("zero-warning", global.zero_warning);
  to.line("quiet", global.quiet);
  to.line("pidfile", global.pidfile);
  to.line("chroot", global.chroot);
  to.line("uid", global.uid);
  to.line("gid", global.gid);
  to.line("node", global.node);
  to.line("description", global.description);
  to.line("hard-stop-after", global.hard_stop_after);
  to.line("grace", global.grace);
  to.line("server-state-base", global.server_state_base);
  to.line("server-state-file", global.server_state_file);
  to.line("ssl-dh-param-file", global.tls.dh_file);
  to.line("tune.ssl.capture-buffer-size", global.tls.capture_size);
  to.line("tune.ssl.default-dh-param", global.tls.dh_bits);
  if (const auto& keylog = global.tls.keylog)
    to.raw(fmt::format("    tune.ssl.keylog {}\n", keylog->value ? "on" : "off"));
  to.line("tune.ssl.lifetime", global.tls.lifetime);
  for (const LogLine& log : global.logs) write_log(to, log);
  to.line("log-tag", global.log_tag);
  to.line("log-send-hostname", global.log_send_hostname);
  for (const StatsSocketLine& socket : global.stats_sockets) write_stats_socket(to, socket);
  to.line("ca-base", global.ca_base);
  to.line("crt-base", global.crt_base);
  write_tls_defaults(to, text, global.tls);
  to.line("nosplice", global.nosplice);
  to.line("maxpipes", global.maxpipes);
  to.line("tune.bufsize", global.bufsize);
  to.line("tune.maxaccept", global.maxaccept);
  to.line("tune.maxrewrite", global.maxrewrite);
  to.line("tune.pipesize", global.pipesize);
  to.line("tune.vars.global-max-size", global.vars_global);
  to.line("tune.vars.proc-max-size", global.vars_proc);
  to.line("tune.vars.sess-max-size", global.vars_sess);
  to.line("tune.vars.txn-max-size", global.vars_txn);
  to.line("tune.vars.reqres-max-size", global.vars_reqres);
  to.line("tune.vars.check-max-size", global.vars_check);
}

void write_ring(std::string& text, const RingSection& ring) {
  const Ring& made = ring.made;
  text += fmt::format("ring {}\n    format {}\n    size {}\n    maxlen {}\n", quoted(made.name),
                      names::of(made.format), made.size, made.length);
  if (made.connect) text += fmt::format("    timeout connect {}\n", written(*made.connect));
  if (made.send) text += fmt::format("    timeout server {}\n", written(*made.send));
  for (const RingSection::Server& server : ring.servers)
    text += fmt::format("    server {} {}{}\n", quoted(server.made.name), written(server.address),
                        server.made.counts_octets ? " log-proto octet-count" : "");
}

}  // namespace

std::string dump(const Config& config, const parser::SourceSet& sources) {
  std::string text;
  write_global(text, config.global);
  for (const Proxy& proxy : config.proxies) SectionDump(text, sources, proxy).run();
  for (const RingSection& ring : config.rings) write_ring(text, ring);
  return text;
}

}  // namespace shunt::graph::config
