// The values of a map file, of the type that its converter yields.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/pattern_set.hpp"
#include "fetchers/sample.hpp"

namespace shunt::acl {

// regm: a text into which the groups of the matching expression are put.
enum class MapOutput : std::uint8_t { text, integer, address, key, groups };

struct MapKind {
  MatchMethod method = MatchMethod::str;
  MapOutput output = MapOutput::text;
};
// "map", "map_beg", "map_beg_int", "map_str_ip", "map_ip_key", "map_regm".
[[nodiscard]] MapKind read_map_kind(std::string_view converter);

// The address, IPv4 or IPv6, as a sample; nullopt: the text is none.
[[nodiscard]] std::optional<fetchers::Sample> read_map_address(std::string_view text);
// An integer value as HAProxy reads it: nothing is 0, no other number has anything behind it.
[[nodiscard]] std::optional<std::int64_t> read_map_integer(std::string_view text);

// Immutable once filled.
class MapValues {
 public:
  explicit MapValues(MapOutput output) : output_(output) {}

  // false: the text is no value of the type. Nothing is added then.
  [[nodiscard]] bool add(std::string_view text);
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  // As it was written in the file.
  [[nodiscard]] std::string_view text(std::uint32_t entry) const;
  // Of the output's type. A text points into this object.
  [[nodiscard]] fetchers::Sample value(std::uint32_t entry) const;

 private:
  MapOutput output_;
  std::string bytes_;
  std::vector<std::size_t> ends_;  // of each text in bytes_
  std::vector<std::int64_t> integers_;
  std::vector<fetchers::Sample> addresses_;
};

}  // namespace shunt::acl
