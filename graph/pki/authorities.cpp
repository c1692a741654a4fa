// Files of authorities and revocation lists (PEM objects of both kinds in any order), and of ticket keys.
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "graph/pki/authorities.hpp"
#include "graph/pki/certificate_store.hpp"
#include "graph/pki/file_checks.hpp"
#include "graph/pki/pem_file.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::pki {
namespace {

namespace fs = std::filesystem;

struct ReleaseInfo {
  void operator()(STACK_OF(X509_INFO) * list) const { sk_X509_INFO_pop_free(list, X509_INFO_free); }
};
using InfoPtr = std::unique_ptr<STACK_OF(X509_INFO), ReleaseInfo>;

// False: nothing could be read.
bool read_file(const std::string& path, Authorities& into) {
  const BioPtr file = open_file(path);
  const InfoPtr objects(file ? PEM_X509_INFO_read_bio(file.get(), nullptr, no_passphrase, nullptr) : nullptr);
  ERR_clear_error();
  const std::size_t before = into.certificates.size() + into.revocations.size();
  for (int i = 0; i < sk_X509_INFO_num(objects.get()); ++i) {
    X509_INFO* object = sk_X509_INFO_value(objects.get(), i);
    if (object->x509 != nullptr) into.certificates.emplace_back(std::exchange(object->x509, nullptr));
    if (object->crl != nullptr) into.revocations.emplace_back(std::exchange(object->crl, nullptr));
  }
  return into.certificates.size() + into.revocations.size() != before;
}

bool is_certificate_file(const fs::path& path) {
  constexpr std::string_view endings[] = {".pem", ".crt", ".cer", ".crl"};
  const std::string ending = path.extension();
  return std::ranges::find(endings, ending) != std::end(endings);
}

// Directories are read in the order of names. A file that holds nothing is passed over.
bool read_directory(const std::string& path, Authorities& into) {
  bool any = false;
  for (const std::string& name : parser::list_directory(path)) {
    const fs::path file = fs::path(path) / name;
    if (is_certificate_file(file)) any = read_file(file, into) || any;
  }
  return any;
}

}  // namespace

std::optional<Authorities> read_authorities(const std::string& place) {
  Authorities loaded;
  loaded.place = place;
  const bool found = parser::is_directory(place) ? read_directory(place, loaded) : read_file(place, loaded);
  return found ? std::optional(std::move(loaded)) : std::nullopt;
}

// A machine may have no authorities of its own: nobody is trusted then [seen].
Result<std::uint32_t, LoadError> CertificateStore::load_authorities(const std::string& path,
                                                                    std::string_view what) {
  const bool system = path == "@system-ca";
  const std::string place = system ? X509_get_default_cert_dir() : place_of(path);
  if (const auto known = authority_ids_.find(place); known != authority_ids_.end()) return known->second;
  auto loaded = read_authorities(place);
  if (!loaded && !system) return file_fault(what, path);
  if (!loaded) loaded.emplace();
  loaded->path = path;
  loaded->place = place;
  const auto id = static_cast<std::uint32_t>(authorities_.size());
  authorities_.push_back(std::make_shared<const Authorities>(std::move(*loaded)));
  authority_ids_.emplace(place, id);
  return id;
}

Result<std::shared_ptr<const TicketKeys>, LoadError> CertificateStore::ticket_keys(const std::string& path) {
  const std::string place = place_of(path);
  if (const auto known = ticket_keys_.find(place); known != ticket_keys_.end()) return known->second;
  const auto bytes = parser::read_file(place);
  if (!bytes) return LoadError{fmt::format("the file '{}' can't be read", path)};
  BOOST_OUTCOME_TRY(auto keys, read_ticket_keys(path, bytes.assume_value()));
  return ticket_keys_[place] = std::make_shared<const TicketKeys>(std::move(keys));
}

}  // namespace shunt::graph::pki
