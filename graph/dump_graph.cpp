// The graph as stable text, one line per fact.
#include <fmt/core.h>

#include <iterator>

#include "graph/graph.hpp"
#include "graph/names.hpp"
#include "graph/pki/certificate_store.hpp"
#include "parser/joined.hpp"

namespace shunt::graph {
namespace {

using Out = std::back_insert_iterator<std::string>;

constexpr std::string_view send_proxy_names[] = {"none", "v1", "v2"};

void flag(Out out, bool set, std::string_view name) {
  if (set) fmt::format_to(out, " {}", name);
}
void time(Out out, const std::optional<Milliseconds>& value, std::string_view name) {
  if (value) fmt::format_to(out, " {}={}ms", name, value->count());
}
template <class T>
void number(Out out, T value, T usual, std::string_view name) {
  if (value != usual) fmt::format_to(out, " {}={}", name, value);
}
void text(Out out, std::string_view value, std::string_view name) {
  if (!value.empty()) fmt::format_to(out, " {}={}", name, value);
}

std::string target_of(const LogTarget& log) {
  using enum LogTarget::Kind;
  if (log.kind == descriptor) return fmt::format("fd:{}", log.descriptor);
  if (log.kind == udp) return fmt::format("udp:{}:{}", fetchers::to_string(log.endpoint), log.endpoint.port);
  if (log.kind == ring) return "ring:" + log.path;
  if (log.path.starts_with('\0')) return fmt::format("abns:{}", log.path.substr(1));
  return fmt::format("unix:{}", log.path);
}

void dump_log(Out out, std::string_view indent, const LogTarget& log) {
  fmt::format_to(out, "{}log {} format={} len={} facility={} levels={}..{}\n", indent, target_of(log),
                 names::of(log.format), log.length, names::of(log.facility), names::of(log.least_verbose),
                 names::of(log.most_verbose));
}

void dump_global(Out out, const Global& global) {
  fmt::format_to(out, "global");
  number(out, global.maxconn, 0u, "maxconn");
  number(out, global.rates.connections, 0u, "maxconnrate");
  number(out, global.rates.sessions, 0u, "maxsessrate");
  number(out, global.rates.tls, 0u, "maxsslrate");
  number(out, global.rates.tls_at_a_time, 0u, "maxsslconn");
  number(out, global.nbthread, 0u, "nbthread");
  number(out, global.ulimit_n, 0u, "ulimit-n");
  flag(out, !global.strict_limits, "no-strict-limits");
  flag(out, global.daemon, "daemon");
  flag(out, global.quiet, "quiet");
  text(out, global.pidfile, "pidfile");
  text(out, global.chroot, "chroot");
  if (global.uid) fmt::format_to(out, " uid={}", *global.uid);
  if (global.gid) fmt::format_to(out, " gid={}", *global.gid);
  if (global.log_tag != "haproxy") text(out, global.log_tag, "log-tag");
  flag(out, global.log_send_hostname.has_value(), "log-send-hostname");
  time(out, global.hard_stop_after, "hard-stop-after");
  if (global.grace.count() != 0) time(out, std::optional(global.grace), "grace");
  fmt::format_to(out, " bufsize={} maxrewrite={}", global.tune.bufsize, global.tune.maxrewrite);
  number(out, global.tune.pipesize, 0u, "pipesize");
  number(out, global.tune.maxpipes, 0u, "maxpipes");
  number(out, global.tune.maxaccept, 0u, "maxaccept");
  flag(out, !global.tune.splice, "nosplice");
  fmt::format_to(out, "\n");
  for (const LogTarget& log : global.logs) dump_log(out, "  ", log);
  for (const StatsSocket& socket : global.stats_sockets) {
    fmt::format_to(out, "  stats-socket {}\n", parser::to_string(socket.address));
  }
}

void dump_tls(Out out, const TlsBind& tls) {
  fmt::format_to(out, " ssl={}..{}", tls.min_version, tls.max_version);
  for (const TlsCertificate& crt : tls.certificates) {
    fmt::format_to(out, " crt#{}", crt.id);
    if (crt.variant != 0) fmt::format_to(out, "/{}", crt.variant);
    if (crt.names) fmt::format_to(out, "({}!{})", joined(*crt.names, ","), joined(crt.excluded, ","));
  }
  text(out, tls.ciphers, "ciphers");
  text(out, tls.ciphersuites, "ciphersuites");
  text(out, tls.curves, "curves");
  text(out, names::alpn_list(tls.alpn), "alpn");
  flag(out, tls.no_tickets, "no-tls-tickets");
  flag(out, tls.strict_sni, "strict-sni");
  flag(out, tls.prefer_client_ciphers, "prefer-client-ciphers");
  constexpr std::string_view modes[] = {"", "optional", "required"};
  text(out, modes[static_cast<std::size_t>(tls.client.mode)], "verify");
  number(out, tls.client.authorities, none, "ca#");
  number(out, tls.client.more_authorities, none, "ca-verify#");
  number(out, tls.client.revocations, none, "crl#");
  number(out, tls.capture_size, 0u, "capture");
  flag(out, tls.keylog, "keylog");
  text(out, tls.sigalgs, "sigalgs");
  number(out, tls.cache_size, 20000u, "cachesize");
  number(out, tls.max_record, 0u, "maxrecord");
  if (!tls.ticket_keys.empty()) fmt::format_to(out, " ticket-keys={}", tls.ticket_keys.size());
}

void dump_socket(Out out, const UnixSocketOptions& options) {
  if (options.mode) fmt::format_to(out, " mode={:o}", *options.mode);
  if (options.uid) fmt::format_to(out, " uid={}", *options.uid);
  if (options.gid) fmt::format_to(out, " gid={}", *options.gid);
}

void dump_listener(Out out, const Listener& listener) {
  fmt::format_to(out, "  listener #{} number={} {}", listener.id, listener.number,
                 parser::to_string(listener.address));
  text(out, listener.name, "name");
  flag(out, listener.accept_proxy, "accept-proxy");
  if (listener.netscaler_magic) fmt::format_to(out, " netscaler-cip={}", *listener.netscaler_magic);
  if (listener.saved_syn != 0) fmt::format_to(out, " tcp-ss={}", listener.saved_syn);
  flag(out, listener.defer_accept, "defer-accept");
  flag(out, listener.v4v6, "v4v6");
  flag(out, listener.v6only, "v6only");
  flag(out, listener.transparent, "transparent");
  text(out, listener.interface, "interface");
  text(out, listener.network_namespace, "namespace");
  number(out, listener.backlog, 0u, "backlog");
  dump_socket(out, listener.unix_socket);
  if (listener.tls) dump_tls(out, *listener.tls);
  fmt::format_to(out, "\n");
}

void dump_check(Out out, const Check& check) {
  if (!check.enabled) return;
  fmt::format_to(out, " check inter={}ms rise={} fall={}", check.inter.count(), check.rise, check.fall);
  time(out, check.fastinter, "fastinter");
  time(out, check.downinter, "downinter");
  number<std::uint16_t>(out, check.port, 0, "port");
  if (check.address)
    fmt::format_to(out, " addr={}:{}", fetchers::to_string(*check.address), check.address->port);
  flag(out, check.send_proxy, "check-send-proxy");
}

void dump_agent(Out out, const Agent& agent) {
  if (!agent.enabled) return;
  fmt::format_to(out, " agent port={} inter={}ms", agent.port, agent.inter.count());
  if (agent.address) fmt::format_to(out, " addr={}", fetchers::to_string(*agent.address));
  text(out, agent.question, "send");
}

void dump_server_tls(Out out, const TlsServer& tls) {
  flag(out, tls.sessions, "ssl");
  flag(out, tls.checks, "check-ssl");
  fmt::format_to(out, " tls={}..{}", tls.min_version, tls.max_version);
  flag(out, tls.verify, "verify");
  text(out, tls.verify_host, "verifyhost");
  number(out, tls.authorities, none, "ca#");
  number(out, tls.revocations, none, "crl#");
  number(out, tls.certificate, none, "crt#");
  if (tls.server_name) fmt::format_to(out, " sni=e{}", *tls.server_name);
  text(out, tls.check_name, "check-sni");
  text(out, names::alpn_list(tls.alpn), "alpn");
  text(out, names::alpn_list(tls.check_alpn), "check-alpn");
  text(out, tls.ciphers, "ciphers");
  text(out, tls.ciphersuites, "ciphersuites");
  text(out, tls.curves, "curves");
  text(out, tls.sigalgs, "sigalgs");
  text(out, tls.client_sigalgs, "client-sigalgs");
  flag(out, !tls.reuse, "no-ssl-reuse");
  flag(out, !tls.tickets, "no-tls-tickets");
}

void dump_server(Out out, const Server& server) {
  fmt::format_to(out, "  server #{} number={} {} {}", server.id, server.number, server.name,
                 parser::to_string(server.address));
  if (server.endpoint.family != fetchers::Family::none && !server.address.host.empty()) {
    fmt::format_to(out, " at={}:{}", fetchers::to_string(server.endpoint), server.endpoint.port);
  }
  number(out, server.weight, 1u, "weight");
  number(out, server.maxconn, 0u, "maxconn");
  number(out, server.minconn, 0u, "minconn");
  number(out, server.maxqueue, 0u, "maxqueue");
  number(out, server.slow_start.count(), std::int64_t{0}, "slowstart");
  if (server.hash_key != HashKey::id) text(out, names::of(server.hash_key), "hash-key");
  flag(out, server.backup, "backup");
  flag(out, server.non_stick, "non-stick");
  flag(out, server.disabled, "disabled");
  if (server.tracked != none) fmt::format_to(out, " track=#{}", server.tracked);
  if (server.send_proxy != SendProxy::none)
    text(out, send_proxy_names[static_cast<int>(server.send_proxy)], "send-proxy");
  const unsigned values = server.header_values & ~unsigned{proxy_header::v1 | proxy_header::v2};
  number(out, values, 0u, "header-values");
  dump_check(out, server.check);
  dump_agent(out, server.agent);
  text(out, server.network_namespace, "namespace");
  if (server.socks4)
    fmt::format_to(out, " socks4={}:{}", fetchers::to_string(*server.socks4), server.socks4->port);
  flag(out, server.checks_by_socks4, "check-via-socks4");
  if (server.tls) dump_server_tls(out, *server.tls);
  fmt::format_to(out, "\n");
}

void dump_options(Out out, const ProxyOptions& o) {
  const ProxyOptions standard;
  flag(out, o.dontlognull, "dontlognull");
  flag(out, o.dontlog_normal, "dontlog-normal");
  flag(out, o.logasap, "logasap");
  flag(out, o.log_separate_errors, "log-separate-errors");
  flag(out, o.tcpka_client, "clitcpka");
  flag(out, o.tcpka_server, "srvtcpka");
  flag(out, o.nolinger, "nolinger");
  flag(out, o.redispatch, "redispatch");
  number(out, o.redispatch_interval, standard.redispatch_interval, "redispatch-interval");
  flag(out, o.abortonclose, "abortonclose");
  flag(out, o.independent_streams, "independent-streams");
  flag(out, o.splice_request, "splice-request");
  flag(out, o.splice_response, "splice-response");
  flag(out, o.splice_auto, "splice-auto");
  flag(out, o.smart_accept != standard.smart_accept, "no-tcp-smart-accept");
  flag(out, o.smart_connect, "tcp-smart-connect");
  flag(out, o.log_health_checks, "log-health-checks");
  flag(out, o.allbackups, "allbackups");
}

void dump_timeouts(Out out, const Timeouts& t) {
  time(out, t.client, "client");
  time(out, t.server, "server");
  time(out, t.connect, "connect");
  time(out, t.queue, "queue");
  time(out, t.tunnel, "tunnel");
  time(out, t.client_fin, "client-fin");
  time(out, t.server_fin, "server-fin");
  time(out, t.check, "check");
}

class GraphDump {
 public:
  explicit GraphDump(const Graph& graph) : graph_(graph), out_(std::back_inserter(text_)) {}

