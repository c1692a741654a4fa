// How far an expression goes along a line, and the tree of all its words.
#include "graph/read/expression_words.hpp"

#include <algorithm>
#include <iterator>

#include "fetchers/rows.hpp"

namespace shunt::graph {
namespace {

using parser::Word;

bool begins_with_converter(const Word& word) {
  const std::string_view name = word.value.substr(0, word.value.find_first_of("(,"));
  return fetchers::find_converter(name) != nullptr;
}

// The word without the commas at its end, which the next word makes needless.
std::size_t end_of(const Word& word) {
  const std::size_t last = word.value.find_last_not_of(',');
  return last == std::string_view::npos ? word.value.size() : last + 1;
}

}  // namespace

std::size_t expression_size(std::span<const Word> words) {
  if (words.empty()) return 0;
  const auto end = std::find_if_not(words.begin() + 1, words.end(), begins_with_converter);
  return static_cast<std::size_t>(end - words.begin());
}

std::optional<parser::ExpressionTree> parse_expression_words(std::span<const Word> words,
                                                             parser::DiagnosticSink& sink) {
  auto tree = parser::parse_expression(words[0], sink, 0, end_of(words[0]));
  for (const Word& word : words.subspan(1)) {
    auto more = parser::parse_expression(word, sink, 0, end_of(word));
    if (!tree || !more) return std::nullopt;
    tree->converters.push_back(std::move(more->fetch));
    std::ranges::move(more->converters, std::back_inserter(tree->converters));
    tree->span = parser::cover(tree->span, more->span);
  }
  return tree;
}

}  // namespace shunt::graph
