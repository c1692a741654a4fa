// Looks up in ladders, and puts the patterns of many rules into few sets.
#include "acl/ladder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "acl/set_kinds.hpp"

namespace shunt::acl {
namespace {

// Patterns that one set can hold.
using Kind = std::tuple<MatchMethod, bool, bool>;

Kind kind_of(const PatternOptions& options) { return {options.method, options.ignore_case, options.dotted}; }

struct Collected {
  std::vector<const PatternSet*> sets;
  std::vector<std::uint32_t> rules;  // of each set
};

// Expressions are compiled already; compiling them again would take most of the time.
SetPointer combine_regexes(const PatternOptions& options, const std::vector<const PatternSet*>& sets) {
  ReadPatterns<Regex> patterns;
  for (const PatternSet* set : sets)
    for (std::uint32_t i = 0; i < set->entries().size(); ++i) {
      patterns.entries.push_back(set->entries()[i]);
      patterns.values.push_back(*set->regex(i));
    }
  return make_regex_set(options, std::move(patterns));
}

SetPointer combine(PatternOptions options, const std::vector<const PatternSet*>& sets) {
  options.by_order = true;
  options.no_resolve = true;
  options.index = true;
  if (options.method == MatchMethod::reg) return combine_regexes(options, sets);
  std::vector<PatternText> texts;
  for (const PatternSet* set : sets) texts.insert(texts.end(), set->entries().begin(), set->entries().end());
  parser::DiagnosticSink ignored;  // these were read without fault before
  return PatternSet::build(options, std::move(texts), ignored);
}

bool is_consecutive(const std::vector<std::uint32_t>& rules) {
  return std::ranges::adjacent_find(rules, [](std::uint32_t a, std::uint32_t b) { return b != a + 1; }) ==
         rules.end();
}

}  // namespace

RungIndex::RungIndex(std::span<const Rung> rungs) {
  std::map<Kind, Collected> kinds;
  for (const Rung& rung : rungs)
    for (const PatternSet* set : rung.sets) {
      Collected& collected = kinds[kind_of(set->options())];
      collected.sets.push_back(set);
      collected.rules.push_back(rung.rule);
    }
  for (const auto& [kind, collected] : kinds) {
    Part part{.set = combine(collected.sets[0]->options(), collected.sets), .first_rule = collected.rules[0]};
    for (std::size_t i = 0; i < collected.sets.size(); ++i)
      part.rules.insert(part.rules.end(), collected.sets[i]->entries().size(), collected.rules[i]);
    if (is_consecutive(part.rules)) part.rules = {};
    parts_.push_back(std::move(part));
  }
}

namespace {

bool is_text(MatchMethod method) {
  return method == MatchMethod::str || method == MatchMethod::beg || method == MatchMethod::end ||
         method == MatchMethod::sub || method == MatchMethod::dir || method == MatchMethod::dom;
}

// Whether a pattern of `outer` that matches the text of a pattern of `inner` matches all that this one does.
bool may_cover(const PatternOptions& outer, const PatternOptions& inner) {
  if (!is_text(outer.method) || !is_text(inner.method)) return false;
  if (inner.ignore_case && !outer.ignore_case) return false;
  return inner.method == MatchMethod::str || inner.method == outer.method;
}

}  // namespace

std::uint32_t RungIndex::find_covering(const PatternOptions& options, const std::string& pattern) const {
  fetchers::Sample sample;
  sample.set_string(pattern);
  std::uint32_t best = none;
  for (const Part& part : parts_) {
    if (!may_cover(part.set->options(), options)) continue;
    const std::uint32_t entry = part.set->match(sample);
    if (entry != PatternSet::no_entry) best = std::min(best, part.rule_of(entry));
  }
  return best;
}

std::size_t RungIndex::size() const {
  std::size_t count = 0;
  for (const Part& part : parts_) count += part.set->entries().size();
  return count;
}

Ladder::Ladder(LadderHead head, std::vector<Rung> rungs)
    : head_(std::move(head)), rungs_(std::move(rungs)), whole_(rungs_) {
  if (std::ranges::any_of(rungs_, &Rung::more)) {
    more_.resize(end() - first());
    for (const Rung& rung : rungs_) more_[rung.rule - first()] = rung.more;
  }
  const auto size = static_cast<std::ptrdiff_t>(rungs_.size());
  for (std::ptrdiff_t at = 0; size > block_size && at < size; at += block_size)
    blocks_.emplace_back(std::span(rungs_.begin() + at, rungs_.begin() + std::min(at + block_size, size)));
}

Ladder::Position Ladder::position(std::uint32_t rule) const {
  return std::ranges::lower_bound(rungs_, rule, {}, &Rung::rule);
}

std::uint32_t Ladder::find(const fetchers::Sample& value, std::uint32_t from) const {
  if (from <= first()) {
    const std::uint32_t rule = whole_.find(value);
    return rule == RungIndex::none ? end() : rule;
  }
  const auto matches = [&](const PatternSet* set) { return set->match(value) != PatternSet::no_entry; };
  Position at = position(from);
  for (; at != rungs_.end() && (blocks_.empty() || (at - rungs_.begin()) % block_size != 0); ++at)
    if (std::ranges::any_of(at->sets, matches)) return at->rule;
  if (at == rungs_.end()) return end();
  for (auto block = blocks_.begin() + (at - rungs_.begin()) / block_size; block != blocks_.end(); ++block)
    if (const std::uint32_t rule = block->find(value); rule != RungIndex::none) return rule;
  return end();
}

std::string Ladder::text(const fetchers::ExpressionPool& pool) const {
  return fmt::format("ladder {}..{} on {} with {} patterns{}", first(), end() - 1,
                     pool.text(head_.expression), whole_.size(),
                     head_.guards.empty() ? "" : fmt::format(" behind {} terms", head_.guards.size()));
}

}  // namespace shunt::acl