  std::string run() && {
    dump_global(out_, graph_.global);
    for (const StickTable& table : graph_.tables) dump_table(table);
    for (const Proxy& proxy : graph_.traffic_proxies()) dump_proxy(proxy);
    dump_peers();
    dump_resolvers();
    if (graph_.certificates) dump_certificates();
    text_ += acl::dump(graph_.program);
    return std::move(text_);
  }

 private:
  void dump_table(const StickTable& table) {
    fmt::format_to(out_, "table #{} {} type={} length={} size={}", table.id, table.name,
                   fetchers::type_name(table.type), table.key_length, table.size);
    time(out_, table.expire, "expire");
    flag(out_, table.nopurge, "nopurge");
    flag(out_, table.names_by_address, "srvkey-addr");
    text(out_, table.peers, "peers");
    for (const fetchers::TableDataRow& row : fetchers::table_data_rows) {
      const StoredData& stored = table.stored[static_cast<std::size_t>(row.data)];
      if (stored.elements == 0) continue;
      fmt::format_to(out_, " {}", row.name);
      if (!row.element.empty()) fmt::format_to(out_, "[{}]", stored.elements);
      if (row.cell == fetchers::TableCell::rate) fmt::format_to(out_, "/{}ms", stored.period);
    }
    fmt::format_to(out_, "\n");
  }

