// Feeds arbitrary bytes to both handshakes, as a client would send them to a bind line and a server to us;
// the first byte says where the rest is cut.
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "graph/pki/certificate_store.hpp"
#include "runtime/tls/outgoing_tls.hpp"
#include "runtime/tls/tls_connection.hpp"
#include "runtime/tls/tls_context.hpp"
#include "runtime/transport.hpp"

namespace {

using namespace shunt;
using namespace shunt::runtime;
namespace pki = graph::pki;

// A self-signed certificate in a file that the store can read.
std::string certificate_file() {
  std::string path = "/tmp/fuzz-tls-XXXXXX";
  int const fd = ::mkstemp(path.data());
  pki::KeyPtr const key(EVP_EC_gen("P-256"));
  pki::X509Ptr const made(X509_new());
  X509_set_pubkey(made.get(), key.get());
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 86400);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("fuzz.test"), -1, -1, 0);
  X509_sign(made.get(), key.get(), EVP_sha256());
  FILE* const file = ::fdopen(fd, "w");
  PEM_write_X509(file, made.get());
  PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  ::fclose(file);
  return path;
}

struct Setup {
  std::shared_ptr<pki::CertificateStore> store = std::make_shared<pki::CertificateStore>();
  std::shared_ptr<const TlsContext> accepting;
  graph::TlsServer settings;
  std::shared_ptr<const OutgoingTls> connecting;
  TlsTools tools;

  Setup() {
    std::string const path = certificate_file();
    graph::TlsBind bind;
    bind.certificates.push_back({.id = store->load(path).value().front()});
    bind.alpn = "\x02h2";
    bind.capture_size = 200;
    bind.client.mode = graph::VerifyClient::optional;
    ::unlink(path.c_str());
    accepting = TlsContext::make(bind, store).value();
    settings.verify = true;
    settings.keylog = true;
    connecting = OutgoingTls::make(settings, *store, 1).value();
  }
};

void feed(TlsConnection* tls, int peer, std::string_view bytes, std::size_t cut) {
  std::array<char, 4096> decrypted;
  static_cast<void>(tls->handshake());
  for (std::string_view const part : {bytes.substr(0, cut), bytes.substr(cut)}) {
    static_cast<void>(::send(peer, part.data(), part.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    tls->on_readable(false);
    if (tls->handshake() == HandshakeStatus::established)
      static_cast<void>(tls->read(decrypted.data(), decrypted.size()));
  }
  static_cast<void>(tls->close_notify());
  destroy(tls);
}

template <class Make>
void play(std::string_view bytes, std::size_t cut, Make make) {
  std::array<int, 2> pair;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) != 0) std::abort();
  feed(make(Wire{.fd = pair[0]}), pair[1], bytes, cut);
  ::close(pair[0]);
  ::close(pair[1]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Setup setup;
  if (size == 0) return 0;
  std::string_view const bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  std::size_t const cut = std::min<std::size_t>(data[0], bytes.size());
  play(bytes, cut,
       [](const Wire& wire) { return TlsConnection::accept(*setup.accepting, wire, setup.tools); });
  play(bytes, cut, [](const Wire& wire) {
    return TlsConnection::connect(*setup.connecting, {.server_name = "fuzz.test"}, wire, setup.tools);
  });
  return 0;
}
