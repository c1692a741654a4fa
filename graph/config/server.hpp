// `server`, `default-server` and `source` lines.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "graph/config/setting.hpp"
#include "graph/config/tls_versions.hpp"
#include "graph/server.hpp"
#include "parser/address.hpp"
#include "parser/expression_tree.hpp"
#include "parser/log_format_tree.hpp"
#include "parser/source.hpp"

namespace shunt::graph::config {

struct SourceLine {
  parser::Address address = {};
  bool has_address = true;  // `0.0.0.0` with usesrc is none
  Source::Foreign foreign = Source::Foreign::no;
  parser::Address foreign_address = {};
  std::string interface = {};
  bool unsupported = false;  // usesrc hdr_ip
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
  // How the address of a name is found; lists as written.
  Maybe<std::string> init_addr = {}, resolvers = {}, resolve_prefer = {}, resolve_options = {},
                     resolve_networks = {};
  Maybe<std::string> track = {}, proto = {};
  Maybe<bool> counts_octets = {};  // log-proto
};

struct Server {
  Text name = {};
  Setting<parser::Address> address = {};
  ServerParameters parameters = {};  // default-server already below the line's own
  parser::Span span = {};
};

}  // namespace shunt::graph::config