  void dump_stick_rules(std::string_view set, acl::RuleListId list) {
    if (list == acl::no_rules) return;
    fmt::format_to(out_, "  {} list=#{}\n", set, list);
    for (const acl::Rule& rule : graph_.program.rules(list)) {
      const StickRule& stick = graph_.stick_rules[rule.payload];
      fmt::format_to(out_, "   {}{} {} table=#{}{}\n", stick.match ? " match" : "",
                     stick.store ? " store" : "", graph_.program.expressions().text(stick.key), stick.table,
                     condition_of(rule));
    }
  }

  void dump_proxy(const Proxy& proxy) {
    const auto kind = proxy.is_frontend && proxy.is_backend ? "listen"
                      : proxy.is_frontend                   ? "frontend"
                                                            : "backend";
    fmt::format_to(out_, "{} #{} {} mode={}", kind, proxy.id, proxy.name, names::of(proxy.mode));
    flag(out_, proxy.disabled, "disabled");
    number(out_, proxy.maxconn, 0u, "maxconn");
    number(out_, proxy.session_rate, 0u, "rate-limit");
    number(out_, proxy.retries, 3u, "retries");
    if (proxy.default_backend != none) {
      fmt::format_to(out_, " default_backend=#{} {}", proxy.default_backend,
                     graph_.proxies[proxy.default_backend].name);
    }
    if (proxy.is_backend) text(out_, names::of(proxy.balance.kind), "balance");
    if (proxy.is_backend) dump_balance(proxy);
    fmt::format_to(out_, "\n  timeouts");
    dump_timeouts(out_, proxy.timeouts);
    fmt::format_to(out_, "\n  options");
    dump_options(out_, proxy.options);
    fmt::format_to(out_, "\n");
    if (proxy.log_format) fmt::format_to(out_, "  log-format items={}\n", proxy.log_format->items.size());
    for (const LogTarget& log : proxy.logs) dump_log(out_, "  ", log);
    dump_members(proxy);
  }

