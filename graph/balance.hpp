// How a backend chooses among its servers.
#pragma once
#include <cstdint>
#include <optional>

#include "fetchers/expression.hpp"

namespace shunt::graph {

enum class BalanceKind : std::uint8_t {
  roundrobin,
  static_rr,
  leastconn,
  first,
  source,
  random,
  hash,
  rdp_cookie
};
// `none` takes the key for a number (3.x).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
enum class HashFunction : std::uint8_t { sdbm, djb2, wt6, crc32, none };
#pragma GCC diagnostic pop
struct HashType {
  bool consistent = false;  // a ring instead of a map
  HashFunction function = HashFunction::sdbm;
  bool avalanche = false;
};
// What a ring does with a server that is full: queue there, or go on (under which limit).
enum class Affinity : std::uint8_t { always, maxconn, maxqueue };
struct Balance {
  BalanceKind kind = BalanceKind::random;  // 3.x: random(2) without a `balance` line
  std::uint32_t draws = 2;                 // random(n)
  HashType hash = {};
  std::uint32_t factor = 0;  // hash-balance-factor in percent; 0: off
  Affinity affinity = Affinity::always;
  std::optional<fetchers::ExpressionId> key = {};  // hash, rdp_cookie
};

}  // namespace shunt::graph
