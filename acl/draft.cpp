// Questions about a draft, its text, and the flat arrays that it becomes.
#include "acl/draft.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace shunt::acl {

bool Draft::is_pure(AclId acl) const {
  return std::ranges::all_of(acls[acl].tests, [&](const AclTest& test) { return is_pure(test); });
}

bool Draft::is_pure(const std::vector<Term>& terms) const {
  return std::ranges::all_of(terms, [&](const Term& term) { return is_pure(term.acl); });
}

std::optional<bool> Draft::constant(ConditionId condition) const {
  return condition == always ? std::optional(true) : conditions[condition].constant;
}

std::uint32_t Draft::shared_value(const AclTest& test) const {
  const auto found = shared_values.find({test.expression, method_input(test.method)});
  return found == shared_values.end() ? not_shared : found->second;
}

namespace {

class Flattener {
 public:
  explicit Flattener(Draft& draft) : draft_(draft) {}

  std::unique_ptr<const Code> run() {
    for (const DraftAcl& each : draft_.acls) acl(each);
    for (const DraftCondition& each : draft_.conditions) condition(each);
    for (DraftList& each : draft_.lists) list(each);
    return std::make_unique<const Code>(std::move(code_));
  }

 private:
  template <class Vector>
  static std::uint32_t size(const Vector& vector) {
    return static_cast<std::uint32_t>(vector.size());
  }

  void acl(const DraftAcl& acl) {
    code_.acls.push_back({{size(code_.tests), size(acl.tests)}, acl.shared_truth});
    for (const AclTest& test : acl.tests) {
      code_.tests.push_back({test.expression, test.method, method_input(test.method), size(code_.sets),
                             size(test.pattern_sets), draft_.shared_value(test)});
      for (const std::uint32_t id : test.pattern_sets) code_.sets.push_back(&draft_.set(id));
    }
  }

  void condition(const DraftCondition& condition) {
    FlatCondition flat{.terms = {.first = size(code_.terms)}, .unless = condition.unless};
    if (condition.constant) flat.constant = *condition.constant ? Constant::yes : Constant::no;
    // An alternative without terms is `no` [seen], like one that is not there.
    for (const auto& alternative : condition.alternatives)
      for (const Term& term : alternative)
        code_.terms.push_back({draft_.acls[term.acl].same_as, term.negated, &term == alternative.data()});
    flat.terms.count = size(code_.terms) - flat.terms.first;
    code_.conditions.push_back(flat);
  }

  void list(DraftList& list) {
    FlatList& flat = code_.lists.emplace_back();
    for (const DraftRule& rule : list.rules) {
      flat.conditions.push_back(rule.condition);
      if (rule.unreachable) flat.unreachable.push_back(*rule.unreachable);
    }
    if (!flat.unreachable.empty()) flat.next_live = next_live(list);
    if (list.ladders.empty()) return;
    flat.ladder_at.assign(list.rules.size(), no_ladder);
    for (std::uint32_t i = 0; i < list.ladders.size(); ++i)
      std::fill(flat.ladder_at.begin() + list.ladders[i]->first(),
                flat.ladder_at.begin() + list.ladders[i]->end(), i);
    flat.ladders = std::move(list.ladders);
  }

  static std::vector<std::uint32_t> next_live(const DraftList& list) {
    std::vector<std::uint32_t> result(list.rules.size());
    std::uint32_t live = size(list.rules);
    for (std::size_t i = list.rules.size(); i-- > 0;) {
      if (!list.rules[i].unreachable) live = static_cast<std::uint32_t>(i);
      result[i] = live;
    }
    return result;
  }

  Draft& draft_;
  Code code_;
};

std::string_view why_text(Unreachable::Why why) {
  switch (why) {
    case Unreachable::Why::never: return "never applies";
    case Unreachable::Why::behind: return "behind rule";
    default: return "shadowed by rule";
  }
}

class DraftText {
 public:
  explicit DraftText(const Draft& draft) : draft_(draft) {}

  std::string run() {
    for (std::size_t i = 0; i < draft_.acls.size(); ++i) acl(i);
    for (const auto& [key, number] : draft_.shared_values)
      add("value {}: {} as {}\n", number, draft_.pool.text(key.first), fetchers::type_name(key.second));
    for (std::size_t i = 0; i < draft_.conditions.size(); ++i) condition(i);
    for (std::size_t i = 0; i < draft_.lists.size(); ++i) list(i);
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void acl(std::size_t id) {
    const DraftAcl& acl = draft_.acls[id];
    add("acl {}", id);
    if (acl.constant) add(" {}", *acl.constant ? "yes" : "no");
    if (acl.same_as != id) add(" like acl {}", acl.same_as);
    if (acl.shared_truth != not_shared) add(" decided once");
    for (const AclTest& test : acl.tests) {
      add(" [{} -m {}", draft_.pool.text(test.expression), method_name(test.method));
      for (const std::uint32_t set : test.pattern_sets) add(" patterns {}", set);
      add("]");
    }
    add("\n");
  }

  void condition(std::size_t id) {
    const DraftCondition& condition = draft_.conditions[id];
    add("condition {}", id);
    if (condition.constant) {
      add(" {}\n", *condition.constant ? "yes" : "no");
      return;
    }
    add(" {}", condition.unless ? "unless" : "if");
    for (std::size_t i = 0; i < condition.alternatives.size(); ++i) {
      if (i != 0) add(" or");
      for (const Term& term : condition.alternatives[i]) add(" {}acl:{}", term.negated ? "!" : "", term.acl);
    }
    add("\n");
  }

  void list(std::size_t id) {
    const DraftList& list = draft_.lists[id];
    add("list {}\n", id);
    for (std::size_t i = 0; i < list.rules.size(); ++i) {
      const DraftRule& rule = list.rules[i];
      add("  rule {}", i);
      if (rule.condition != always) add(" condition {}", rule.condition);
      if (rule.final) add(" final");
      if (rule.unreachable) add(" ({})", reason(*rule.unreachable));
      add("\n");
    }
    for (const auto& ladder : list.ladders) add("  {}\n", ladder->text(draft_.pool));
  }

  const Draft& draft_;
  std::string text_;
};

}  // namespace

std::string reason(const Unreachable& unreachable) {
  std::string text(why_text(unreachable.why));
  if (unreachable.why != Unreachable::Why::never) text += fmt::format(" {}", unreachable.by);
  return text;
}

std::string dump(const Draft& draft) { return DraftText(draft).run(); }

std::unique_ptr<const Code> flatten(Draft&& draft) { return Flattener(draft).run(); }

}  // namespace shunt::acl
