// The order of a renewal: chains of issuers, directories, certificates, authorities, parameters, keys of
// tickets.
#include "graph/pki/store_renewal.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "graph/pki/authorities.hpp"
#include "graph/pki/beside.hpp"
#include "graph/pki/certificate_file.hpp"
#include "graph/pki/file_checks.hpp"
#include "graph/pki/issuer_chains.hpp"
#include "graph/pki/parameters.hpp"
#include "graph/pki/renewal_checks.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::pki {
namespace {

constexpr std::string_view variants[] = {".rsa", ".dsa", ".ecdsa"};

}  // namespace

StoreRenewal::StoreRenewal(const CertificateStore& before, std::set<std::string> changed, std::time_t now)
    : store_(before), changed_(std::move(changed)), now_(now) {}

std::vector<std::string> StoreRenewal::parts_of(const CertificateStore& store,
                                                const CertificateSource& source) {
  std::vector<std::string> parts = {source.place};
  const auto add = [&](const std::string& named, std::uint32_t kind, std::string_view ending) {
    if (!named.empty())
      parts.push_back(named);
    else if ((store.extra_.kinds & kind) != 0)
      parts.push_back(beside(source.place, ending, store.extra_));
  };
  add(source.key, extra::key, ".key");
  add(source.stapled, extra::ocsp, ".ocsp");
  add(source.issuer, extra::issuer, ".issuer");
  add(source.timestamps, extra::sctl, ".sctl");
  return parts;
}

std::set<std::string> StoreRenewal::places(const CertificateStore& store) {
  std::set<std::string> all;
  for (const CertificateStore::Entry& entry : store.entries_)
    for (std::string& part : parts_of(store, entry.certificate->source)) all.insert(std::move(part));
  for (const auto& [place, expansion] : store.expansions_) {
    all.insert(place);
    const bool bundle = !expansion.directory && expansion.paths.front() != expansion.path;
    for (const std::string_view ending : variants)
      if (bundle) all.insert(place + std::string(ending));
  }
  for (const auto& authorities : store.authorities_) all.insert(authorities->place);
  for (const auto& [place, keys] : store.ticket_keys_) all.insert(place);
  for (const auto& [place, text] : store.texts_) all.insert(place);
  for (const auto& [place, parameters] : store.parameter_files_) all.insert(place);
  if (std::string place = issuers_place(store); !place.empty()) all.insert(std::move(place));
  return all;
}

std::string StoreRenewal::issuers_place(const CertificateStore& store) {
  const std::string& directory = store.issuers_directory_;
  const auto known = store.places_.find(directory);
  return known == store.places_.end() ? directory : known->second;
}

bool StoreRenewal::touched(const CertificateSource& source) const {
  return std::ranges::any_of(parts_of(store_, source),
                             [this](const std::string& part) { return changed_.contains(part); });
}

void StoreRenewal::refuse(std::string_view what, const std::string& path, std::string_view why) {
  findings_.push_back(
      {true, fmt::format("The {} '{}' is not taken over, the old one stays: {}.", what, path, why)});
}

void StoreRenewal::tell(std::string text) {
  any_ = true;
  findings_.push_back({false, std::move(text)});
}

void StoreRenewal::renew_issuers() {
  const std::string place = issuers_place(store_);
  if (place.empty() || !changed_.contains(place)) return;
  if (!parser::is_directory(place))
    return refuse("directory of issuers", store_.issuers_directory_, "it is not there");
  IssuerChains fresh = read_issuers(place);
  if (same(*store_.issuers_, fresh)) return;
  tell(fmt::format("The issuers of '{}' were read again: {} {}.", store_.issuers_directory_, fresh.size(),
                   fresh.size() == 1 ? "chain" : "chains"));
  store_.issuers_ = std::make_shared<const IssuerChains>(std::move(fresh));
  other_issuers_ = true;
}

// What was parsed but can't be used, and what may read otherwise now.
void StoreRenewal::forget() {
  std::erase_if(store_.parsed_, [this](const auto& known) {
    const auto& [key, parsed] = known;
    return other_issuers_ || !parsed.certificate || touched(parsed.certificate->source);
  });
}

