// Sans-io reader of a TLS ClientHello as HAProxy's `req.ssl_*` fetches see it (record headers inside are not
// skipped).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fetchers/wire/state.hpp"

namespace shunt::fetchers::wire {

using HelloState = ReadState;

struct HelloType {
  HelloState state = HelloState::absent;
  std::uint8_t type = 0;  // 1 ClientHello, 2 ServerHello
};
struct HelloField {
  HelloState state = HelloState::absent;
  std::string_view value = {};  // inside the input
};
struct HelloVersion {
  HelloState state = HelloState::absent;
  std::uint32_t version = 0;  // major * 65536 + minor
};

[[nodiscard]] HelloType hello_type(std::string_view bytes);
[[nodiscard]] HelloVersion hello_version(std::string_view bytes);
[[nodiscard]] HelloField hello_sni(std::string_view bytes);
[[nodiscard]] HelloField hello_alpn(std::string_view bytes,
                                    std::uint32_t index = 0);  // the index-th protocol name

// The lists of a ClientHello message (without its header, which starts with the type).
struct HelloFields {
  std::uint16_t version = 0;
  std::string_view suites = {};
  std::string_view extensions = {};  // type, length, content each
};
// Nothing: the fields don't add up.
[[nodiscard]] std::optional<HelloFields> hello_fields(std::string_view body);
// The content of the first extension of the type; nothing without one, or when lengths don't add up.
[[nodiscard]] std::optional<std::string_view> hello_extension(std::string_view extensions,
                                                              std::uint32_t type);

// Found: the hello has the extension of supported groups, whatever is in it.
[[nodiscard]] HelloField hello_groups_extension(std::string_view bytes);

enum class TicketOffer : std::uint8_t { none, empty, ticket };
struct HelloTicket {
  HelloState state = HelloState::absent;
  TicketOffer offer = TicketOffer::none;
};
// Absent: there are no extensions, or their lengths don't add up.
[[nodiscard]] HelloTicket hello_ticket(std::string_view bytes);

// Lists of numbers of two bytes each, without the length in front.
[[nodiscard]] HelloField hello_suites(std::string_view bytes);
[[nodiscard]] HelloField hello_groups(std::string_view bytes);
[[nodiscard]] HelloField hello_signatures(std::string_view bytes);
[[nodiscard]] HelloField hello_key_shares(std::string_view bytes);  // group, length, key each
// Only the groups of these, into `out` (half the size of the shares is always enough): how many bytes;
// nothing when their lengths don't add up.
[[nodiscard]] std::optional<std::size_t> key_share_groups(std::string_view shares, std::span<char> out);

}  // namespace shunt::fetchers::wire
