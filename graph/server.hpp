// A server of a backend: its address, its limits, how it is spoken to and watched.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fetchers/endpoint.hpp"
#include "fetchers/expression.hpp"
#include "fetchers/log_format.hpp"
#include "graph/ids.hpp"
#include "parser/address.hpp"
#include "parser/source.hpp"

namespace shunt::graph {

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

}  // namespace shunt::graph