void StoreRenewal::list_again() {
  for (auto& [place, expansion] : store_.expansions_) {
    if (expansion.directory && changed_.contains(place))
      list_directory(expansion, place);
    else if (!expansion.directory && expansion.paths.front() != expansion.path)
      list_bundle(expansion, place);
  }
}

// A file that can't be used is left out: the others are not to wait for it.
void StoreRenewal::list_directory(CertificateStore::Expansion& expansion, const std::string& place) {
  const std::vector<std::string> before = expansion.paths;
  const auto had = [&before](const std::string& path) {
    return std::ranges::find(before, path) != before.end();
  };
  std::vector<std::string> fresh, now;
  const std::vector<std::string> names = certificate_names(place);
  for (const std::string& name : names) {
    std::string path = std::filesystem::path(expansion.path) / name;
    if (!had(path)) fresh.push_back(std::move(path));
  }
  store_.prepare(fresh);
  for (const std::string& name : names) {
    std::string path = std::filesystem::path(expansion.path) / name;
    const CertificateSource source = store_.source_of(path);
    if (!had(path)) {
      const auto& parsed = store_.parsed(source);
      if (!parsed.certificate) {
        if (touched(source))
          findings_.push_back(
              {true, fmt::format("The certificate '{}' is left out: {}.", path, parsed.fault)});
        continue;
      }
      store_.ids_.erase(store_.key_of(source));
      tell(fmt::format("The certificate '{}' was added.", path));
    }
    now.push_back(std::move(path));
  }
  if (now.empty()) return refuse("directory", expansion.path, "it has no certificate any more");
  for (const std::string& path : before) {
    if (std::ranges::find(now, path) != now.end()) continue;
    removed_.insert(path);
    tell(fmt::format("The certificate '{}' was removed.", path));
  }
  expansion.paths = std::move(now);
}

void StoreRenewal::list_bundle(CertificateStore::Expansion& expansion, const std::string& place) {
  std::vector<std::string> now;
  bool touches = false;
  for (const std::string_view ending : variants) {
    const std::string variant = place + std::string(ending);
    const bool known =
        std::ranges::find(expansion.paths, expansion.path + std::string(ending)) != expansion.paths.end();
    touches = touches || changed_.contains(variant);
    if (parser::path_kind(variant) == parser::PathKind::absent) continue;
    std::string path = expansion.path + std::string(ending);
    if (!known && !store_.parsed(store_.source_of(path)).certificate) continue;
    now.push_back(std::move(path));
  }
  if (!touches || now.empty() || now == expansion.paths) return;
  for (const std::string& path : expansion.paths)
    if (std::ranges::find(now, path) == now.end()) removed_.insert(path);
  expansion.paths = std::move(now);
  tell(fmt::format("The certificates of '{}' are others now.", expansion.path));
}

void StoreRenewal::renew_certificate(CertificateStore::Entry& entry) {
  const Certificate& old = *entry.certificate;
  const CertificateStore::Parsed fresh = store_.parsed(old.source);
  CertificateStore::Parsed& known = store_.parsed_[store_.key_of(old.source)];
  known = {.certificate = entry.certificate, .fault = {}};
  if (!fresh.certificate) return refuse("certificate", old.path, fresh.fault);
  if (same(old, *fresh.certificate)) return renew_issuer(entry);
  if (const auto fault = objection(old, *fresh.certificate, now_))
    return refuse("certificate", old.path, *fault);
  tell(fmt::format("The certificate '{}' was renewed: serial {}, valid until {}.", old.path,
                   serial_of(*fresh.certificate), day(expiry_of(*fresh.certificate))));
  known.certificate = entry.certificate = fresh.certificate;
}

// That of requests for OCSP responses, where it stands beside the certificate. None is no better than the
// old.
void StoreRenewal::renew_issuer(CertificateStore::Entry& entry) {
  if (!entry.wants_responses.value_or(false)) return;
  auto fresh = find_issuer(*entry.certificate, store_.extra_);
  if (!fresh || (entry.issuer && X509_cmp(entry.issuer.get(), fresh.get()) == 0)) return;
  entry.issuer = std::move(fresh);
  tell(fmt::format("The issuer of '{}' was read again.", entry.certificate->path));
}

