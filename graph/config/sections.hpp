// Sections that are no proxies.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "graph/config/bind.hpp"
#include "graph/config/proxy.hpp"
#include "graph/config/server.hpp"
#include "graph/config/setting.hpp"
#include "graph/log_target.hpp"
#include "graph/resolvers.hpp"
#include "parser/address.hpp"
#include "parser/source.hpp"

namespace shunt::graph::config {

// A crt-store: the files that bind lines name as @NAME/ALIAS.
struct CertificateShelf {
  struct Load {
    std::string alias, path;
    CertificateParts parts = {};
  };
  std::string name, crt_base = {}, key_base = {};
  std::vector<Load> loads = {};
};

// A ring, with its servers' addresses as they are written.
struct RingSection {
  struct Server {
    parser::Address address = {};
    RingServer made = {};
    parser::Span span = {};
  };
  Ring made = {};
  std::vector<Server> servers = {};
};

// A `resolvers` section, with its servers' addresses as they are written.
struct ResolversSection {
  struct Server {
    NameServer made = {};
    parser::Address address = {};
    parser::Span span = {};
  };
  Resolvers made = {};  // without its servers
  std::vector<Server> servers = {};
};

// A `peers` section. Its lines are kept as those of a proxy.
struct PeersSection {
  Text name = {};
  std::string local = {};                       // what this process is called
  Proxy proxy = {};                             // the other processes are its servers
  Bind bind = {};                               // of `bind`, `default-bind` and `peer` as one
  std::optional<Server> own = {};               // this process; without address where `bind` has that
  parser::Span bind_line = {}, peer_line = {};  // the first of these
  bool disabled = false;
};

}  // namespace shunt::graph::config
