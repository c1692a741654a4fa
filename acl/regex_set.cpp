// Sets of regular expressions: only those are run whose required literal occurs in the text.
#include <algorithm>
#include <bit>
#include <utility>

#include "acl/regex_literal.hpp"
#include "acl/set_kinds.hpp"
#include "acl/substring_automaton.hpp"

namespace shunt::acl {
namespace {

using fetchers::Sample;

// Numbers below a limit, in one pass from the lowest to the highest. Grows with the largest set that a thread
// meets, then it allocates no more.
class NumberSieve {
 public:
  void mark(std::uint32_t number) {
    const std::size_t at = number / 64;
    if (at >= words_.size()) words_.resize(std::bit_ceil(at + 1));
    words_[at] |= std::uint64_t{1} << (number % 64);
    end_ = std::max(end_, at + 1);
  }
  // The lowest marked number from `from` on, or `limit`.
  [[nodiscard]] std::uint32_t next(std::uint32_t from, std::uint32_t limit) const {
    for (std::size_t at = from / 64; at < end_; ++at) {
      std::uint64_t word = words_[at];
      if (at == from / 64) word &= ~std::uint64_t{0} << (from % 64);
      if (word != 0)
        return std::min(
            limit, static_cast<std::uint32_t>(at * 64) + static_cast<std::uint32_t>(std::countr_zero(word)));
    }
    return limit;
  }
  void clear() {
    std::fill_n(words_.begin(), end_, 0);
    end_ = 0;
  }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t end_ = 0;  // words behind it are zero
};

// Which expressions to ask, by what they need to find.
class Prefilter {
 public:
  explicit Prefilter(const std::vector<PatternText>& patterns) {
    std::vector<std::string> literals(patterns.size());
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      literals[i] = required_literal(patterns[i].text);
      (literals[i].size() < shortest ? always_ : filtered_).push_back(static_cast<std::uint32_t>(i));
    }
    group(literals);
  }

  // One literal is no more work to look for than one expression is to run.
  [[nodiscard]] bool worthwhile() const { return filtered_.size() > 1; }
  [[nodiscard]] const std::vector<std::uint32_t>& always() const { return always_; }
  [[nodiscard]] std::size_t bytes() const { return literals_.bytes() + users_.size() * sizeof(users_[0]); }

  void mark(std::string_view text, NumberSieve& sieve) const {
    literals_.visit(text, [&](std::uint32_t literal) {
      for (std::uint32_t i = first_user_[literal]; i < first_user_[literal + 1]; ++i) sieve.mark(users_[i]);
    });
  }

 private:
  static constexpr std::size_t shortest = 2;

  // Expressions that need the same literal stand together.
  void group(const std::vector<std::string>& literals) {
    users_ = filtered_;
    std::ranges::sort(users_, {}, [&](std::uint32_t i) -> const std::string& { return literals[i]; });
    std::vector<std::string> needles;
    for (std::size_t i = 0; i < users_.size(); ++i) {
      if (!needles.empty() && needles.back() == literals[users_[i]]) continue;
      needles.push_back(literals[users_[i]]);
      first_user_.push_back(static_cast<std::uint32_t>(i));
    }
    first_user_.push_back(static_cast<std::uint32_t>(users_.size()));
    literals_ = SubstringAutomaton(needles, true, SubstringAutomaton::Answer::all);
  }

  std::vector<std::uint32_t> always_;    // no literal is known
  std::vector<std::uint32_t> filtered_;  // the others
  std::vector<std::uint32_t> users_, first_user_;
  SubstringAutomaton literals_;
};

class RegexSet final : public PatternSet {
 public:
  RegexSet(PatternOptions options, ReadPatterns<Regex> patterns)
      : PatternSet(options, std::move(patterns.entries)),
        regexes_(std::move(patterns.values)),
        prefilter_(entries()),
        filtered_(options.index && prefilter_.worthwhile()) {}

  [[nodiscard]] std::uint32_t match(const Sample& sample) const override {
    return filtered_ ? match_marked(sample.text) : match_all(sample.text);
  }
  [[nodiscard]] const Regex* regex(std::uint32_t entry) const override { return &regexes_[entry]; }
  [[nodiscard]] std::size_t index_bytes() const override { return prefilter_.bytes(); }

 private:
  [[nodiscard]] std::uint32_t match_all(std::string_view text) const {
    for (std::uint32_t i = 0; i < regexes_.size(); ++i)
      if (regexes_[i].matches(text)) return i;
    return no_entry;
  }

  [[nodiscard]] std::uint32_t match_marked(std::string_view text) const {
    thread_local NumberSieve sieve;
    prefilter_.mark(text, sieve);
    for (const std::uint32_t i : prefilter_.always()) sieve.mark(i);
    const auto size = static_cast<std::uint32_t>(regexes_.size());
    std::uint32_t at = sieve.next(0, size);
    while (at < size && !regexes_[at].matches(text)) at = sieve.next(at + 1, size);
    sieve.clear();
    return at < size ? at : no_entry;
  }

  std::vector<Regex> regexes_;
  Prefilter prefilter_;
  bool filtered_;
};

}  // namespace

SetPointer make_regex_set(PatternOptions options, ReadPatterns<Regex> patterns) {
  return std::make_shared<RegexSet>(options, std::move(patterns));
}

}  // namespace shunt::acl
