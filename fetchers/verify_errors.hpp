// OpenSSL's names for the reasons why a certificate can't be verified.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace shunt::fetchers {

inline constexpr std::size_t verify_error_count = 95;  // numbers are below it

// "X509_V_ERR_CERT_HAS_EXPIRED" for 10; empty for a number that OpenSSL 3.0 does not have.
[[nodiscard]] std::string_view verify_error_name(std::int64_t number);
[[nodiscard]] std::optional<std::int64_t> verify_error_number(std::string_view name);

}  // namespace shunt::fetchers
