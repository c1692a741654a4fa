// The names of OpenSSL's results of verifying a certificate.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace shunt::fetchers {

// "X509_V_OK" for 0, "X509_V_ERR_CERT_HAS_EXPIRED" for 10; empty: the number has no name.
[[nodiscard]] std::string_view verify_result_name(std::int64_t number);
[[nodiscard]] std::optional<std::int64_t> verify_result_number(std::string_view name);

}  // namespace shunt::fetchers
