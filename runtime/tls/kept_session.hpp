// The last TLS session with a server, for the next connection of the same thread.
#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace shunt::runtime {

struct FreeSession {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

struct KeptSession {
  std::unique_ptr<SSL_SESSION, FreeSession> session = {};
  std::string server_name = {};  // that it was made with: another name begins anew
};

}  // namespace shunt::runtime
