// A PEM file as OpenSSL reads it, through the one way in which a configuration reads files.
#pragma once
#include <openssl/bio.h>

#include <memory>
#include <string>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

using BioPtr = std::unique_ptr<BIO, Release<BIO_free_all>>;

// Null: it can't be read.
[[nodiscard]] BioPtr open_file(const std::string& path);

// For the library's readers: it would ask on the terminal; so an encrypted object is an error.
int no_passphrase(char* into, int size, int writes, void* context);

}  // namespace shunt::graph::pki
