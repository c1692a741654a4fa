// Each conjunction is filed under its most telling term; what the files yield is compared in full.
#include "analysis/lint/cover_index.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "acl/fold.hpp"
#include "acl/text_match.hpp"

namespace shunt::analysis::model {
namespace {

// A pattern that very many earlier conditions fit is compared with these only.
constexpr std::size_t most_candidates = 64;

bool indexable(const Term& term) {
  if (term.negated || term.acl == nullptr || term.acl->tests.empty()) return false;
  return std::ranges::all_of(term.acl->tests,
                             [](const Test& test) { return test.exact && is_steady(test.sample); });
}

// The lower, the fewer values a term is likely to accept.
int breadth(const Term& term) {
  if (!indexable(term)) return 9;
  int widest = 0;
  for (const Test& test : term.acl->tests) {
    const bool exact = test.method == MatchMethod::str || test.method == MatchMethod::bin;
    const bool open = test.patterns.empty() || test.method == MatchMethod::sub;
    widest = std::max(widest, exact ? 0 : open ? 2 : 1);
  }
  return widest;
}

std::string network_key(bool ipv6, int prefix, acl::Address128 address) {
  return fmt::format("{}/{}/{:x}{:016x}", ipv6 ? 6 : 4, prefix, static_cast<std::uint64_t>(address >> 64),
                     static_cast<std::uint64_t>(address));
}

acl::Address128 mask_of(bool ipv6, int prefix) {
  const int bits = ipv6 ? 128 : 32;
  const acl::Address128 all = ipv6 ? ~acl::Address128{0} : acl::Address128{0xffffffff};
  if (prefix == 0) return 0;
  return (all >> (bits - prefix)) << (bits - prefix);
}

template <class Value>
void insert_sorted(std::vector<Value>& values, Value value) {
  const auto at = std::ranges::lower_bound(values, value);
  if (at == values.end() || *at != value) values.insert(at, value);
}

bool is_text(MatchMethod method) {
  return method == MatchMethod::str || method == MatchMethod::beg || method == MatchMethod::end ||
         method == MatchMethod::dir || method == MatchMethod::dom || method == MatchMethod::reg ||
         method == MatchMethod::bin;
}

}  // namespace

void CoverIndex::clear() {
  entries_.clear();
  groups_.clear();
  for (auto& map : same_) map.clear();
}

void CoverIndex::add_pattern(Group& group, const Test& test, const Pattern& pattern, std::uint32_t entry) {
  if (is_text(test.method)) {
    Texts& texts = group.texts[test.method];
    texts.by_text[acl::folded(pattern.text)].push_back(entry);
    insert_sorted(texts.lengths, pattern.text.size());
  } else if (test.method == MatchMethod::ip && pattern.network && pattern.network->prefix >= 0) {
    const acl::Network& network = *pattern.network;
    group.networks[network_key(network.ipv6, network.prefix, network.address)].push_back(entry);
    insert_sorted(group.prefixes[network.ipv6 ? 1 : 0], network.prefix);
  } else if (group.others.empty() || group.others.back() != entry) {
    group.others.push_back(entry);
  }
}

void CoverIndex::add(const Conjunction& all, std::uint32_t rule) {
  const auto id = static_cast<std::uint32_t>(entries_.size());
  const auto pivot = std::ranges::min_element(all, {}, breadth);
  entries_.push_back({&all, static_cast<std::size_t>(pivot - all.begin()), rule});
  same_[pivot->negated ? 1 : 0][pivot->acl].push_back(id);
  if (!indexable(*pivot)) return;
  for (const Test& test : pivot->acl->tests) {
    Group& group = groups_[test.sample.key];
    if (test.patterns.empty()) group.others.push_back(id);
    for (const Pattern& pattern : test.patterns) add_pattern(group, test, pattern, id);
  }
}

// One question: `all_` with its term `term_` narrowed to one pattern.
class CoverIndex::Search {
 public:
  Search(const CoverIndex& index, const Conjunction& all) : index_(index), all_(all) {}

  // The first rule of those that together cover every pattern of the term; nullopt: some pattern is left.
  std::optional<std::uint32_t> cover_term(const Term& term) {
    if (const auto whole = same(term)) return whole;
    if (!indexable(term)) return std::nullopt;
    std::optional<std::uint32_t> first;
    for (const Test& test : term.acl->tests) {
      const auto found = cover_test(test);
      if (!found) return std::nullopt;
      first = std::min(first.value_or(*found), *found);
    }
    return first;
  }

