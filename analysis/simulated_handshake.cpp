// Reads hellos (RFC 8446, 4.1.2) and chooses as runtime/tls and OpenSSL do.
#include "analysis/simulated_handshake.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "acl/fold.hpp"
#include "fetchers/wire/tls_hello.hpp"
#include "graph/pki/certificate_store.hpp"
#include "graph/pki/client_choice.hpp"

namespace shunt::analysis {
namespace {

using fetchers::wire::ReadState;
namespace pki = graph::pki;

std::size_t number(std::string_view bytes, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// A list of numbers of two bytes behind a length of `prefix` bytes.
std::vector<std::uint16_t> numbers(std::string_view bytes, std::size_t prefix) {
  std::vector<std::uint16_t> found;
  for (std::size_t at = prefix; at + 1 < bytes.size(); at += 2)
    found.push_back(static_cast<std::uint16_t>(number(bytes, at, 2)));
  return found;
}

// The first handshake message, out of as many records as it takes.
ReadState read_message(std::string_view bytes, std::string& message) {
  constexpr std::size_t record_header = 5, message_header = 4;
  constexpr char handshake = 0x16, client_hello = 1;
  for (;;) {
    // OpenSSL judges nothing before a whole header is there.
    if (bytes.size() < record_header) return ReadState::incomplete;
    if (bytes[0] != handshake || bytes[1] != 3) return ReadState::absent;
    const std::size_t size = number(bytes, 3, 2);
    if (size == 0) return ReadState::absent;
    message += bytes.substr(record_header, size);
    if (!message.empty() && message[0] != client_hello) return ReadState::absent;
    if (message.size() >= message_header) {
      const std::size_t whole = message_header + number(message, 1, 3);
      if (message.size() > whole) return ReadState::absent;
      if (message.size() == whole) return ReadState::found;
    }
    if (bytes.size() < record_header + size) return ReadState::incomplete;
    bytes.remove_prefix(record_header + size);
  }
}

std::optional<std::string> host_name_of(std::string_view extension) {
  constexpr std::size_t header = 5;  // length of the list, kind, length of the name
  if (extension.size() < header || extension[2] != 0) return std::nullopt;
  return acl::folded(extension.substr(header, number(extension, 3, 2)));
}

void read_extensions(std::string_view extensions, OfferedTls& offer) {
  constexpr std::uint32_t server_name = 0, signature_algorithms = 13, protocols = 16, versions = 43;
  using fetchers::wire::hello_extension;
  if (const auto body = hello_extension(extensions, server_name)) offer.sni = host_name_of(*body);
  if (const auto body = hello_extension(extensions, signature_algorithms)) offer.schemes = *body;
  if (const auto body = hello_extension(extensions, protocols))
    offer.protocols = body->substr(std::min<std::size_t>(2, body->size()));
  if (const auto body = hello_extension(extensions, versions)) offer.versions = numbers(*body, 1);
}

// ---- agreement

struct Version {
  std::string_view name;
  std::uint16_t number;
};
constexpr std::array versions = {Version{"SSLv3", 0x300}, Version{"TLSv1.0", 0x301},
                                 Version{"TLSv1.1", 0x302}, Version{"TLSv1.2", 0x303},
                                 Version{"TLSv1.3", 0x304}};

std::uint16_t number_of(std::string_view name, std::uint16_t otherwise) {
  const auto found = std::ranges::find(versions, name, &Version::name);
  return found == versions.end() ? otherwise : found->number;
}

const Version* common_version(const graph::TlsBind& bind, const OfferedTls& offer) {
  const std::uint16_t least = number_of(bind.min_version, 0x303), most = number_of(bind.max_version, 0x304);
  const Version* best = nullptr;
  for (const Version& version : versions)
    if (version.number >= least && version.number <= most &&
        std::ranges::find(offer.versions, version.number) != offer.versions.end())
      best = &version;
  return best;
}

// The first of ours that the client has, too.
std::optional<std::string> common_protocol(const std::string& ours, const std::string& theirs) {
  const auto names = [](std::string_view list) {
    std::vector<std::string> all;
    while (!list.empty()) {
      const std::size_t size = number(list, 0, 1);
      all.emplace_back(list.substr(1, size));
      list.remove_prefix(std::min(size + 1, list.size()));
    }
    return all;
  };
  const auto offered = names(theirs);
  for (const std::string& name : names(ours))
    if (std::ranges::find(offered, name) != offered.end()) return name;
  return std::nullopt;
}

pki::OfferedSuites offered_suites(const OfferedTls& offer) {
  constexpr std::array<std::uint16_t, 11> with_ecdsa = {0xc02b, 0xc02c, 0xcca9, 0xc009, 0xc00a, 0xc023,
                                                        0xc024, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af};
  pki::OfferedSuites offered;
  for (const std::uint16_t suite : offer.suites) {
    if (suite >> 8 == 0x13) offered.any_key = true;
    if (std::ranges::find(with_ecdsa, suite) != with_ecdsa.end()) offered.ecdsa = true;
  }
  return offered;
}

pki::Choice choice_of(const OfferedTls& offer) {
  const auto kinds = offer.schemes.empty() ? pki::SignatureKinds{.rsa = true} : pki::kinds_of(offer.schemes);
  return pki::choice_of(kinds, offered_suites(offer));
}

pki::CertificateIndex index_of(const graph::TlsBind& bind, const pki::CertificateStore& store) {
  std::vector<pki::CertificateIndex::Entry> entries;
  for (const graph::TlsCertificate& each : bind.certificates)
    entries.push_back({each.id, each.names ? &*each.names : nullptr, &each.excluded});
  return {store, entries, bind.defaults.empty() ? std::vector<std::uint32_t>{0} : bind.defaults};
}

// A position among the bind's; nothing: no certificate fits.
std::optional<std::uint32_t> certificate_for(const graph::Graph& graph, const graph::TlsBind& bind,
                                             const OfferedTls& offer) {
  const pki::CertificateIndex index = index_of(bind, *graph.certificates);
  const pki::Choice choice = choice_of(offer);
  const bool named = offer.sni && !offer.sni->empty();
  const auto found = named ? index.find(*offer.sni, choice.named) : std::nullopt;
  if (found || bind.strict_sni) return found;
  return index.default_certificate(choice.unnamed);
}

// OpenSSL's own order for 1.3; what older versions come to isn't foretold.
std::optional<std::string> suite_of(const graph::TlsBind& bind, const OfferedTls& offer,
                                    std::uint16_t version) {
  constexpr std::array<std::pair<std::uint16_t, std::string_view>, 3> order = {
      {{0x1302, "TLS_AES_256_GCM_SHA384"},
       {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
       {0x1301, "TLS_AES_128_GCM_SHA256"}}};
  if (version != 0x304 || !bind.ciphersuites.empty() || bind.prefer_client_ciphers) return std::nullopt;
  for (const auto& [suite, name] : order)
    if (std::ranges::find(offer.suites, suite) != offer.suites.end()) return std::string(name);
  return std::nullopt;
}

}  // namespace

OfferedTls read_offer(std::string_view bytes) {
  OfferedTls offer;
  std::string message;
  offer.state = read_message(bytes, message);
  if (offer.state != ReadState::found) return offer;
  const auto fields = fetchers::wire::hello_fields(std::string_view(message).substr(4));
  if (!fields) return {.state = ReadState::absent};
  offer.suites = numbers(fields->suites, 0);
  read_extensions(fields->extensions, offer);
  if (offer.versions.empty())
    for (const Version& version : versions)
      if (version.number <= std::min<std::uint16_t>(fields->version, 0x303))
        offer.versions.push_back(version.number);
  return offer;
}

Agreement agree(const graph::Graph& graph, const graph::TlsBind& bind, const OfferedTls& offer,
                bool shows_certificate) {
  const Version* const version = common_version(bind, offer);
  if (version == nullptr) return {.fault = "no version of TLS that both sides speak"};
  auto tls = std::make_unique<AgreedTls>();
  if (!bind.certificates.empty()) {
    const auto position = certificate_for(graph, bind, offer);
    if (!position) return {.fault = "strict-sni: no certificate for the server name"};
    tls->certificate_ = bind.certificates[*position].id;
  }
  if (bind.client.mode == graph::VerifyClient::required && !shows_certificate)
    return {.fault = "the client shows no certificate, which the bind requires"};
  tls->shows_certificate_ = shows_certificate && bind.client.mode != graph::VerifyClient::none;
  tls->sni_ = offer.sni;
  tls->alpn_ = common_protocol(bind.alpn, offer.protocols);
  tls->protocol_ = version->name;
  tls->cipher_ = suite_of(bind, offer, version->number);
  return {.tls = std::move(tls)};
}

}  // namespace shunt::analysis
