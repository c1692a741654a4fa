// Comparing certificates with those that they are to replace.
#include "graph/pki/renewal_checks.hpp"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include <fmt/core.h>

#include "graph/pki/library.hpp"
#include "graph/pki/names.hpp"

namespace shunt::graph::pki {
namespace {

bool valid(const X509* certificate, std::time_t now) {
  return seconds_of(X509_get0_notBefore(certificate)) <= now &&
         now <= seconds_of(X509_get0_notAfter(certificate));
}

bool in_date(const X509_CRL* list, std::time_t now) {
  const ASN1_TIME* const next = X509_CRL_get0_nextUpdate(list);
  return next == nullptr || now <= seconds_of(next);
}

bool issued(X509* issuer, X509* subject) {
  const bool names_fit = X509_check_issued(issuer, subject) == X509_V_OK;
  const bool good = names_fit && X509_verify(subject, X509_get0_pubkey(issuer)) == 1;
  ERR_clear_error();
  return good;
}

bool any_valid(const Authorities& from, std::time_t now) {
  return std::ranges::any_of(from.certificates,
                             [now](const X509Ptr& each) { return valid(each.get(), now); });
}

bool lists_in_date(const Authorities& from, std::time_t now) {
  return std::ranges::all_of(from.revocations,
                             [now](const RevocationPtr& each) { return in_date(each.get(), now); });
}

}  // namespace

std::optional<std::string> time_objection(const Certificate& next, std::time_t now) {
  if (now > expiry_of(next)) return fmt::format("it expired on {}", day(expiry_of(next)));
  const std::time_t begin = seconds_of(X509_get0_notBefore(next.leaf.get()));
  if (now < begin) return fmt::format("it is not valid before {}", day(begin));
  return std::nullopt;
}

bool covers(const std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) != names.end()) return true;
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos || name.starts_with("*.")) return false;
  return std::ranges::find(names, '*' + name.substr(dot)) != names.end();
}

bool chain_builds(const Certificate& certificate) {
  X509* subject = certificate.leaf.get();
  if (certificate.chain.empty()) return issued(subject, subject);
  for (const X509Ptr& link : certificate.chain) {
    if (!issued(link.get(), subject)) return false;
    subject = link.get();
  }
  return true;
}

std::optional<std::string> objection(const Certificate& old, const Certificate& next, std::time_t now) {
  if (auto fault = time_objection(next, now)) return fault;
  for (const std::string& name : old.names)
    if (!covers(next.names, name)) return fmt::format("it does not cover the name '{}'", name);
  const std::vector<std::string> left = addresses(next.leaf.get());
  for (const std::string& address : addresses(old.leaf.get()))
    if (std::ranges::find(left, address) == left.end())
      return fmt::format("it does not cover the address '{}'", address);
  if (chain_builds(old) && !chain_builds(next)) return "its chain of issuers is missing or broken";
  if (next.stapled.empty() && next.has_stapled_file && !old.stapled.empty())
    return "its OCSP response can't be used";
  return std::nullopt;
}

std::optional<std::string> objection(const Authorities& old, const Authorities& next, std::time_t now) {
  if (any_valid(old, now) && !any_valid(next, now)) return "it holds no authority that is valid now";
  if (!old.revocations.empty() && next.revocations.empty()) return "it holds no list of revocations any more";
  if (lists_in_date(old, now) && !lists_in_date(next, now)) return "its list of revocations is out of date";
  return std::nullopt;
}

bool same(const Certificate& a, const Certificate& b) {
  const auto equal = [](const X509Ptr& x, const X509Ptr& y) { return X509_cmp(x.get(), y.get()) == 0; };
  const auto equal_keys = [](const KeyPtr& x, const KeyPtr& y) {
    return x == y || (x && y && EVP_PKEY_parameters_eq(x.get(), y.get()) == 1);
  };
  return equal(a.leaf, b.leaf) && EVP_PKEY_eq(a.key.get(), b.key.get()) == 1 &&
         std::ranges::equal(a.chain, b.chain, equal) && equal_keys(a.parameters, b.parameters) &&
         a.stapled == b.stapled && a.timestamps == b.timestamps;
}

bool same(const Authorities& a, const Authorities& b) {
  return std::ranges::equal(
             a.certificates, b.certificates,
             [](const X509Ptr& x, const X509Ptr& y) { return X509_cmp(x.get(), y.get()) == 0; }) &&
         std::ranges::equal(a.revocations, b.revocations, [](const RevocationPtr& x, const RevocationPtr& y) {
           return X509_CRL_match(x.get(), y.get()) == 0;
         });
}

std::string serial_of(const Certificate& certificate) {
  const std::unique_ptr<BIGNUM, Release<BN_free>> number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.leaf.get()), nullptr));
  char* const digits = number ? BN_bn2hex(number.get()) : nullptr;
  std::string text = digits != nullptr ? digits : "?";
  OPENSSL_free(digits);
  return text;
}

std::time_t expiry_of(const Certificate& certificate) {
  return seconds_of(X509_get0_notAfter(certificate.leaf.get()));
}

std::string day(std::time_t time) {
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::optional<std::string> expiry_warning(const Certificate& certificate, std::time_t now) {
  constexpr std::time_t two_weeks = std::time_t{14} * 86400;
  const std::time_t end = expiry_of(certificate);
  const std::time_t whole = end - seconds_of(X509_get0_notBefore(certificate.leaf.get()));
  if (end - now > std::min(two_weeks, whole / 5)) return std::nullopt;
  return fmt::format("The certificate '{}' {} on {}.", certificate.path, now > end ? "expired" : "expires",
                     day(end));
}

}  // namespace shunt::graph::pki
