// Bind and server lines with their parameters.
#include "graph/dump/lines.hpp"

#include "graph/names.hpp"

namespace shunt::graph::config {
namespace {

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
  to.flag("non-stick", "stick", own.non_stick);
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

}  // namespace

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

void write_server_settings(Writer& to, const ServerParameters& own) {
  write_server_parameters(to, own);
  write_limits(to, own);
}

void write_server(std::string& text, const Server& server) {
  // With all that default-server gave it, because lines of default-server apply only to the servers below
  // them.
  Writer to(text, {});
  to.raw(fmt::format("    server {} {}", server.name.value, written(server.address.value)));
  write_server_settings(to, server.parameters);
  to.raw("\n");
}

}  // namespace shunt::graph::config
