// What a TLS connection is made of; only for the sources that implement it.
#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "runtime/buffer.hpp"
#include "runtime/tls/tls_connection.hpp"
#include "runtime/tls/tls_facts.hpp"
#include "runtime/transport.hpp"

namespace shunt::runtime {

struct TlsConnection::Io : TlsFactsHolder {
  SSL* ssl = nullptr;
  TlsTools* tools = nullptr;
  Buffer* in = nullptr;   // ciphertext that OpenSSL has not asked for yet
  Buffer* out = nullptr;  // ciphertext that the socket has not taken yet
  Wire wire = {};
  int error = 0;         // errno of the socket, sticky
  bool drained = false;  // the socket has nothing more until it says so
  bool hangup = false;   // ... and its end of input is already here
  bool eof = false;
  bool broken = false;                           // a fatal TLS error: no close_notify may follow
  bool notified = false;                         // close_notify was sent
  bool spoke = false;                            // the socket has taken bytes
  bool early = false;                            // the client may still be sending early data
  std::unique_ptr<std::string> early_data = {};  // that nobody has read yet

  // For OpenSSL: bytes, 0 at the end, -1 with "retry" when nothing is there.
  int read(BIO* bio, char* to, int size);
  int write(BIO* bio, const char* from, int size);
  bool fill();
  IoResult flush();
  void rest();
  [[nodiscard]] bool take_early_data();  // false: not yet all of it, or a failure
  [[nodiscard]] std::size_t give_early_data(char* to, std::size_t size);
  [[nodiscard]] KeptSession* kept_session() const { return facts.towards ? facts.towards->kept : nullptr; }
  void note_error();  // of OpenSSL; the first one stays
};

}  // namespace shunt::runtime
