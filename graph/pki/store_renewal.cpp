// The order of a renewal: directories, certificates, authorities, keys of tickets.
#include "graph/pki/store_renewal.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "graph/pki/authorities.hpp"
#include "graph/pki/beside.hpp"
#include "graph/pki/certificate_file.hpp"
#include "graph/pki/file_checks.hpp"
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
  return all;
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

// What was parsed but can't be used, and what may read otherwise now.
void StoreRenewal::forget() {
  std::erase_if(store_.parsed_, [this](const auto& known) {
    const auto& [key, parsed] = known;
    return !parsed.certificate || touched(parsed.certificate->source);
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
  if (same(old, *fresh.certificate)) return;
  if (const auto fault = objection(old, *fresh.certificate, now_))
    return refuse("certificate", old.path, *fault);
  tell(fmt::format("The certificate '{}' was renewed: serial {}, valid until {}.", old.path,
                   serial_of(*fresh.certificate), day(expiry_of(*fresh.certificate))));
  known.certificate = entry.certificate = fresh.certificate;
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

void StoreRenewal::renew_ticket_keys(const std::string& place, std::shared_ptr<const TicketKeys>& keys) {
  const auto bytes = parser::read_file(place);
  if (!bytes) return refuse("file of ticket keys", place, "it can't be read");
  auto fresh = read_ticket_keys(place, bytes.assume_value());
  if (!fresh) return refuse("file of ticket keys", place, fresh.error().message);
  if (fresh.value() == *keys) return;
  keys = std::make_shared<const TicketKeys>(std::move(fresh).value());
  tell(fmt::format("The ticket keys of '{}' were renewed.", place));
}

void StoreRenewal::renew(const std::set<std::uint32_t>& used) {
  forget();
  list_again();
  for (std::uint32_t id = 0; id < store_.entries_.size(); ++id) {
    CertificateStore::Entry& entry = store_.entries_[id];
    if (!touched(entry.certificate->source)) continue;
    const bool served = used.contains(id) && !removed_.contains(entry.certificate->path);
    // Whoever names it again gets what is there then.
    if (!served)
      store_.ids_.erase(store_.key_of(entry.certificate->source));
    else
      renew_certificate(entry);
  }
  for (auto& authorities : store_.authorities_)
    if (changed_.contains(authorities->place)) renew_authorities(authorities);
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
