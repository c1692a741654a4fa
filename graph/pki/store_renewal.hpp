// Files of a certificate store that have changed: read again, judged, taken over or refused.
#pragma once
#include <ctime>
#include <set>
#include <string>
#include <vector>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

struct RenewalFinding {
  bool refused = false;
  std::string text;
};

// Works on a copy of the store; `changed`: places of files, and of directories in which something changed.
class StoreRenewal {
 public:
  StoreRenewal(const CertificateStore& before, std::set<std::string> changed, std::time_t now);

  // `used`: the ids of certificates that are served or shown.
  void renew(const std::set<std::uint32_t>& used);
  // Lists of certificates among what changed. take_text() puts the new bytes in; false: they are as before.
  [[nodiscard]] std::vector<std::string> changed_texts() const;
  [[nodiscard]] bool take_text(const std::string& place);

  [[nodiscard]] CertificateStore& store() { return store_; }
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] std::vector<RenewalFinding>& findings() { return findings_; }

  // What to watch.
  [[nodiscard]] static std::set<std::string> places(const CertificateStore& store);

 private:
  [[nodiscard]] static std::vector<std::string> parts_of(const CertificateStore& store,
                                                         const CertificateSource& source);
  [[nodiscard]] static std::string issuers_place(const CertificateStore& store);  // empty: there is none
  [[nodiscard]] bool touched(const CertificateSource& source) const;
  void renew_issuers();
  void forget();
  void list_again();
  void list_directory(CertificateStore::Expansion& expansion, const std::string& place);
  void list_bundle(CertificateStore::Expansion& expansion, const std::string& place);
  void read_all(const std::set<std::uint32_t>& used);
  void renew_certificate(CertificateStore::Entry& entry);
  void renew_issuer(CertificateStore::Entry& entry);
  void renew_authorities(std::shared_ptr<const Authorities>& authorities);
  void renew_parameters(const std::string& place, std::shared_ptr<EVP_PKEY>& parameters);
  void renew_ticket_keys(const std::string& place, std::shared_ptr<const TicketKeys>& keys);
  void refuse(std::string_view what, const std::string& path, std::string_view why);
  void tell(std::string text);

  CertificateStore store_;
  std::set<std::string> changed_;
  std::time_t now_;
  std::set<std::string> removed_;  // paths that no directory has any more
  std::vector<RenewalFinding> findings_;
  bool any_ = false;
  bool other_issuers_ = false;  // so that any certificate may have another chain
};

}  // namespace shunt::graph::pki
