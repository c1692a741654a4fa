// Names of servers that both ends of a connection have heard, so that a number is enough the next time.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "route/stick_table.hpp"

namespace shunt::runtime {

inline constexpr std::uint32_t peer_cache_size = 128;

// By place; empty: nothing. Tables number their names for themselves, a connection has one dictionary for all
// of them.
using PeerNames = std::array<std::string, peer_cache_size>;

// Of names that were sent; the oldest one makes room.
class SentNames {
 public:
  void append(std::string& out, std::uint32_t name, const route::TableNames& names);
  [[nodiscard]] const PeerNames& all() const { return held_; }

 private:
  PeerNames held_ = {};
  std::unordered_map<std::string, std::uint32_t> places_;
  std::uint32_t next_ = 0;
};

// Of names that were heard.
class HeardNames {
 public:
  // `data`: all of one value. nullopt: it can't be understood. 0: no name.
  [[nodiscard]] std::optional<std::uint32_t> read(std::string_view data, route::TableNames& names);
  [[nodiscard]] const PeerNames& all() const { return held_; }

 private:
  PeerNames held_ = {};
};

}  // namespace shunt::runtime
