// Cutting hellos to their space, sorting lines of the key log.
#include "runtime/tls/tls_facts.hpp"

#include <algorithm>

#include "fetchers/wire/byte_cursor.hpp"
#include "fetchers/wire/tls_hello.hpp"
#include "fetchers/xxhash.hpp"

namespace shunt::runtime {
namespace {

namespace wire = fetchers::wire;

constexpr std::uint32_t groups_extension = 10;
constexpr std::uint32_t formats_extension = 11;
constexpr std::uint32_t signatures_extension = 13;
constexpr std::uint32_t versions_extension = 43;

struct Extensions {
  std::string types = {};       // two bytes each
  std::string_view whole = {};  // with their contents
};

// As many of the first ones as there is room for their types: HAProxy looks no further. Nor does it see a
// last one without contents [seen].
Extensions first_extensions(std::string_view all, std::size_t room) {
  Extensions first;
  constexpr std::size_t head = 4;
  wire::ByteCursor cursor(all);
  while (cursor.rest().size() > head && first.types.size() + 2 <= room) {
    std::string_view const type = cursor.block(2);
    cursor.prefixed(2);
    if (cursor.bad()) break;
    first.types += type;
    first.whole = all.substr(0, all.size() - cursor.rest().size());
  }
  return first;
}

std::string_view list_of(std::string_view extensions, std::uint32_t type, std::size_t width) {
  const auto content = wire::hello_extension(extensions, type);
  return content ? wire::ByteCursor(*content).prefixed(width) : std::string_view();
}

// In the order of TlsSecret.
constexpr std::array<std::string_view, fetchers::tls_secret_count> labels = {
    "CLIENT_EARLY_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",     "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_TRAFFIC_SECRET_0",     "EXPORTER_SECRET",
    "EARLY_EXPORTER_SECRET"};

}  // namespace

std::string_view KeptHello::keep(std::string_view bytes, std::size_t space) {
  std::size_t const size = std::min(bytes.size(), space - bytes_.size());
  bytes_.append(bytes.substr(0, size));
  return {bytes_.data() + bytes_.size() - size, size};
}

// The space is used up in this order; only the types of extensions are not cut in the middle.
std::unique_ptr<const KeptHello> KeptHello::make(std::string_view message, std::size_t space) {
  auto const fields = wire::hello_fields(message);
  if (!fields) return nullptr;
  std::unique_ptr<KeptHello> made(new KeptHello);
  made->bytes_.reserve(std::min(space, message.size()));  // what is kept must not move
  fetchers::CapturedHello& lists = made->lists_;
  lists.version = fields->version;
  lists.suites_hash = fetchers::hash_xxh64(fields->suites, 0);
  lists.suites = made->keep(fields->suites, space);
  Extensions const found = first_extensions(fields->extensions, space - made->bytes_.size());
  lists.extensions = made->keep(found.types, space);
  lists.groups = made->keep(list_of(found.whole, groups_extension, 2), space);
  lists.formats = made->keep(list_of(found.whole, formats_extension, 1), space);
  lists.signatures = made->keep(list_of(found.whole, signatures_extension, 2), space);
  lists.versions = made->keep(list_of(found.whole, versions_extension, 1), space);
  return made;
}

// "LABEL CLIENT-RANDOM SECRET"
void TlsFacts::keep_secret(std::string_view line) {
  std::size_t const label = std::min(line.find(' '), line.size());
  auto const* const found = std::ranges::find(labels, line.substr(0, label));
  if (found == labels.end()) return;
  if (!secrets) secrets = std::make_unique<KeptSecrets>();
  std::size_t const last = line.rfind(' ');
  (*secrets)[static_cast<std::size_t>(found - labels.begin())] = line.substr(last + 1);
}

// OpenSSL's own place for such things takes 100 bytes more.
TlsFacts& facts_of(const SSL* ssl) {
  return static_cast<TlsFactsHolder*>(BIO_get_data(SSL_get_rbio(ssl)))->facts;
}

}  // namespace shunt::runtime
