// Sets of texts: exact, prefix, suffix, labels and substrings, each as an index or as a plain list.
#include <algorithm>
#include <array>
#include <utility>

#include "acl/fold.hpp"
#include "acl/set_kinds.hpp"
#include "acl/substring_automaton.hpp"
#include "acl/text_match.hpp"
#include "acl/text_table.hpp"

namespace shunt::acl {
namespace {

using fetchers::Sample;
using Texts = ReadPatterns<std::string>;

std::uint32_t earlier(std::uint32_t a, std::uint32_t b) {
  return std::min(a, b);
}  // no_entry is the greatest number

// HAProxy answers a case-sensitive `beg` from a tree, all other inexact methods from a list [seen].
bool longest_wins(const PatternOptions& options) {
  return options.method == MatchMethod::beg && !options.ignore_case && !options.by_order;
}

// Compares one by one.
class ListSet final : public PatternSet {
 public:
  ListSet(PatternOptions options, Texts patterns)
      : PatternSet(options, std::move(patterns.entries)), texts_(std::move(patterns.values)) {}

  [[nodiscard]] std::uint32_t match(const Sample& sample) const override {
    const std::string_view text = visible_text(options(), sample.text);
    std::uint32_t best = no_entry;
    for (std::uint32_t i = 0; i < texts_.size(); ++i) {
      if (!text_matches(options().method, text, texts_[i], options().ignore_case)) continue;
      if (!longest_wins(options())) return i;
      if (best == no_entry || texts_[i].size() > texts_[best].size()) best = i;
    }
    return best;
  }

 private:
  std::vector<std::string> texts_;
};

class ExactSet final : public PatternSet {
 public:
  ExactSet(PatternOptions options, Texts patterns)
      : PatternSet(options, std::move(patterns.entries)),
        table_(patterns.values.size(), options.ignore_case) {
    for (std::uint32_t i = 0; i < patterns.values.size(); ++i)
      table_.insert(hash_text<false>(patterns.values[i]), patterns.values[i], i);
  }

  [[nodiscard]] std::uint32_t match(const Sample& sample) const override {
    const std::string_view text = visible_text(options(), sample.text);
    return table_.find(hash_text(text, options().ignore_case), text);
  }
  [[nodiscard]] std::size_t index_bytes() const override { return table_.bytes(); }

 private:
  TextTable table_;
};

// What the methods that look at parts of a text have in common: which lengths occur, and a table of the
// texts.
class PartTable {
 public:
  PartTable(const std::vector<std::string>& texts, bool ignore_case, bool reversed)
      : table_(texts.size(), ignore_case), ignore_case_(ignore_case) {
    std::size_t longest = 0;
    for (const std::string& text : texts) longest = std::max(longest, text.size());
    occurs_.resize(longest + 1);
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      occurs_[texts[i].size()] = true;
      RollingHash hash;
      if (reversed) {
        std::for_each(texts[i].rbegin(), texts[i].rend(), [&](char c) { hash.add(c); });
      } else {
        std::for_each(texts[i].begin(), texts[i].end(), [&](char c) { hash.add(c); });
      }
      table_.insert(hash.value(), texts[i], i);
    }
  }

  [[nodiscard]] std::size_t bytes() const { return table_.bytes(); }
  [[nodiscard]] std::size_t longest() const { return occurs_.size() - 1; }
  [[nodiscard]] bool occurs(std::size_t size) const { return occurs_[size]; }
  template <class Hash>
  void add(Hash& hash, char c) const {
    hash.add(ignore_case_ ? fold(c) : c);
  }
  [[nodiscard]] std::uint32_t find(std::uint64_t value, std::string_view text) const {
    return table_.may_contain(value) ? table_.find(value, text) : PatternSet::no_entry;
  }

 private:
  TextTable table_;
  std::vector<bool> occurs_;
  bool ignore_case_;
};

// `beg` and `end`: one pass over the text's beginning (or, backwards, its end) asks for every length that
// occurs.
class AffixSet final : public PatternSet {
 public:
  AffixSet(PatternOptions options, Texts patterns)
      : PatternSet(options, std::move(patterns.entries)),
        parts_(patterns.values, options.ignore_case, options.method == MatchMethod::end) {}

  [[nodiscard]] std::uint32_t match(const Sample& sample) const override {
    const std::string_view text = sample.text;
    const bool reversed = options().method == MatchMethod::end;
    const std::size_t most = std::min(text.size(), parts_.longest());
    std::uint32_t best = no_entry;
    RollingHash hash;
    for (std::size_t size = 0;; ++size) {
      if (parts_.occurs(size))
        best = better(best, parts_.find(hash.value(),
                                        reversed ? text.substr(text.size() - size) : text.substr(0, size)));
      if (size == most) return best;
      parts_.add(hash, reversed ? text[text.size() - 1 - size] : text[size]);
    }
  }

  [[nodiscard]] std::size_t index_bytes() const override { return parts_.bytes(); }

