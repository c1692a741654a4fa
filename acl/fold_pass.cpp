// Decides what does not depend on the connection: tests of constants, then the ACLs and conditions made of
// them.
#include <algorithm>

#include "acl/passes.hpp"

namespace shunt::acl {
namespace {

using fetchers::Sample;

class Folder {
 public:
  explicit Folder(Draft& draft) : draft_(draft) {}

  void run() {
    for (AclId id = 0; id < draft_.acls.size(); ++id) fold(draft_.acls[id]);
    for (DraftCondition& condition : draft_.conditions) fold(condition);
  }

 private:
  std::optional<bool> decide(const AclTest& test) {
    if (!draft_.pool[test.expression].constant || !draft_.pool[test.expression].runs) return std::nullopt;
    fetchers::Context nothing{.scratch = &scratch_};
    Sample sample;
    const auto input = method_input(test.method);
    const auto fetched = input == fetchers::SampleType::any
                             ? draft_.pool.evaluate(test.expression, nothing, sample)
                             : draft_.pool.evaluate(test.expression, nothing, input, sample);
    const bool matches = fetched.found && this->matches(test, sample);
    scratch_.reset();
    return matches;
  }

  [[nodiscard]] bool matches(const AclTest& test, const Sample& sample) const {
    if (test.method == MatchMethod::found) return true;
    if (test.method == MatchMethod::boolean) return sample.integer != 0;
    return std::ranges::any_of(test.pattern_sets, [&](std::uint32_t id) {
      return draft_.set(id).match(sample) != PatternSet::no_entry;
    });
  }

  // A true test ends the ACL; what stands above it and is not pure must run all the same.
  void fold(DraftAcl& acl) {
    std::vector<AclTest> kept;
    bool pure = true;
    for (AclTest& test : acl.tests) {
      const auto truth = decide(test);
      if (truth && !*truth) continue;
      pure = pure && draft_.is_pure(test);
      kept.push_back(std::move(test));
      if (!truth) continue;
      if (pure) acl.constant = true;
      break;
    }
    acl.tests = std::move(kept);
    if (acl.tests.empty()) acl.constant = false;
  }

  [[nodiscard]] std::optional<bool> truth_of(const Term& term) const {
    const auto truth = draft_.acls[term.acl].constant;
    return truth ? std::optional(*truth != term.negated) : std::nullopt;
  }

  struct Reduced {
    std::vector<Term> terms = {};
    std::optional<bool> constant = {};
  };

  // Terms behind a false one are never read; those above it are, because one of them may wait.
  [[nodiscard]] Reduced reduce(const std::vector<Term>& alternative) const {
    if (alternative.empty()) return {.constant = false};
    Reduced result;
    for (const Term& term : alternative) {
      const auto truth = truth_of(term);
      if (truth && *truth) continue;
      if (truth && result.terms.empty()) return {.constant = false};
      result.terms.push_back(term);
      if (truth) return result;
    }
    if (result.terms.empty()) result = {.terms = {alternative.back()}, .constant = true};
    return result;
  }

  void fold(DraftCondition& condition) {
    std::vector<std::vector<Term>> kept;
    bool pure = true, decided = false;
    for (const auto& alternative : condition.alternatives) {
      Reduced reduced = reduce(alternative);
      if (reduced.constant && !*reduced.constant) continue;
      decided = reduced.constant && pure;
      pure = pure && draft_.is_pure(reduced.terms);
      kept.push_back(std::move(reduced.terms));
      if (reduced.constant) break;
    }
    condition.alternatives = std::move(kept);
    if (decided || condition.alternatives.empty()) condition.constant = decided != condition.unless;
  }

  Draft& draft_;
  fetchers::Scratch scratch_;
};

}  // namespace

void fold_constants(Draft& draft) { Folder(draft).run(); }

}  // namespace shunt::acl
