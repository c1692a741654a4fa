// Variables of all scopes: names are interned once when the configuration is compiled, values live where
// their scope lives.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
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
  std::map<std::string, std::uint32_t, std::less<>> ids_;
};

// "txn.name" -> scope and name. nullopt: bad scope or bad characters (message in `error`).
[[nodiscard]] std::optional<VariableRef> parse_variable(std::string_view text, VariableNames& names,
                                                        std::string& error);

// The variables of one stream (sess., txn., req., res. and check.) plus a pointer to the process's, which
// this is not the owner of. A sample from get() points into the entry until that variable is set again or
// unset.
class Variables {
 public:
  explicit Variables(Variables* process = nullptr) : process_(process) {}

  [[nodiscard]] bool get(VariableRef ref, Sample& out) const;  // false: not set
  void set(VariableRef ref, const Sample& value);              // copies the bytes
  void unset(VariableRef ref);
  void clear(VariableScope scope);

 private:
  struct Entry {
    VariableRef ref;
    Sample value;
    std::string bytes;
    bool present = true;  // an unset one keeps its place, so that no other one moves
  };
  [[nodiscard]] const Entry* find(VariableRef ref) const;
  [[nodiscard]] const Entry* find_own(VariableRef ref) const;

  std::deque<Entry> entries_;  // a new variable moves no other one's bytes
  Variables* process_ = nullptr;
};

}  // namespace shunt::fetchers