 private:
  [[nodiscard]] std::uint32_t better(std::uint32_t old, std::uint32_t longer) const {
    return longest_wins(options()) && longer != no_entry ? longer : earlier(old, longer);
  }

  PartTable parts_;
};

// `dir` and `dom`: one pass over the text asks, at every place where a label ends, for each place where one
// began.
class LabelSet final : public PatternSet {
 public:
  LabelSet(PatternOptions options, Texts patterns)
      : PatternSet(options, std::move(patterns.entries)),
        parts_(patterns.values, options.ignore_case, false) {
    const auto empty =
        std::ranges::find_if(patterns.values, [](const std::string& text) { return text.empty(); });
    if (empty != patterns.values.end()) empty_ = static_cast<std::uint32_t>(empty - patterns.values.begin());
  }

  [[nodiscard]] std::uint32_t match(const Sample& sample) const override {
    const std::string_view text = sample.text;
    std::uint32_t best = text.empty() || delimiter(text.back()) ? empty_ : no_entry;
    Begins begins;
    PartHash hash;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const bool inside = !delimiter(text[at]);
      if (inside && (at == 0 || delimiter(text[at - 1]))) begins.add({at, hash.mark()});
      parts_.add(hash, text[at]);
      if (inside && (at + 1 == text.size() || delimiter(text[at + 1])))
        best = earlier(best, match_to(begins, hash, text.substr(0, at + 1)));
    }
    return best;
  }

  [[nodiscard]] std::size_t index_bytes() const override { return parts_.bytes(); }

 private:
  struct Begin {
    std::size_t at = 0;
    PartHash::Mark mark = {};
  };
  // The last places where a label began. A text with more labels than this is asked about its runs of up to
  // that many; longer ones are looked for from their beginning.
  struct Begins {
    static constexpr std::size_t most = 32;
    void add(const Begin& begin) { last[count++ % most] = begin; }
    std::array<Begin, most> last;
    std::size_t count = 0;
  };

  [[nodiscard]] bool delimiter(char c) const { return is_delimiter(options().method, c); }

  // Runs of labels that end where `text` does.
  [[nodiscard]] std::uint32_t match_to(const Begins& begins, const PartHash& hash,
                                       std::string_view text) const {
    std::uint32_t best = no_entry;
    const std::size_t known = std::min(begins.count, Begins::most);
    for (std::size_t i = 1; i <= known; ++i) {
      const Begin& begin = begins.last[(begins.count - i) % Begins::most];
      const std::size_t size = text.size() - begin.at;
      if (size > parts_.longest()) return best;
      if (parts_.occurs(size))
        best = earlier(best, parts_.find(hash.value_since(begin.mark), text.substr(begin.at)));
    }
    return begins.count > Begins::most ? earlier(best, match_long(begins, text)) : best;
  }

  // Runs of more labels than are remembered: hashed anew, which only patterns with so many labels pay for.
  [[nodiscard]] std::uint32_t match_long(const Begins& begins, std::string_view text) const {
    std::uint32_t best = no_entry;
    const std::size_t oldest = begins.last[begins.count % Begins::most].at;
    for (std::size_t at = text.size() - std::min(text.size(), parts_.longest()); at < oldest; ++at) {
      if (delimiter(text[at]) || (at > 0 && !delimiter(text[at - 1])) || !parts_.occurs(text.size() - at))
        continue;
      RollingHash hash;
      for (const char c : text.substr(at)) parts_.add(hash, c);
      best = earlier(best, parts_.find(hash.value(), text.substr(at)));
    }
    return best;
  }

  PartTable parts_;
  std::uint32_t empty_ = no_entry;
};

// `sub`: an empty pattern occurs in everything.
class SubstringSet final : public PatternSet {
 public:
  SubstringSet(PatternOptions options, Texts patterns)
      : PatternSet(options, std::move(patterns.entries)),
        automaton_(patterns.values, options.ignore_case, SubstringAutomaton::Answer::first) {}

  [[nodiscard]] std::uint32_t match(const Sample& sample) const override {
    return automaton_.find_first(sample.text);
  }
  [[nodiscard]] std::size_t index_bytes() const override { return automaton_.bytes(); }

 private:
  SubstringAutomaton automaton_;
};

}  // namespace

SetPointer make_text_set(PatternOptions options, ReadPatterns<std::string> patterns) {
  if (!options.index) return std::make_shared<ListSet>(options, std::move(patterns));
  switch (options.method) {
    case MatchMethod::beg:
    case MatchMethod::end: return std::make_shared<AffixSet>(options, std::move(patterns));
    case MatchMethod::dir:
    case MatchMethod::dom: return std::make_shared<LabelSet>(options, std::move(patterns));
    case MatchMethod::sub: return std::make_shared<SubstringSet>(options, std::move(patterns));
    default: return std::make_shared<ExactSet>(options, std::move(patterns));
  }
}

}  // namespace shunt::acl
