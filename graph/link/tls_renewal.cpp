// Linking bind lines again, with a store in which some files are newer.
#include "graph/tls_renewal.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "graph/link/linking.hpp"
#include "graph/link/tls_listeners.hpp"
#include "graph/pki/renewal_checks.hpp"
#include "graph/pki/signer.hpp"
#include "graph/read/bind_settings.hpp"
#include "graph/read/reading.hpp"

namespace shunt::graph {
namespace {

// A configuration of the TLS part only.
struct Scratch {
  explicit Scratch(const TlsState& from) {
    config.global.tls = from.defaults;
    config.global.ca_base = from.ca_base;
    config.global.crt_base = from.crt_base;
    config.global.bufsize = from.bufsize;
    config.global.maxrewrite = from.maxrewrite;
    config.shelves = from.shelves;
    options.target = from.target;
    options.resolve_names = false;
  }
  // The first error; empty: there is none.
  [[nodiscard]] std::string fault() const {
    for (const parser::Diagnostic& finding : sink.all())
      if (finding.severity == parser::Severity::error) return finding.message;
    return {};
  }

  config::Config config = {.syntax = {}, .global = {}, .proxies = {}};
  parser::SourceSet sources = {};
  parser::DiagnosticSink sink = {};
  LoadOptions options = {};
};

using Lines = std::vector<TlsState::Line>;
using SignerPtr = std::shared_ptr<const pki::Certificate>;

// The lines of crt-lists as these are now. False: one of them can't be read.
bool read_lists(const TlsState& from, Lines& lines, pki::CertificateStore& store, Scratch& scratch) {
  std::vector<parser::Diagnostic> ignored;
  DefaultPath paths(scratch.sources);
  ReadState state{.config = scratch.config,
                  .sink = scratch.sink,
                  .ignored = ignored,
                  .target = from.target,
                  .paths = paths,
                  .certificates = store};
  for (TlsState::Line& line : lines) {
    auto& certificates = line.bind.parameters.certificates;
    std::vector<config::BindCertificate> fresh;
    for (config::BindCertificate& each : certificates) {
      if (each.of_list) continue;
      const bool list = each.is_list;
      fresh.push_back(std::move(each));
      if (list && !read_crt_list_again(state, fresh.back().name, fresh)) return false;
    }
    certificates = std::move(fresh);
  }
  return !scratch.sink.has_errors();
}

bool link_lines(Lines& lines, pki::CertificateStore& store, Scratch& scratch) {
  Linking linking{.config = scratch.config,
                  .sources = scratch.sources,
                  .options = scratch.options,
                  .sink = scratch.sink,
                  .resolver = Resolver(false),
                  .certificates = std::move(store)};
  look_for_extra_files(linking);
  for (TlsState::Line& line : lines)
    if (line.linked) {
      const SignerPtr signer = line.linked->signer;
      line.linked = link_tls(linking, line.owner, line.bind, signer);
    }
  store = std::move(linking.certificates);
  return !scratch.sink.has_errors();
}

std::set<std::uint32_t> used_ids(const TlsState& state) {
  std::set<std::uint32_t> ids = state.shown_to_servers;
  for (const TlsState::Line& line : state.lines)
    if (line.linked)
      for (const TlsCertificate& each : line.linked->certificates) ids.insert(each.id);
  return ids;
}

// Lists are tried one by one: a bad one must not keep the others from being taken.
class Attempt {
 public:
  Attempt(const TlsState& before, const std::set<std::string>& changed, std::time_t now)
      : before_(before),
        changed_(changed),
        now_(now),
        lines_(before.lines),
        renewal_(*before.store, changed, now) {}

  RenewalOutcome run() {
    renewal_.renew(used_ids(before_));
    renew_signers();
    for (const std::string& place : renewal_.changed_texts()) take_list(place);
    RenewalOutcome outcome;
    if ((renewal_.any() || changes_lines_) && !finish(outcome))
      std::erase_if(renewal_.findings(), [](const auto& each) { return !each.refused; });  // none came true
    std::ranges::move(renewal_.findings(), std::back_inserter(outcome.findings));
    return outcome;
  }

 private:
  // Lines that name the same file go on with the same object.
  void renew_signers() {
    std::map<std::pair<std::string, std::string>, SignerPtr> seen;
    for (TlsState::Line& line : lines_) {
      if (!line.linked || !line.linked->signer) continue;
      SignerPtr& signer = line.linked->signer;
      const auto places = pki::places_of_signer(*signer);
      if (std::ranges::none_of(places, [this](const auto& place) { return changed_.contains(place); }))
        continue;
      const auto& own = line.bind.parameters.ca_sign_pass;
      const std::string passphrase = own ? own->value : std::string();
      const auto [known, first] = seen.try_emplace({signer->source.place, passphrase}, signer);
      if (first) known->second = renewed(signer, passphrase);
      signer = known->second;
    }
  }

