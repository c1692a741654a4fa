// OCSP responses with the issuer they need (RFC 6960), lists of certificate timestamps (RFC 6962).
#include "graph/pki/beside.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fmt/core.h>

#include "graph/pki/ocsp.hpp"
#include "graph/pki/pem_file.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::pki {
namespace {

std::optional<std::string> content_of(const std::string& path) {
  auto bytes = parser::read_file(path);
  return bytes ? std::optional(std::move(bytes).assume_value()) : std::nullopt;
}

bool issued(X509* issuer, X509* leaf) { return X509_check_issued(issuer, leaf) == X509_V_OK; }

// Where a part is; empty: it is not looked for.
std::string part(const std::string& named, std::uint32_t kind, const Certificate& certificate,
                 std::string_view ending, const ExtraFiles& files) {
  if (!named.empty()) return named;
  return (files.kinds & kind) != 0 ? beside(certificate.source.place, ending, files) : std::string();
}

struct Issuer {
  X509* found = nullptr;
  X509Ptr own = {};  // from a file of its own
};

Result<Issuer, LoadError> issuer_of(const Certificate& certificate, const ExtraFiles& files) {
  for (const X509Ptr& link : certificate.chain)
    if (issued(link.get(), certificate.leaf.get())) return Issuer{.found = link.get()};
  const std::string path = part(certificate.source.issuer, extra::issuer, certificate, ".issuer", files);
  const BioPtr file = path.empty() ? nullptr : open_file(path);
  ERR_clear_error();
  if (!file)
    return LoadError{fmt::format("'{}' has an OCSP response, but no issuer is known", certificate.path)};
  X509Ptr read(PEM_read_bio_X509_AUX(file.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!read) return LoadError{fmt::format("the issuer '{}' can't be read", path)};
  if (!issued(read.get(), certificate.leaf.get()))
    return LoadError{fmt::format("'{}' is not the issuer of '{}'", path, certificate.path)};
  X509* const issuer = read.get();
  return Issuer{.found = issuer, .own = std::move(read)};
}

// A length of two bytes, then entries with a length each.
bool is_timestamp_list(std::string_view bytes) {
  const auto size_at = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])) << 8 |
           static_cast<unsigned char>(bytes[at + 1]);
  };
  if (bytes.size() < 3 || size_at(0) != bytes.size() - 2) return false;
  std::size_t at = 2;
  while (at + 2 <= bytes.size()) at += 2 + size_at(at);
  return at == bytes.size();
}

}  // namespace

std::string beside(const std::string& path, std::string_view ending, const ExtraFiles& files) {
  constexpr std::string_view dropped = ".crt";
  const bool drop = files.drop_extension && path.ends_with(dropped);
  return (drop ? path.substr(0, path.size() - dropped.size()) : path) + std::string(ending);
}

std::optional<LoadError> load_stapled(Certificate& certificate, const ExtraFiles& files) {
  const std::string path = part(certificate.source.stapled, extra::ocsp, certificate, ".ocsp", files);
  if (path.empty()) return std::nullopt;
  auto der = content_of(path);
  if (!der) return std::nullopt;
  certificate.has_stapled_file = true;
  auto issuer = issuer_of(certificate, files);
  if (!issuer) return std::move(issuer).error();
  const auto until = response_until(*der, certificate.leaf.get(), issuer.value().found);
  if (!until) return std::nullopt;
  certificate.stapled = std::move(*der);
  certificate.stapled_until = *until;
  return std::nullopt;
}

std::shared_ptr<X509> find_issuer(const Certificate& certificate, const ExtraFiles& files) {
  auto issuer = issuer_of(certificate, files);
  if (!issuer) return nullptr;
  X509_up_ref(issuer.value().found);
  return X509Ptr(issuer.value().found);
}

std::optional<LoadError> load_timestamps(Certificate& certificate, const ExtraFiles& files) {
  const std::string path = part(certificate.source.timestamps, extra::sctl, certificate, ".sctl", files);
  if (path.empty()) return std::nullopt;
  auto bytes = content_of(path);
  if (!bytes) return std::nullopt;
  if (!is_timestamp_list(*bytes))
    return LoadError{fmt::format("'{}' is no list of certificate timestamps", path)};
  certificate.timestamps = std::move(*bytes);
  return std::nullopt;
}

}  // namespace shunt::graph::pki