void StoreRenewal::renew_authorities(std::shared_ptr<const Authorities>& authorities) {
  const Authorities& old = *authorities;
  auto fresh = read_authorities(old.place);
  if (!fresh) return refuse("file of authorities", old.path, "nothing can be read from it");
  if (same(old, *fresh)) return;
  if (const auto fault = objection(old, *fresh, now_)) return refuse("file of authorities", old.path, *fault);
  fresh->path = old.path;
  tell(fmt::format("The authorities of '{}' were renewed: {} certificates, {} lists of revocations.",
                   old.path, fresh->certificates.size(), fresh->revocations.size()));
  authorities = std::make_shared<const Authorities>(std::move(*fresh));
}

// That are too weak for OpenSSL would take DHE suites away.
void StoreRenewal::renew_parameters(const std::string& place, std::shared_ptr<EVP_PKEY>& parameters) {
  constexpr std::string_view what = "file of Diffie-Hellman parameters";
  const std::shared_ptr<EVP_PKEY> fresh = read_parameters(place);
  if (!fresh) return refuse(what, place, "none can be read from it");
  if (parameters && EVP_PKEY_parameters_eq(parameters.get(), fresh.get()) == 1) return;
  if (parameters && strong_enough(*parameters) && !strong_enough(*fresh))
    return refuse(what, place, "they are too weak");
  store_.strong_.erase(parameters.get());
  parameters = fresh;
  tell(fmt::format("The Diffie-Hellman parameters of '{}' were renewed: {} bits.", place,
                   EVP_PKEY_get_bits(fresh.get())));
}

void StoreRenewal::renew_ticket_keys(const std::string& place, std::shared_ptr<const TicketKeys>& keys) {
  const auto bytes = parser::read_file(place);
  if (!bytes) return refuse("file of ticket keys", place, "it can't be read");
  auto fresh = read_ticket_keys(place, bytes.assume_value());
  if (!fresh) return refuse("file of ticket keys", place, fresh.error().message);
  if (fresh.value() == *keys) return;
  keys = std::make_shared<const TicketKeys>(std::move(fresh).value());
  tell(fmt::format("The ticket keys of '{}' were renewed.", place));
}

// All processors at work.
void StoreRenewal::read_all(const std::set<std::uint32_t>& used) {
  std::vector<CertificateSource> sources;
  for (const std::uint32_t id : used) sources.push_back(store_.entries_[id].certificate->source);
  store_.parse(std::move(sources));
}

void StoreRenewal::renew(const std::set<std::uint32_t>& used) {
  renew_issuers();
  forget();
  list_again();
  if (other_issuers_) read_all(used);
  for (std::uint32_t id = 0; id < store_.entries_.size(); ++id) {
    CertificateStore::Entry& entry = store_.entries_[id];
    if (!other_issuers_ && !touched(entry.certificate->source)) continue;
    const bool served = used.contains(id) && !removed_.contains(entry.certificate->path);
    // Whoever names it again gets what is there then.
    if (!served)
      store_.ids_.erase(store_.key_of(entry.certificate->source));
    else
      renew_certificate(entry);
  }
  for (auto& authorities : store_.authorities_)
    if (changed_.contains(authorities->place)) renew_authorities(authorities);
  for (auto& [place, parameters] : store_.parameter_files_)
    if (changed_.contains(place)) renew_parameters(place, parameters);
  for (auto& [place, keys] : store_.ticket_keys_)
    if (changed_.contains(place)) renew_ticket_keys(place, keys);
}

std::vector<std::string> StoreRenewal::changed_texts() const {
  std::vector<std::string> all;
  for (const auto& [place, text] : store_.texts_)
    if (changed_.contains(place)) all.push_back(place);
  return all;
}

bool StoreRenewal::take_text(const std::string& place) {
  const auto bytes = parser::read_file(place);
  if (!bytes) {
    refuse("list of certificates", place, "it can't be read");
    return false;
  }
  auto& text = store_.texts_[place];
  if (*text == bytes.assume_value()) return false;
  text = std::make_shared<const std::string>(bytes.assume_value());
  return true;
}

}  // namespace shunt::graph::pki
