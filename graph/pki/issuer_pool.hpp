// Certificates of issuers that occur in many chains: each is kept, and parsed, once.
#pragma once
#include <openssl/x509.h>

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shunt::graph::pki {

// May be used by several threads.
class IssuerPool {
 public:
  // The caller owns one more reference; null: it is no certificate.
  [[nodiscard]] X509* get(std::string_view der);

  IssuerPool() = default;
  IssuerPool(const IssuerPool&) = delete;
  IssuerPool& operator=(const IssuerPool&) = delete;
  ~IssuerPool();

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, X509*> known_;  // by their bytes
};

}  // namespace shunt::graph::pki
