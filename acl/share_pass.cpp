// Finds what several tests of a program have in common, so that one walk through a list computes it once.
// What an evaluation remembers is forgotten when it ends, so an action that changes what was read (set-var,
// set-src) changes the next answer.
#include <algorithm>
#include <unordered_map>

#include "acl/passes.hpp"

namespace shunt::acl {
namespace {

// Lists longer than this are taken to differ.
constexpr std::size_t most_patterns = 64;

class Sharer {
 public:
  explicit Sharer(Draft& draft) : draft_(draft), uses_(draft.acls.size()) {}

  void run() {
    merge_acls();
    count_uses();
    share_truths();
    share_values();
  }

 private:
  // What an ACL says, or nothing where that is too long to compare.
  [[nodiscard]] std::string key(const DraftAcl& acl) const {
    std::string key;
    for (const AclTest& test : acl.tests) {
      key += std::to_string(test.expression) + '/' + std::to_string(static_cast<int>(test.method));
      for (const std::uint32_t id : test.pattern_sets)
        if (!append(key, draft_.set(id))) return {};
      key += '\n';
    }
    return key;
  }

  static bool append(std::string& key, const PatternSet& set) {
    if (set.entries().size() > most_patterns) return false;
    const PatternOptions& options = set.options();
    key += options.ignore_case ? " -i" : " ";
    if (options.no_resolve) key += " -n";
    if (options.dotted) key += " dotted";
    for (const PatternText& entry : set.entries())
      key += ' ' + std::to_string(entry.text.size()) + ':' + entry.text;
    return true;
  }

  void merge_acls() {
    std::unordered_map<std::string, AclId> known;
    for (AclId id = 0; id < draft_.acls.size(); ++id) {
      DraftAcl& acl = draft_.acls[id];
      if (acl.tests.empty() || !draft_.is_pure(id)) continue;
      std::string said = key(acl);
      if (!said.empty()) acl.same_as = known.try_emplace(std::move(said), id).first->second;
    }
  }

  void count_uses() {
    for (const DraftCondition& condition : draft_.conditions)
      for (const auto& alternative : condition.alternatives)
        for (const Term& term : alternative) ++uses_[draft_.acls[term.acl].same_as];
  }

  void share_truths() {
    std::uint32_t next = 0;
    for (AclId id = 0; id < draft_.acls.size(); ++id)
      if (uses_[id] > 1 && draft_.is_pure(id) && !draft_.acls[id].constant)
        draft_.acls[id].shared_truth = next++;
  }

  // A fetch with several values yields another one at each call.
  [[nodiscard]] bool shareable(const AclTest& test) const {
    const fetchers::Expression& expression = draft_.pool[test.expression];
    return draft_.is_pure(test) && expression.fetch != nullptr && !expression.fetch->several;
  }

  void share_values() {
    std::map<ValueKey, std::uint32_t> count;
    for (AclId id = 0; id < draft_.acls.size(); ++id)
      if (uses_[id] > 0)
        for (const AclTest& test : draft_.acls[id].tests)
          if (shareable(test)) ++count[{test.expression, method_input(test.method)}];
    std::uint32_t next = 0;
    for (const auto& [value, times] : count)
      if (times > 1) draft_.shared_values.emplace(value, next++);
  }

  Draft& draft_;
  std::vector<std::uint32_t> uses_;  // terms that name each ACL
};

}  // namespace

void share_values(Draft& draft) { Sharer(draft).run(); }

}  // namespace shunt::acl
