// The typed configuration printed back in canonical order and units.
#include <fmt/core.h>

#include "graph/dump/lines.hpp"
#include "graph/names.hpp"

namespace shunt::graph::config {
namespace {

void write_fetching(Writer& to, const ResponseFetching& fetching) {
  const auto on_off = [&to](std::string_view name, const Maybe<bool>& setting) {
    if (setting) to.raw(fmt::format("    {} {}\n", name, setting->value ? "on" : "off"));
  };
  on_off("ocsp-update.disable", fetching.disabled);
  if (fetching.proxy) to.raw(fmt::format("    ocsp-update.httpproxy {}\n", written(fetching.proxy->value)));
  to.line("ocsp-update.maxdelay", fetching.max_delay);
  to.line("ocsp-update.mindelay", fetching.min_delay);
  on_off("ocsp-update.mode", fetching.wanted);
}

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
  write_fetching(to, tls.fetching);
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
  write_leave_for_programs(text, config, sources);
  write_peers(text, config);
  for (const Proxy& proxy : config.proxies) {
    write_section(text, sources, proxy);
    write_own_table(text, config, proxy);
    write_checks(text, config, sources, proxy);
  }
  write_mailers(text, config, sources);
  for (const RingSection& ring : config.rings) write_ring(text, ring);
  return text;
}

}  // namespace shunt::graph::config
