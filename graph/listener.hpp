// A socket that is listened on, and how TLS is spoken there.
#pragma once
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/ids.hpp"
#include "parser/address.hpp"
#include "parser/source.hpp"

namespace shunt::graph {

namespace pki {
struct Certificate;  // graph/pki/certificate_store.hpp
}  // namespace pki

struct UnixSocketOptions {
  std::optional<std::uint32_t> mode, uid, gid;
};

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

// TLS of one bind line; certificates are in the graph's store.
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

}  // namespace shunt::graph
