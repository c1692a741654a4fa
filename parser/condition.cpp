// Conditions: words become letters of the condition grammar, whose actions look at the words again.
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "parser/codes.hpp"
#include "parser/condition_tree.hpp"
#include "parser/dump_text.hpp"
#include "parser/grammar/condition.hpp"

namespace shunt::parser {
namespace {

namespace pegtl = tao::pegtl;
namespace rule = grammar::condition;

std::size_t bangs(std::string_view text) { return std::min(text.find_first_not_of('!'), text.size()); }

bool is_or(std::string_view text) {
  return text == "||" || (text.size() == 2 && (text[0] | 0x20) == 'o' && (text[1] | 0x20) == 'r');
}

char letter(const Word& word) {
  const std::size_t marks = bangs(word.value);
  const std::string_view rest = word.value.substr(marks);
  if (rest.empty()) return '!';
  if (is_or(rest)) return '|';
  if (rest == "{") return marks == 0 ? '{' : '(';
  return rest == "}" && marks == 0 ? '}' : 'a';
}

// Thrown by the grammar, caught in parse_condition only.
struct OpenBrace {
  std::size_t at;
};

struct ConditionState {
  std::span<const Word> words;
  const char* base;
  ConditionTree tree = {};
  std::size_t negations = 0;
  std::size_t term_begin = 0;
  std::size_t brace = 0;
  bool in_term = false;
  bool next_alternative = true;
  DiagnosticSink* sink = nullptr;
  bool sound = true;

  [[nodiscard]] std::size_t index(const char* at) const { return static_cast<std::size_t>(at - base); }

  void begin_term(std::size_t at) {
    if (!in_term) term_begin = at;
    in_term = true;
    negations += bangs(words[at].value);
  }

  // An alternative without terms leaves nothing behind.
  void add(ConditionTerm term, std::size_t last) {
    if (next_alternative) tree.alternatives.emplace_back();
    next_alternative = false;
    term.negated = negations % 2 != 0;
    term.span = cover(words[term_begin].span, words[last].span);
    tree.alternatives.back().push_back(std::move(term));
    forget_negations();
  }

  void forget_negations() {
    negations = 0;
    in_term = false;
  }
};

template <class Rule>
struct control : pegtl::normal<Rule> {
  template <class Input, class... States>
  [[noreturn]] static void raise(const Input&, const ConditionState& state, States&&...) {
    throw OpenBrace{state.brace};
  }
};

template <class Rule>
struct action {};

template <>
struct action<rule::negation> {
  template <class Input>
  static void apply(const Input& in, ConditionState& state) {
    state.begin_term(state.index(in.begin()));
  }
};

template <>
struct action<rule::alternative> {
  static void apply0(ConditionState& state) {
    state.forget_negations();
    state.next_alternative = true;
  }
};

template <>
struct action<rule::named> {
  template <class Input>
  static void apply(const Input& in, ConditionState& state) {
    const std::size_t at = state.index(in.begin());
    state.begin_term(at);
    const std::string_view text = state.words[at].value;
    state.add({.name = std::string(text.substr(bangs(text)))}, at);
  }
};

template <>
struct action<rule::brace_open> {
  template <class Input>
  static void apply(const Input& in, ConditionState& state) {
    state.brace = state.index(in.begin());
    state.begin_term(state.brace);
  }
};

template <>
struct action<rule::anonymous_words> {
  template <class Input>
  static void apply(const Input& in, ConditionState& state) {
    const auto inner = state.words.subspan(state.index(in.begin()), in.size());
    const std::size_t close = state.index(in.end());
    if (close == state.words.size()) return;  // the missing brace is reported
    if (inner.empty()) {
      state.sink->report(codes::empty_anonymous_acl,
                         cover(state.words[state.brace].span, state.words[close].span),
                         "missing fetch method between '{' and '}'");
      state.sound = false;
    }
    state.add({.anonymous = {inner.begin(), inner.end()}}, close);
  }
};

bool read_terms(ConditionState& state, const std::string& letters, DiagnosticSink& sink) {
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf, const char*> in(
      letters.data(), letters.data() + letters.size(), "");
  try {
    return pegtl::parse<rule::condition, action, control>(in, state) && state.sound;
  } catch (const OpenBrace& open) {
    Diagnostic& made = sink.report(codes::unterminated_anonymous_acl, state.words[open.at].span,
                                   "missing closing '}' in condition");
    const Word& last = state.words.back();
    if (last.value.size() > 1 && last.value.back() == '}')
      made.notes.push_back({"this '}' is part of a word; separate it by a blank",
                            last.slice(last.value.size() - 1, last.value.size())});
  }
  return false;
}

}  // namespace

std::optional<ConditionTree> parse_condition(std::span<const Word> words, DiagnosticSink& sink) {
  const bool negative = !words.empty() && words.front() == "unless";
  if (words.empty() || (!negative && !(words.front() == "if"))) {
    sink.report(codes::missing_condition_keyword, words.empty() ? Span{} : words.front().span,
                words.empty() ? std::string("expected 'if' or 'unless'")
                              : fmt::format("expected 'if' or 'unless', found '{}'", words.front().value));
    return std::nullopt;
  }
  const auto terms = words.subspan(1);
  std::string letters;
  for (const Word& word : terms) letters += letter(word);
  ConditionState state{.words = terms, .base = letters.data(), .sink = &sink};
  state.tree.unless = negative;
  state.tree.span = cover(words.front().span, words.back().span);
  if (!read_terms(state, letters, sink)) return std::nullopt;
  return std::move(state.tree);
}

namespace {

std::string dump(const ConditionTerm& term) {
  std::string text = term.negated ? "!" : "";
  if (term.anonymous.empty()) return text + quote_text(term.name);
  text += "{";
  for (const Word& word : term.anonymous) text += ' ' + quote_text(word.value);
  return text + " }";
}

}  // namespace

std::string dump(const ConditionTree& tree) {
  std::string text = tree.unless ? "unless" : "if";
  for (std::size_t i = 0; i < tree.alternatives.size(); ++i) {
    if (i != 0) text += " or";
    for (const ConditionTerm& term : tree.alternatives[i]) text += ' ' + dump(term);
  }
  return text;
}

}  // namespace shunt::parser
