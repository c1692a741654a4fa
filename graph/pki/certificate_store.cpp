// Loads PEM files, judges them, and chooses among them by server name.
#include "graph/pki/certificate_store.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <filesystem>
#include <unordered_map>

#include <fmt/core.h>

#include "acl/fold.hpp"
#include "graph/pki/beside.hpp"
#include "graph/pki/certificate_file.hpp"
#include "graph/pki/file_checks.hpp"
#include "graph/pki/issuer_chains.hpp"
#include "graph/pki/issuer_pool.hpp"
#include "graph/pki/library.hpp"
#include "graph/pki/parameters.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::pki {
namespace {

namespace fs = std::filesystem;

using ContextPtr = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;

bool is_beside(std::string_view name) {
  constexpr std::string_view endings[] = {".key", ".dh", ".ocsp", ".issuer", ".sctl"};
  return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace

std::vector<std::string> certificate_names(const std::string& directory) {
  std::vector<std::string> names;
  for (const std::string& name : parser::list_directory(directory)) {
    const bool hidden = name.starts_with('.') || is_beside(name);
    if (!hidden && !parser::is_directory(fs::path(directory) / name)) names.push_back(name);
  }
  return names;
}

CertificateStore::CertificateStore()
    : issuers_(std::make_shared<const std::vector<std::vector<X509Ptr>>>()),
      pool_(std::make_shared<IssuerPool>()) {}

// With `default-path` a relative name means the file that was looked for when its line was read.
std::string CertificateStore::place_of(const std::string& path) {
  if (path.starts_with('/')) return path;
  const auto known = places_.find(path);
  if (known != places_.end() && parser::path_kind(path) == parser::PathKind::absent) return known->second;
  const auto here = parser::working_directory();
  return places_[path] = here ? here.assume_value() + '/' + path : path;
}

std::string CertificateStore::key_of(const CertificateSource& source) const {
  return fmt::format("{}{}{}\n{}\n{}\n{}\n{}\n{}", extra_.kinds, extra_.drop_extension ? 'd' : ' ',
                     extra_.skips_self_issued ? 'r' : ' ', source.place, source.key, source.stapled,
                     source.issuer, source.timestamps);
}

// A directory stands for its files, "foo.pem" possibly for foo.pem.rsa, foo.pem.ecdsa and foo.pem.dsa.
const std::vector<std::string>& CertificateStore::expand(const std::string& path) {
  const std::string place = place_of(path);
  const auto known = expansions_.find(place);
  if (known != expansions_.end()) return known->second.paths;
  Expansion& made = expansions_[place];
  made.path = path;
  const parser::PathKind kind = parser::path_kind(place);
  made.directory = kind == parser::PathKind::directory;
  if (made.directory) {
    for (const std::string& name : certificate_names(place))
      made.paths.push_back((fs::path(path) / name).string());
    prepare(made.paths);
    return made.paths;
  }
  if ((extra_.kinds & extra::bundle) != 0 && kind == parser::PathKind::absent)
    for (const std::string_view ending : {".rsa", ".dsa", ".ecdsa"})
      if (parser::path_kind(place + std::string(ending)) != parser::PathKind::absent)
        made.paths.push_back(path + std::string(ending));
  if (made.paths.empty()) made.paths.push_back(path);
  return made.paths;
}

Result<std::vector<std::uint32_t>, LoadError> CertificateStore::load(const std::string& path) {
  std::vector<std::uint32_t> all;
  for (const std::string& each : expand(path)) {
    BOOST_OUTCOME_TRY(const std::uint32_t id, load_one(source_of(each)));
    all.push_back(id);
  }
  return all;
}

CertificateSource CertificateStore::placed(CertificateSource source) {
  source.place = place_of(source.path);
  for (std::string* const part : {&source.key, &source.stapled, &source.issuer, &source.timestamps})
    if (!part->empty()) *part = place_of(*part);
  return source;
}

Result<std::uint32_t, LoadError> CertificateStore::load(CertificateSource source) {
  return load_one(placed(std::move(source)));
}

std::optional<LoadError> CertificateStore::check(const std::string& path) {
  for (const std::string& each : expand(path))
    if (const Parsed& found = parsed(source_of(each)); !found.certificate) return LoadError{found.fault};
  return std::nullopt;
}

std::optional<LoadError> CertificateStore::check(CertificateSource source) {
  const Parsed& found = parsed(placed(std::move(source)));
  return found.certificate ? std::nullopt : std::optional(LoadError{found.fault});
}

bool CertificateStore::is_known_directory(const std::string& path) {
  const auto known = expansions_.find(place_of(path));
  return known != expansions_.end() && known->second.directory;
}

bool CertificateStore::is_directory(const std::string& path) { return parser::is_directory(path); }

void CertificateStore::prepare(const std::vector<std::string>& paths) {
  std::vector<CertificateSource> sources;
  for (const std::string& path : paths) sources.push_back(source_of(path));
  parse(std::move(sources));
}

// Bytes are read here, one file after the other (docs/decisions/0007-reload.md); objects are made of them by
// all processors.
void CertificateStore::parse(std::vector<CertificateSource> sources) {
  std::vector<CertificateText> texts;
  std::vector<CertificateSource> found;
  for (CertificateSource& source : sources) {
    if (parsed_.contains(key_of(source))) continue;
    auto bytes = parser::read_file(source.place);
    if (!bytes) continue;
    CertificateText text{.file = std::move(bytes).assume_value(), .key = {}};
    const std::string other = key_place(source, extra_);
    if (!other.empty() && !holds_key(text.file))
      if (auto key = parser::read_file(other)) text.key = std::move(key).assume_value();
    texts.push_back(std::move(text));
    found.push_back(std::move(source));
  }
  std::vector<std::optional<Certificate>> made = parse_all(texts, *pool_);
  for (std::size_t i = 0; i < made.size(); ++i)
    parsed_.emplace(key_of(found[i]), finish(found[i], std::move(made[i])));
}

const CertificateStore::Parsed& CertificateStore::parsed(const CertificateSource& source) {
  const std::string key = key_of(source);
  if (!parsed_.contains(key)) parse({source});
  const auto found = parsed_.find(key);
  return found != parsed_.end() ? found->second : parsed_[key] = finish(source, std::nullopt);
}

// What was not made in the plain way is tried in the thorough one, which says what is wrong.
CertificateStore::Parsed CertificateStore::finish(const CertificateSource& source,
                                                  std::optional<Certificate> made) const {
  if (!made) {
    auto loaded = load_certificate(source, extra_);
    if (!loaded) return {.certificate = {}, .fault = loaded.error().message};
    made = std::move(loaded).value();
  }
  made->path = source.path;
  made->source = source;
  made->skips_self_issued = extra_.skips_self_issued;
  complete(*made);
  auto fault = load_timestamps(*made, extra_);
  if (!fault) fault = load_stapled(*made, extra_);
  if (fault) return {.certificate = {}, .fault = fault->message};
  return {.certificate = std::make_shared<const Certificate>(std::move(*made)), .fault = {}};
}

std::shared_ptr<const std::string> CertificateStore::text(const std::string& path) {
  const std::string place = place_of(path);
  if (const auto known = texts_.find(place); known != texts_.end()) return known->second;
  auto bytes = parser::read_file(place);
  if (!bytes) return nullptr;
  return texts_[place] = std::make_shared<const std::string>(std::move(bytes).assume_value());
}

// ---- parameters

// null: the file has none.
const CertificateStore::ParametersPtr& CertificateStore::parameters_of_file(const std::string& path) {
  const std::string place = place_of(path);
  const auto known = parameter_files_.find(place);
  if (known != parameter_files_.end()) return known->second;
  return parameter_files_[place] = read_parameters(place);
}

CertificateStore::ParametersPtr CertificateStore::parameters_from(const Certificate& certificate,
                                                                  const SharedParameters& shared) {
  if (certificate.parameters) {
    EVP_PKEY_up_ref(certificate.parameters.get());
    return ParametersPtr(KeyPtr(certificate.parameters.get()));
  }
  if (!shared.file.empty()) return parameters_of_file(shared.file);
  if (shared.bits == 0) return nullptr;
  const unsigned bits = known_parameters_size(*certificate.key, shared.bits);
  const auto known = known_parameters_.find(bits);
  if (known != known_parameters_.end()) return known->second;
  return known_parameters_[bits] = known_parameters(bits);
}

bool CertificateStore::is_strong(const ParametersPtr& parameters) {
  const auto known = strong_.find(parameters.get());
  if (known != strong_.end()) return known->second;
  return strong_[parameters.get()] = strong_enough(*parameters);
}

bool CertificateStore::give_parameters(std::uint32_t id, const SharedParameters& shared) {
  Entry& entry = entries_[id];
  entry.parameters = parameters_from(*entry.certificate, shared);
  if (!entry.parameters) return shared.bits == 0 && shared.file.empty();
  if (entry.certificate->parameters ? strong_enough(*entry.parameters) : is_strong(entry.parameters))
    return true;
  entry.parameters.reset();
  return false;
}

bool CertificateStore::wish_responses(std::uint32_t id, bool wanted) {
  Entry& entry = entries_[id];
  if (entry.wants_responses) return *entry.wants_responses == wanted;
  entry.wants_responses = wanted;
  if (!wanted) return true;
  // One that was found once may stand nowhere any more.
  X509* const leaf = entry.certificate->leaf.get();
  auto issuer = find_issuer(*entry.certificate, extra_);
  const bool still = entry.issuer && X509_check_issued(entry.issuer.get(), leaf) == X509_V_OK;
  if (issuer || !still) entry.issuer = std::move(issuer);
  return true;
}

void CertificateStore::forget_wishes() {
  for (Entry& entry : entries_) entry.wants_responses.reset();
}

std::optional<LoadError> CertificateStore::check_parameters(const std::string& path) {
  if (parameters_of_file(path)) return std::nullopt;
  return file_fault("no Diffie-Hellman parameters can be read from", path);
}

// ---- chains for certificates without one

std::optional<LoadError> CertificateStore::load_issuers(const std::string& directory) {
  if (directory == issuers_directory_) return std::nullopt;
  const std::string place = place_of(directory);
  if (!parser::is_directory(place)) return LoadError{fmt::format("there is no directory '{}'", directory)};
  issuers_directory_ = directory;
  issuers_ = std::make_shared<const IssuerChains>(read_issuers(place));
  parsed_.clear();  // they may lack a chain
  return std::nullopt;
}

void CertificateStore::complete(Certificate& certificate) const {
  // Names alone don't make an issuer [seen].
  if (!certificate.chain.empty() || X509_get0_authority_key_id(certificate.leaf.get()) == nullptr) return;
  for (const std::vector<X509Ptr>& chain : *issuers_) {
    if (X509_check_issued(chain.front().get(), certificate.leaf.get()) != X509_V_OK) continue;
    for (const X509Ptr& link : chain) {
      X509_up_ref(link.get());
      certificate.chain.emplace_back(link.get());
    }
    return;
  }
}

Result<std::uint32_t, LoadError> CertificateStore::load_one(const CertificateSource& source) {
  const std::string key = key_of(source);
  const auto known = ids_.find(key);
  if (known != ids_.end()) return known->second;
  const Parsed& found = parsed(source);
  if (!found.certificate) return LoadError{found.fault};
  const auto id = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({.certificate = found.certificate, .parameters = nullptr});
  ids_.emplace(key, id);
  return id;
}

// ---- choice
// -------------------------------------------------------------------------------------------------------

namespace {

// For one name: the first certificate of each kind, as a position in the bind's list.
struct Candidates {
  std::optional<std::uint32_t> by_kind[3];

  void offer(KeyKind kind, std::uint32_t id) {
    auto& slot = by_kind[static_cast<std::size_t>(kind)];
    if (!slot) slot = id;
  }
  void offer(const Candidates& other) {
    for (std::size_t kind = 0; kind < 3; ++kind) {
      if (!by_kind[kind]) by_kind[kind] = other.by_kind[kind];
    }
  }
  [[nodiscard]] std::optional<std::uint32_t> choose(ClientCapabilities client) const {
    const auto& [rsa, ecdsa, other] = by_kind;
    if (client.ecdsa && ecdsa) return ecdsa;
    if (client.rsa && rsa) return rsa;
    if (rsa) return rsa;
    return ecdsa ? ecdsa : other;
  }
};

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using Positions = std::vector<std::uint32_t>;
using NameMap = std::unordered_map<std::string, Positions, StringHash, std::equal_to<>>;

const Positions* find_in(const NameMap& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

bool holds(const std::vector<std::string>* names, std::string_view name) {
  return names != nullptr && std::ranges::find(*names, name) != names->end();
}

}  // namespace

struct CertificateIndex::Data {
  std::vector<std::uint32_t> answers;  // by position
  std::vector<KeyKind> kinds;
  std::vector<const std::vector<std::string>*> excluded;
  Candidates defaults;
  NameMap exact;
  NameMap wildcard;  // key: what follows the first label, with its dot

  void add(std::uint32_t position, const std::string& name) {
    const bool wild = name.starts_with("*.");
    (wild ? wildcard[name.substr(1)] : exact[name]).push_back(position);
  }
  void offer(Candidates& to, std::uint32_t position) const { to.offer(kinds[position], position); }
};

CertificateIndex::CertificateIndex(const CertificateStore& store, const std::vector<Entry>& entries,
                                   const std::vector<std::uint32_t>& defaults) {
  auto data = std::make_shared<Data>();
  for (std::uint32_t position = 0; position < entries.size(); ++position) {
    const Entry& entry = entries[position];
    data->answers.push_back(position);
    data->kinds.push_back(store[entry.certificate].kind);
    data->excluded.push_back(entry.excluded);
    for (const std::string& name : entry.names ? *entry.names : store[entry.certificate].names)
      data->add(position, name);
  }
  for (const std::uint32_t position : defaults) data->offer(data->defaults, position);
  data_ = std::move(data);
}

CertificateIndex::CertificateIndex(const CertificateStore& store, std::vector<std::uint32_t> certificates,
                                   std::uint32_t default_variants) {
  std::vector<Entry> entries;
  std::vector<std::uint32_t> defaults;
  for (const std::uint32_t id : certificates) {
    if (entries.size() < default_variants) defaults.push_back(static_cast<std::uint32_t>(entries.size()));
    entries.push_back({.certificate = id});
  }
  *this = CertificateIndex(store, entries, defaults);
  auto data = std::make_shared<Data>(*data_);
  data->answers = std::move(certificates);
  data_ = std::move(data);
}

// What an exact name can't offer a client, a wildcard may.
std::optional<std::uint32_t> CertificateIndex::find(std::string_view server_name,
                                                    ClientCapabilities client) const {
  const std::string name = acl::folded(server_name);
  Candidates found;
  if (const Positions* exact = find_in(data_->exact, name))
    for (const std::uint32_t position : *exact) data_->offer(found, position);
  const auto dot = name.find('.');
  const Positions* const wild =
      dot == std::string::npos ? nullptr : find_in(data_->wildcard, std::string_view(name).substr(dot));
  if (wild != nullptr)
    for (const std::uint32_t position : *wild)
      if (!holds(data_->excluded[position], name)) data_->offer(found, position);
  const auto position = found.choose(client);
  return position ? std::optional(data_->answers[*position]) : std::nullopt;
}

std::uint32_t CertificateIndex::default_certificate(ClientCapabilities client) const {
  return data_->answers[*data_->defaults.choose(client)];
}

// ---- settings
// -----------------------------------------------------------------------------------------------------

std::optional<LoadError> check_settings(const std::string& ciphers, const std::string& ciphersuites,
                                        const std::string& curves) {
  if (ciphers.empty() && ciphersuites.empty() && curves.empty()) return std::nullopt;
  const ContextPtr context(SSL_CTX_new(TLS_server_method()));
  const auto fault = [](std::string_view what, const std::string& value) {
    return LoadError{fmt::format("{} '{}' are not known to OpenSSL{}", what, value, library_error())};
  };
  if (!ciphers.empty() && SSL_CTX_set_cipher_list(context.get(), ciphers.c_str()) != 1)
    return fault("the ciphers", ciphers);
  if (!ciphersuites.empty() && SSL_CTX_set_ciphersuites(context.get(), ciphersuites.c_str()) != 1) {
    return fault("the ciphersuites", ciphersuites);
  }
  if (!curves.empty() && SSL_CTX_set1_curves_list(context.get(), curves.c_str()) != 1)
    return fault("the curves", curves);
  return std::nullopt;
}

}  // namespace shunt::graph::pki