  void dump_balance(const Proxy& proxy) {
    const Balance& balance = proxy.balance;
    if (balance.kind == BalanceKind::random) number(out_, balance.draws, 2u, "draws");
    if (balance.key) text(out_, graph_.program.expressions().text(*balance.key), "key");
    if (balance.kind >= BalanceKind::source) dump_hash(balance);
    number(out_, balance.factor, 0u, "factor");
  }

  void dump_hash(const Balance& balance) {
    if (balance.kind == BalanceKind::random) return;
    flag(out_, balance.hash.consistent, "ring");
    text(out_, names::of(balance.hash.function), "hash");
    flag(out_, balance.hash.avalanche, "avalanche");
  }

  void dump_members(const Proxy& proxy) {
    for (std::uint32_t i = 0; i < proxy.listener_count; ++i)
      dump_listener(out_, graph_.listeners[proxy.first_listener + i]);
    for (std::uint32_t i = 0; i < proxy.server_count; ++i)
      dump_server(out_, graph_.servers[proxy.first_server + i]);
    if (proxy.inspect_delay) fmt::format_to(out_, "  inspect-delay {}ms\n", proxy.inspect_delay->count());
    if (proxy.response_inspect_delay) {
      fmt::format_to(out_, "  response-inspect-delay {}ms\n", proxy.response_inspect_delay->count());
    }
    dump_actions("tcp-request connection", proxy.connection_rules);
    dump_actions("tcp-request session", proxy.session_rules);
    dump_actions("tcp-request content", proxy.request_rules);
    dump_actions("tcp-response content", proxy.response_rules);
    dump_stick_rules("stick", proxy.stick_rules);
    dump_stick_rules("stick store-response", proxy.stick_response_rules);
    dump_switches(proxy.switches);
  }

  std::string condition_of(const acl::Rule& rule) const {
    return rule.condition == acl::always ? std::string() : fmt::format(" condition=#{}", rule.condition);
  }

  void dump_actions(std::string_view set, acl::RuleListId list) {
    if (list == acl::no_rules) return;
    fmt::format_to(out_, "  {} list=#{}\n", set, list);
    for (const acl::Rule& rule : graph_.program.rules(list)) {
      const Action& action = graph_.actions[rule.payload];
      fmt::format_to(out_, "    {}", names::of(action.kind));
      dump_variable(action);
      dump_value(action);
      fmt::format_to(out_, "{}\n", condition_of(rule));
    }
  }

