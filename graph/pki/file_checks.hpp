// Reasons why files are of no use, keys of session tickets, and whether OpenSSL knows names and lists.
#pragma once
#include <optional>
#include <string>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

// Why nothing of a kind could be read from a file: the library's reason, or the system's where there was
// nothing for the library to read.
[[nodiscard]] LoadError file_fault(std::string_view what, const std::string& path);
// Keys of session tickets: the last three of a file with at least that many, in its order. `bytes`: the file.
[[nodiscard]] Result<TicketKeys, LoadError> read_ticket_keys(const std::string& path,
                                                             const std::string& bytes);
// What is wrong, nothing when it can be used.
// `path`: the directory in which it is looked for; empty: OpenSSL's own.
[[nodiscard]] std::optional<LoadError> check_provider(const std::string& name, const std::string& path);
[[nodiscard]] std::optional<LoadError> check_properties(const std::string& query);
[[nodiscard]] std::optional<LoadError> check_signature_algorithms(const std::string& list);

}  // namespace shunt::graph::pki
