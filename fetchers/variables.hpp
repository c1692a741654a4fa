// Variables of all scopes: names are interned once when the configuration is compiled, values live where their scope lives.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetchers/sample.hpp"

namespace shunt::fetchers {

enum class VariableScope : std::uint8_t { process, session, transaction, request, response, check };

struct VariableRef {
  VariableScope scope = VariableScope::transaction;
  std::uint32_t name = 0;  // id in the VariableNames of the graph
  friend bool operator==(const VariableRef&, const VariableRef&) = default;
};

class VariableNames {
 public:
  [[nodiscard]] std::uint32_t intern(std::string_view name);
  [[nodiscard]] std::string_view name(std::uint32_t id) const { return names_[id]; }

 private:
  std::vector<std::string> names_;
};

// "txn.name" -> scope and name. nullopt: bad scope or bad characters (message in `error`).
[[nodiscard]] std::optional<VariableRef> parse_variable(std::string_view text, VariableNames& names, std::string& error);

// The variables of one stream (sess., txn., req., res. and check.) plus a pointer to the process's. Empty costs one pointer.
class Variables {
 public:
  [[nodiscard]] bool get(VariableRef ref, Sample& out) const;  // false: not set
  void set(VariableRef ref, const Sample& value);              // copies the bytes
  void unset(VariableRef ref);
  void clear(VariableScope scope);

 private:
  struct Entry {
    VariableRef ref;
    Sample value;
    std::string bytes;
  };
  std::vector<Entry> entries_;
};

}  // namespace shunt::fetchers