  void dump_variable(const Action& action) {
    if (action.kind != ActionKind::set_var && action.kind != ActionKind::unset_var) return;
    const auto& pool = graph_.program.expressions();
    fmt::format_to(out_, "({}.{})", names::of(action.variable.scope),
                   pool.variable_names().name(action.variable.name));
    if (action.kind != ActionKind::set_var) return;
    if (action.format) {
      fmt::format_to(out_, " format items={}", action.format->items.size());
    } else {
      fmt::format_to(out_, " {}", pool.text(action.expression));
    }
  }

  void dump_question(const Action& action) {
    const auto& pool = graph_.program.expressions();
    fmt::format_to(out_, "({}.{}) resolvers=#{} ipv{} {}", names::of(action.variable.scope),
                   pool.variable_names().name(action.variable.name), action.slot, action.number.value_or(6),
                   pool.text(action.expression));
  }

  void dump_resolvers() {
    for (std::size_t i = 0; i < graph_.resolvers.size(); ++i) {
      const Resolvers& section = graph_.resolvers[i];
      fmt::format_to(out_, "resolvers #{} {} resolve={}ms retry={}ms retries={} payload={}\n", i,
                     section.name, section.resolve.count(), section.retry.count(), section.retries,
                     section.payload);
      for (const NameServer& server : section.servers)
        fmt::format_to(out_, "  {} {}{}:{}\n", server.name, server.stream ? "tcp@" : "",
                       fetchers::to_string(server.address), server.address.port);
    }
    for (ServerId id = 0; id < graph_.names.size(); ++id)
      if (const NamedServer* name = graph_.name_of(id))
        fmt::format_to(out_, "name of server #{} {} resolvers=#{}\n", id, name->name, name->resolvers);
  }

  void dump_peers() {
    for (const Peers& section : graph_.peers) {
      fmt::format_to(out_, "peers {} as {}\n", section.name, section.local);
      const Proxy& proxy = graph_.proxies[section.proxy];
      for (std::uint32_t i = 0; i < proxy.listener_count; ++i)
        fmt::format_to(out_, "  listens {}\n",
                       parser::to_string(graph_.listeners[proxy.first_listener + i].address));
      for (const Peer& peer : section.others)
        fmt::format_to(out_, "  peer {} {}{}\n", peer.name,
                       parser::to_string(graph_.servers[peer.server].address),
                       graph_.servers[peer.server].tls ? " tls" : "");
      for (const TableId table : section.tables) fmt::format_to(out_, "  table #{}\n", table);
    }
  }

  void dump_value(const Action& action) {
    if (action.kind == ActionKind::do_resolve) return dump_question(action);
    if (action.kind >= ActionKind::track_sc)
      fmt::format_to(out_, " slot={} index={}", action.slot, action.index);
    if (action.table != none) fmt::format_to(out_, " table=#{}", action.table);
    if (action.number) return static_cast<void>(fmt::format_to(out_, " {}", *action.number));
    const bool counts = action.kind >= ActionKind::sc_inc_gpc && action.kind <= ActionKind::sc_inc_gpc1;
    const bool computed =
        action.kind >= ActionKind::set_bc_mark && action.kind != ActionKind::silent_drop && !counts;
    if (action.kind == ActionKind::capture || computed)
      fmt::format_to(out_, " {}", graph_.program.expressions().text(action.expression));
  }

  void dump_switches(acl::RuleListId list) {
    if (list == acl::no_rules) return;
    fmt::format_to(out_, "  use_backend list=#{}\n", list);
    for (const acl::Rule& rule : graph_.program.rules(list)) {
      const Switch& target = graph_.switches[rule.payload];
      if (target.backend == none) {
        fmt::format_to(out_, "    computed items={}", target.name->items.size());
      } else {
        fmt::format_to(out_, "    #{} {}", target.backend, graph_.proxies[target.backend].name);
      }
      fmt::format_to(out_, "{}\n", condition_of(rule));
    }
  }

  void dump_certificates() {
    for (std::uint32_t i = 0; i < graph_.certificates->size(); ++i) {
      const pki::Certificate& certificate = (*graph_.certificates)[i];
      constexpr std::string_view kinds[] = {"rsa", "ecdsa", "other"};
      fmt::format_to(out_, "certificate #{} {} chain={} names={}\n", i,
                     kinds[static_cast<int>(certificate.kind)], certificate.chain.size(),
                     joined(certificate.names, ","));
    }
  }

  const Graph& graph_;
  std::string text_;
  Out out_;
};

}  // namespace

std::string dump(const Graph& graph) { return GraphDump(graph).run(); }

}  // namespace shunt::graph
