// Whether files of authorities, revocations and parameters parse, and whether OpenSSL knows names and lists.
#pragma once
#include <optional>
#include <string>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

// Each: what is wrong, nothing when it can be used.
// A PEM file with certificates (and revocation lists), a directory of such files, or "@system-ca".
[[nodiscard]] std::optional<LoadError> check_authorities(const std::string& path);
[[nodiscard]] std::optional<LoadError> check_revocations(const std::string& path);
[[nodiscard]] std::optional<LoadError> check_parameters(const std::string& path);  // Diffie-Hellman
// A file with at least three base64 keys of 48 or 80 bytes, one a line.
[[nodiscard]] std::optional<LoadError> check_ticket_keys(const std::string& path);
// The last three keys of such a file, in its order.
[[nodiscard]] Result<std::vector<std::string>, LoadError> read_ticket_keys(const std::string& path);
// `path`: the directory in which it is looked for; empty: OpenSSL's own.
[[nodiscard]] std::optional<LoadError> check_provider(const std::string& name, const std::string& path);
[[nodiscard]] std::optional<LoadError> check_properties(const std::string& query);
[[nodiscard]] std::optional<LoadError> check_signature_algorithms(const std::string& list);

}  // namespace shunt::graph::pki
