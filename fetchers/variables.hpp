// Variables of all scopes: names are interned once when the configuration is compiled, values live where
// their scope lives.
#pragma once
#include <atomic>
#include <cstdint>
#include <forward_list>
#include <functional>
#include <map>
#include <optional>
#include <shared_mutex>
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
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::uint32_t, std::less<>> ids_;
};

// "txn.name" -> scope and name. nullopt: bad scope or bad characters (message in `error`). Since HAProxy 3.1
// the scopes of a parent stream ("ptxn") can be named.
[[nodiscard]] std::optional<VariableRef> parse_variable(std::string_view text, VariableNames& names,
                                                        std::string& error, int language = 999);

// When a variable is set: all of these, as bits of VariableCondition.
using VariableConditions = std::uint8_t;
enum class VariableCondition : std::uint8_t {
  if_exists,
  if_not_exists,
  if_empty,
  if_not_empty,
  if_set,
  if_not_set,
  if_greater,
  if_less
};
// "ifexists" as a bit; 0: no such condition.
[[nodiscard]] VariableConditions variable_condition(std::string_view name);
// `old`: what it holds now, null for nothing. Variables of the process exist once a file names them.
[[nodiscard]] bool may_be_set(VariableConditions conditions, VariableRef ref, const Sample* old,
                              const Sample& value);

// Bytes that the variables of a scope may take; 0: no limit. A scope's own include those of the narrower
// ones: process those of sessions, session those of transactions, transaction those of requests and
// responses.
struct VariableLimits {
  std::uint32_t all = 0, process = 0, session = 0, transaction = 0, request = 0, check = 0;

  [[nodiscard]] bool any() const { return (all | process | session | transaction | request | check) != 0; }
};

// Values by name. A sample from get() points into the entry until that variable is set again or unset.
class VariableStore {
 public:
  [[nodiscard]] bool get(VariableRef ref, Sample& out) const;  // false: not set
  void set(VariableRef ref, const Sample& value);              // copies the bytes
  void unset(VariableRef ref);
  void clear(VariableScope scope);
  // What counts towards the limits: of one variable, and of all of a scope.
  [[nodiscard]] std::int64_t bytes_of(VariableRef ref) const;
  [[nodiscard]] std::int64_t bytes_of(VariableScope scope) const;

 private:
  struct Entry {
    VariableRef ref;
    Sample value = {};
    std::string bytes = {};
    bool present = true;  // an unset one keeps its place, so that no other one moves
  };
  [[nodiscard]] Entry* find(VariableRef ref);

  // A new variable moves no other one's bytes, and who has none pays for one pointer.
  std::forward_list<Entry> entries_;
};

// The proc. variables, which all threads share.
class ProcessVariables {
 public:
  explicit ProcessVariables(const VariableLimits& limits = {}) : limits_(limits) {}

  [[nodiscard]] bool get(VariableRef ref, Sample& out, Scratch& scratch) const;
  void set(VariableRef ref, const Sample& value);
  void unset(VariableRef ref);

  // Memory that variables of sessions take counts here, too.
  [[nodiscard]] const VariableLimits& limits() const { return limits_; }
  [[nodiscard]] bool account(std::int64_t bytes);  // false: there is no room for so many more

 private:
  VariableLimits limits_;
  std::atomic<std::int64_t> used_{0};
  mutable std::shared_mutex mutex_;
  VariableStore store_;
};

// The variables of one stream (sess., txn., req., res. and check.) plus the process's, which this is not the
// owner of; without them proc. variables are the stream's own. A sample from get() lasts until that variable
// is set again or unset, one of the process's until the scratch is reset.
class Variables {
 public:
  explicit Variables(ProcessVariables* process = nullptr) : process_(process) {}
  ~Variables();
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;

  [[nodiscard]] bool get(VariableRef ref, Sample& out, Scratch& scratch) const;
  void set(VariableRef ref, const Sample& value);
  void unset(VariableRef ref);
  void clear(VariableScope scope);
  // Which of req. and res. can be used from now on. The other one's values are lost, and it is neither read
  // nor set. Before the first call both can.
  void enter_message(VariableScope request_or_response);

 private:
  [[nodiscard]] bool is_absent(VariableRef ref) const {
    return absent_ != VariableScope::process && ref.scope == absent_;
  }
  [[nodiscard]] bool is_shared(VariableRef ref) const {
    return ref.scope == VariableScope::process && process_ != nullptr;
  }

  [[nodiscard]] bool limited() const { return process_ != nullptr && process_->limits().any(); }
  [[nodiscard]] bool account(VariableScope scope, std::int64_t bytes);

  VariableStore own_;
  ProcessVariables* process_ = nullptr;
  VariableScope absent_ = VariableScope::process;  // process: none is
};

}  // namespace shunt::fetchers
