// A connection as somebody describes it: the views of fetchers over plain values, without sockets or time.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/byte_text.hpp"
#include "fetchers/context.hpp"
#include "fetchers/variables.hpp"
#include "parser/result.hpp"

namespace shunt::analysis {

// A value that outlives what it was read from.
struct OwnedValue {
  fetchers::Sample sample = {};
  std::string bytes = {};

  [[nodiscard]] fetchers::Sample view() const;
};

// "str:text", "int:5", "bool:true", "ipv4:192.0.2.1", "ipv6:2001:db8::1", "bin:0a0b", "meth:GET"; the text of
// a str and a meth may have escapes. The error says what was expected.
[[nodiscard]] Result<OwnedValue, TextError> parse_value(std::string_view text);

// "192.0.2.1", "192.0.2.1:443", "2001:db8::1", "[2001:db8::1]:443" or "unix".
[[nodiscard]] Result<fetchers::Endpoint, TextError> parse_endpoint(std::string_view text);

// What a TLS connection that we terminate would have agreed on.
struct TlsDescription {
  std::optional<std::string> sni;
  std::optional<std::string> alpn;
  std::string protocol = "TLSv1.3";
  std::string cipher = "TLS_AES_256_GCM_SHA384";
  std::string peer_certificate = {}, own_certificate = {};  // DER; empty: there is none
};

// One side: a fetch of what is not described has no value.
struct SideDescription {
  fetchers::Endpoint from = {};
  fetchers::Endpoint to = {};
  std::vector<std::pair<std::uint8_t, std::string>> proxy_tlvs;
  bool proxy_header = false;  // a PROXY header was received; TLVs imply one
  std::optional<TlsDescription> tls;
};

struct DirectionDescription {
  std::string bytes = {};  // what is buffered now
  bool ended = false;      // no further byte can follow
};

struct ConnectionDescription {
  SideDescription client;
  std::optional<SideDescription> server;
  DirectionDescription request;
  DirectionDescription response;
  bool final = true;  // waiting is over: what is still unknown counts as no
  std::chrono::system_clock::time_point date = {};
};

// Views, buffers and variables of one evaluation; it keeps a copy of the description.
class DescribedConnection {
 public:
  explicit DescribedConnection(ConnectionDescription description);
  ~DescribedConnection();
  DescribedConnection(const DescribedConnection&) = delete;
  DescribedConnection& operator=(const DescribedConnection&) = delete;

  [[nodiscard]] fetchers::Context& context();
  [[nodiscard]] fetchers::Variables& variables();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace shunt::analysis