  SignerPtr renewed(const SignerPtr& old, const std::string& passphrase) {
    auto loaded = pki::load_signer(old->path, passphrase, old->source.place);
    const auto fault = loaded ? pki::time_objection(*loaded.value(), now_) : loaded.error().message;
    if (fault) {
      renewal_.findings().push_back(
          {true, fmt::format("The signing authority '{}' is not taken over, the old one stays: {}.",
                             old->path, *fault)});
      return old;
    }
    if (pki::same(*old, *loaded.value())) return old;
    changes_lines_ = true;
    renewal_.findings().push_back(
        {false, fmt::format("The signing authority '{}' was renewed: serial {}, valid until {}.", old->path,
                            pki::serial_of(*loaded.value()), pki::day(pki::expiry_of(*loaded.value())))});
    return std::move(loaded).value();
  }

  void take_list(const std::string& place) {
    pki::CertificateStore kept = renewal_.store();
    if (!renewal_.take_text(place)) return;
    Lines lines = lines_;
    Scratch scratch(before_);
    const bool good = read_lists(before_, lines, renewal_.store(), scratch) &&
                      link_lines(lines, renewal_.store(), scratch) && serves(lines);
    if (good) {
      lines_ = std::move(lines);
      changes_lines_ = true;
      renewal_.findings().push_back(
          {false, fmt::format("The list of certificates '{}' was read again.", place)});
      return;
    }
    const std::string why = scratch.fault();
    renewal_.store() = std::move(kept);
    renewal_.findings().push_back(
        {true, fmt::format("The list of certificates '{}' is not taken over, the old one stays: {}.", place,
                           why.empty() ? "it leaves a line without certificates" : why)});
  }

  // No line that has certificates is left without any.
  [[nodiscard]] bool serves(const Lines& lines) const {
    return std::ranges::equal(
        lines, before_.lines, [](const TlsState::Line& now, const TlsState::Line& then) {
          return !then.linked || then.linked->certificates.empty() || !now.linked->certificates.empty();
        });
  }

  // False: nothing is taken over.
  bool finish(RenewalOutcome& outcome) {
    Scratch scratch(before_);
    if (!link_lines(lines_, renewal_.store(), scratch)) {
      outcome.findings.push_back({true, fmt::format("Nothing is taken over: {}.", scratch.fault())});
      return false;
    }
    auto next = std::make_shared<TlsState>(before_);
    next->lines = std::move(lines_);
    next->store = std::make_shared<const pki::CertificateStore>(std::move(renewal_.store()));
    outcome.state = std::move(next);
    return true;
  }

  const TlsState& before_;
  const std::set<std::string>& changed_;
  std::time_t now_;
  Lines lines_;
  pki::StoreRenewal renewal_;
  bool changes_lines_ = false;
};

}  // namespace

RenewalOutcome renew(const TlsState& before, const std::set<std::string>& changed, std::time_t now) {
  return Attempt(before, changed, now).run();
}

std::set<std::string> watched_places(const TlsState& state) {
  std::set<std::string> places = pki::StoreRenewal::places(*state.store);
  for (const TlsState::Line& line : state.lines)
    if (line.linked && line.linked->signer)
      std::ranges::copy(pki::places_of_signer(*line.linked->signer), std::inserter(places, places.end()));
  return places;
}

FetchingDelays fetching_delays(const config::ResponseFetching& fetching) {
  const FetchingDelays usual;
  return {.shortest = fetching.min_delay ? fetching.min_delay->value : usual.shortest,
          .longest = fetching.max_delay ? fetching.max_delay->value : usual.longest};
}

std::vector<Fetched> fetched_certificates(const TlsState& state) {
  std::vector<Fetched> all;
  for (const std::uint32_t id : used_ids(state))
    if (state.store->wants_responses(id))
      all.push_back({.certificate = state.store->pointer(id), .issuer = state.store->issuer(id)});
  return all;
}

std::vector<std::string> expiry_warnings(const TlsState& state, std::time_t now) {
  std::vector<std::string> sentences;
  for (const std::uint32_t id : used_ids(state))
    if (auto sentence = pki::expiry_warning((*state.store)[id], now))
      sentences.push_back(std::move(*sentence));
  return sentences;
}

}  // namespace shunt::graph
