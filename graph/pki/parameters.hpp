// Diffie-Hellman parameters: from files, and the known ones of usual sizes.
#pragma once
#include <string>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

// The first ones of a PEM file, which may hold other things, too; null: none that can be read.
[[nodiscard]] KeyPtr read_parameters(const std::string& path);
// The size that suits the key of a certificate, but at most `most_bits`.
[[nodiscard]] unsigned known_parameters_size(const EVP_PKEY& key, unsigned most_bits);
// The largest known ones of at most so many bits; null: there are none so small.
[[nodiscard]] KeyPtr known_parameters(unsigned bits);
[[nodiscard]] bool strong_enough(const EVP_PKEY& parameters);  // for OpenSSL's security level

}  // namespace shunt::graph::pki
