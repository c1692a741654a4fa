// Choosing a server of one backend: one class per algorithm, all state inside, no clock and no I/O.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "fetchers/endpoint.hpp"
#include "route/state.hpp"

namespace shunt::route {

struct BalancedServer {
  const graph::Server* config = nullptr;
  const ServerState* state = nullptr;
  const graph::Proxy* proxy = nullptr;  // its backend, where `minconn` has to know the load
  const ProxyState* backend = nullptr;
};

// What a choice may depend on.
struct BalanceKey {
  std::optional<std::uint32_t> hash = {};  // of the key (route/balance/hash_key.hpp); none: it is missing
  std::uint32_t random = 0;                // the caller's randomness (balance random)
  std::uint32_t random2 = 0;
};

// Indexes are positions in the backend's servers. All calls are made under ProxyState::balancing.
class Balancer {
 public:
  virtual ~Balancer() = default;
  static constexpr std::uint32_t nobody = 0xffffffff;

  // nobody: no usable server, or none with a free slot (a hash leads to its server even then). `avoid`: the
  // server that a redispatch comes from (used only if nothing else is left).
  [[nodiscard]] virtual std::uint32_t pick(const BalanceKey& key, std::uint32_t avoid) = 0;
  virtual void changed(std::uint32_t index) = 0;  // the server's usable() or weight is another one now
  virtual void taken(std::uint32_t index) { static_cast<void>(index); }     // its `served` went up
  virtual void released(std::uint32_t index) { static_cast<void>(index); }  // its `served` went down
  [[nodiscard]] virtual bool is_hash() const { return false; }
};

[[nodiscard]] std::unique_ptr<Balancer> make_balancer(const graph::Balance& balance, bool allbackups,
                                                      std::vector<BalancedServer> servers);

}  // namespace shunt::route
