// Reads what fetches say of certificates out of their DER form.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "fetchers/sample.hpp"

struct x509_st;  // OpenSSL's X509

namespace shunt::fetchers {

// What is wanted of a name: all of it, or the value of the n-th entry of a kind ("CN", "1.2.3.4").
struct NameQuery {
  std::string_view entry = {};
  std::int64_t occurrence = 1;  // negative: counted from the end; 0: none
  bool rfc2253 = false;         // of the whole name
};

// One certificate. Texts are copied to the scratch memory. Nothing is found in what is no certificate.
class Certificate {
 public:
  using Text = std::optional<std::string_view>;

  explicit Certificate(std::string_view der);

  [[nodiscard]] explicit operator bool() const { return object_ != nullptr; }
  [[nodiscard]] Text subject(const NameQuery& query, Scratch& scratch) const;
  [[nodiscard]] Text issuer(const NameQuery& query, Scratch& scratch) const;
  [[nodiscard]] Text not_before(Scratch& scratch) const;  // YYMMDDhhmmssZ; the century is lost
  [[nodiscard]] Text not_after(Scratch& scratch) const;
  [[nodiscard]] Text serial(Scratch& scratch) const;
  [[nodiscard]] Text sha1(Scratch& scratch) const;
  [[nodiscard]] Text key_algorithm(Scratch& scratch) const;
  struct KeySize {
    std::string_view kind = {};  // "RSA", "EC", "DSA"; empty: another
    int bits = 0;
  };
  [[nodiscard]] KeySize key_size() const;
  [[nodiscard]] Text signature_algorithm(Scratch& scratch) const;
  // "DNS:a.test, IP Address:192.0.2.1", as OpenSSL writes them.
  [[nodiscard]] Text alternative_names(Scratch& scratch) const;
  [[nodiscard]] Text policies(Scratch& scratch) const;  // "1.2.3,2.23.140.1.2.1"
  [[nodiscard]] std::int64_t version() const;

 private:
  struct Free {
    void operator()(x509_st* object) const;
  };
  std::unique_ptr<x509_st, Free> object_;
};

// OpenSSL's words for one of its error codes.
[[nodiscard]] std::string_view openssl_error_text(std::uint64_t code, Scratch& scratch);

}  // namespace shunt::fetchers
