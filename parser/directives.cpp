// Conditional blocks as a stack; messages as findings.
#include "parser/directives.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "parser/codes.hpp"
#include "parser/suggest.hpp"

namespace shunt::parser {
namespace {

struct Message {
  std::string_view name;
  Severity severity;
};
constexpr Message messages[] = {{".diag", Severity::notice},
                                {".notice", Severity::notice},
                                {".warning", Severity::warning},
                                {".alert", Severity::error}};
constexpr std::string_view names[] = {".if",   ".elif",   ".else",    ".endif",
                                      ".diag", ".notice", ".warning", ".alert"};

// The text of a condition: the words with the blanks that stood between them. `places` says for each byte
// which word it came from (blanks: the next one).
struct Joined {
  struct Place {
    std::size_t word = 0;
    std::size_t offset = 0;
  };
  std::string text;
  std::vector<Place> places;

  void add(std::string_view bytes, std::size_t word, bool blank) {
    for (std::size_t i = 0; i < bytes.size(); ++i) places.push_back({word, blank ? 0 : i});
    text += bytes;
  }
};

Joined join(std::span<const Word> words, const SourceSet& sources) {
  Joined joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Span gap{words[i].span.file, i == 0 ? words[i].span.begin : words[i - 1].span.end,
                   words[i].span.begin};
    joined.add(sources.text(gap), i, true);
    joined.add(words[i].value, i, false);
  }
  return joined;
}

}  // namespace

void Directives::read(std::span<const Word> words, const Environment& environment) {
  const Word& name = words.front();
  if (name == ".if") return open(words, environment);
  if (name == ".elif") return else_if(words, environment);
  if (name == ".else") return otherwise(words);
  if (name == ".endif") return close(words);
  if (!skipping()) speak(words);
}

void Directives::open(std::span<const Word> words, const Environment& environment) {
  State state = State::done;
  if (!skipping()) state = state_for(evaluate(words, environment));
  blocks_.push_back({state, false, words.front().span});
}

void Directives::else_if(std::span<const Word> words, const Environment& environment) {
  if (!in_block(words.front())) return;
  Block& block = blocks_.back();
  if (block.has_else) {
    sink_.report(codes::misplaced_directive, words.front().span, "'.elif' after '.else' is not permitted.");
    return;
  }
  if (block.state == State::taken)
    block.state = State::done;
  else if (block.state == State::waiting)
    block.state = state_for(evaluate(words, environment));
}

void Directives::otherwise(std::span<const Word> words) {
  if (!in_block(words.front())) return;
  no_argument(words, 1);
  Block& block = blocks_.back();
  if (block.has_else) {
    sink_.report(codes::misplaced_directive, words.front().span, "'.else' after '.else' is not permitted.");
    return;
  }
  block.has_else = true;
  block.state = block.state == State::waiting ? State::taken : State::done;
}

void Directives::close(std::span<const Word> words) {
  if (!in_block(words.front())) return;
  no_argument(words, 1);
  blocks_.pop_back();
}

void Directives::speak(std::span<const Word> words) {
  const Word& name = words.front();
  const auto row = std::ranges::find(messages, name.value, &Message::name);
  if (row == std::end(messages)) {
    auto& found =
        sink_.report(codes::unknown_directive, name.span, fmt::format("unknown directive '{}'.", name.value));
    if (const auto near = nearest(name.value, names))
      found.notes.push_back({.message = fmt::format("did you mean '{}'?", *near)});
    return;
  }
  if (!no_argument(words, 2)) return;
  if (row->name == ".diag" && !facts_.diagnostics) return;
  sink_.report(row->severity, codes::message_of_file, words.size() > 1 ? words[1].span : name.span,
               fmt::format("'{}'.", words.size() > 1 ? words[1].value : ""));
}

// A condition that can't be read decides for none of the alternatives.
Directives::State Directives::state_for(std::optional<bool> value) {
  if (!value) return State::done;
  return *value ? State::taken : State::waiting;
}

std::optional<bool> Directives::evaluate(std::span<const Word> words, const Environment& environment) {
  const auto given = words.subspan(1);
  const Joined joined = join(given, sources_);
  const auto value = evaluate_condition(joined.text, facts_, environment);
  if (value) return value.assume_value();
  const ConditionFault& fault = value.assume_error();
  Span span = words.back().span;
  if (fault.at < joined.places.size()) {
    const auto [word, offset] = joined.places[fault.at];
    span = given[word].slice(offset, given[word].value.size());
  }
  sink_.report(
      codes::bad_condition, span,
      fmt::format("unparsable conditional expression in '{}': {}.", words.front().value, fault.message));
  return std::nullopt;
}

bool Directives::in_block(const Word& word) {
  if (!blocks_.empty()) return true;
  sink_.report(codes::misplaced_directive, word.span,
               fmt::format("lone '{}' with no matching '.if'.", word.value));
  return false;
}

bool Directives::no_argument(std::span<const Word> words, std::size_t allowed) {
  if (words.size() <= allowed) return true;
  sink_.report(codes::unexpected_word, words[allowed].span,
               fmt::format("unexpected argument '{}' for '{}'{}.", words[allowed].value, words[0].value,
                           allowed > 1 ? "; use quotes if the message should contain spaces" : ""));
  return false;
}

void Directives::finish(Span at) {
  if (blocks_.empty()) return;
  auto& found = sink_.report(codes::unclosed_block, at, "non-terminated '.if' block.");
  found.notes.push_back({.message = "opened here", .span = blocks_.back().opened});
  blocks_.clear();
}

}  // namespace shunt::parser
