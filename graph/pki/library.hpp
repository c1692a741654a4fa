// The TLS library that this program runs with: what it says of itself, what a configuration adds to it.
#pragma once
#include <openssl/asn1.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

// "OpenSSL 3.0.15 3 Sep 2024"
[[nodiscard]] std::string_view library_name();

// Its last word on what went wrong, or "" when it has none; the queue is emptied.
[[nodiscard]] std::string library_reason();
// The same to stand behind a sentence: " (no start line)".
[[nodiscard]] std::string library_error();

// Since 1970; 0: there is none, or it can't be read.
[[nodiscard]] std::int64_t seconds_of(const ASN1_TIME* time);

// For the whole process and for good. `path`: the directory in which it is looked for; empty: OpenSSL's own.
[[nodiscard]] std::optional<LoadError> use_provider(const std::string& name, const std::string& path);
// Which implementations of algorithms are taken, as property(7ossl) has it; for the whole process.
[[nodiscard]] std::optional<LoadError> use_properties(const std::string& query);

}  // namespace shunt::graph::pki