 private:
  std::optional<std::uint32_t> same(const Term& term) const {
    const auto found = index_.same_[term.negated ? 1 : 0].find(term.acl);
    if (found == index_.same_[term.negated ? 1 : 0].end()) return std::nullopt;
    for (std::size_t at = 0; at < std::min(found->second.size(), most_candidates); ++at) {
      const Entry& entry = index_.entries_[found->second[at]];
      if (std::ranges::all_of(*entry.all, [&](const Term& outer) { return implied(outer); }))
        return entry.rule;
    }
    return std::nullopt;
  }

  std::optional<std::uint32_t> cover_test(const Test& test) {
    const auto group = index_.groups_.find(test.sample.key);
    if (group == index_.groups_.end()) return std::nullopt;
    if (test.patterns.empty()) return judge(group->second.others, test, nullptr);
    std::optional<std::uint32_t> first;
    for (const Pattern& pattern : test.patterns) {
      const auto found = cover_pattern(group->second, test, pattern);
      if (!found) return std::nullopt;
      first = std::min(first.value_or(*found), *found);
    }
    return first;
  }

  std::optional<std::uint32_t> cover_pattern(const Group& group, const Test& test,
                                             const Pattern& pattern) const {
    if (const auto found = judge(group.others, test, &pattern)) return found;
    if (test.method == MatchMethod::ip) return in_networks(group, test, pattern);
    for (const auto& [method, texts] : group.texts)
      if (const auto found = in_texts(method, texts, test, pattern)) return found;
    return std::nullopt;
  }

  std::optional<std::uint32_t> in_networks(const Group& group, const Test& test,
                                           const Pattern& pattern) const {
    if (!pattern.network) return std::nullopt;
    const acl::Network& network = *pattern.network;
    for (const int prefix : group.prefixes[network.ipv6 ? 1 : 0]) {
      if (prefix > network.prefix) break;
      const auto key = network_key(network.ipv6, prefix, network.address & mask_of(network.ipv6, prefix));
      const auto found = group.networks.find(key);
      if (found == group.networks.end()) continue;
      if (const auto rule = judge(found->second, test, &pattern)) return rule;
    }
    return std::nullopt;
  }

  // Every part of the pattern that a pattern of `method` could cover it by.
  std::optional<std::uint32_t> in_texts(MatchMethod method, const Texts& texts, const Test& test,
                                        const Pattern& pattern) const {
    const std::string text = acl::folded(pattern.text);
    const auto look_up = [&](std::size_t at, std::size_t size) -> std::optional<std::uint32_t> {
      const auto found = texts.by_text.find(text.substr(at, size));
      return found == texts.by_text.end() ? std::nullopt : judge(found->second, test, &pattern);
    };
    if (method != MatchMethod::beg && method != MatchMethod::end && method != MatchMethod::dom &&
        method != MatchMethod::dir)
      return look_up(0, text.size());
    for (const std::size_t size : texts.lengths) {
      if (size > text.size()) break;
      const std::size_t rest = text.size() - size;
      const bool anywhere = method == MatchMethod::dom || method == MatchMethod::dir;
      const std::size_t from = method == MatchMethod::end ? rest : 0;
      for (std::size_t at = from; at <= (anywhere ? rest : from); ++at)
        if (const auto rule = look_up(at, size)) return rule;
    }
    return std::nullopt;
  }

  std::optional<std::uint32_t> judge(const Entries& candidates, const Test& test,
                                     const Pattern* pattern) const {
    for (std::size_t at = 0; at < std::min(candidates.size(), most_candidates); ++at) {
      const Entry& entry = index_.entries_[candidates[at]];
      const auto holds = [&](const Term& outer) { return implied(outer) || narrowed(outer, test, pattern); };
      if (std::ranges::all_of(*entry.all, holds)) return entry.rule;
    }
    return std::nullopt;
  }

  bool implied(const Term& outer) const {
    return std::ranges::any_of(all_, [&](const Term& inner) { return implies(inner, outer); });
  }

  static bool narrowed(const Term& outer, const Test& test, const Pattern* pattern) {
    if (outer.negated || outer.acl == nullptr) return false;
    return std::ranges::any_of(outer.acl->tests, [&](const Test& wide) {
      if (pattern == nullptr) return covers(wide, test);
      if (!wide.exact || wide.sample.key != test.sample.key || !is_steady(test.sample)) return false;
      if (wide.method == MatchMethod::found) return true;
      if ((wide.method == MatchMethod::len) != (test.method == MatchMethod::len)) return false;
      return std::ranges::any_of(wide.patterns, [&](const Pattern& each) {
        return covers(PatternOf{wide, each}, PatternOf{test, *pattern});
      });
    });
  }

  const CoverIndex& index_;
  const Conjunction& all_;
};

std::optional<std::uint32_t> CoverIndex::find(const Conjunction& all) const {
  Search search(*this, all);
  for (const Term& term : all)
    if (const auto rule = search.cover_term(term)) return rule;
  return std::nullopt;
}

}  // namespace shunt::analysis::model
