// Builds the ClientHello that a current TLS client would send, as bytes.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shunt::analysis {

struct HelloDescription {
  std::optional<std::string> sni;
  std::vector<std::string> alpn;  // in the order of preference; empty: no such extension
  std::vector<std::uint16_t> versions = {};  // 0x0304 ...; empty: TLS 1.3 and 1.2
  std::vector<std::uint16_t> suites = {};    // empty: those of OpenSSL 3
  std::size_t least_size = 0;                // of all bytes; a padding extension fills what is missing
};

// One TLS record (RFC 8446, 4.1.2). The same description gives the same bytes.
[[nodiscard]] std::string build_hello(const HelloDescription& description);

// False: its lengths don't fit their fields, or not into one record.
[[nodiscard]] bool can_be_built(const HelloDescription& description);

// "h2,http/1.1" as a list.
[[nodiscard]] std::vector<std::string> split_alpn(std::string_view list);

}  // namespace shunt::analysis
