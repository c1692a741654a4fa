// Sample expressions that go on in the following words: "path lower upper" is path,lower,upper.
#pragma once
#include <optional>
#include <span>

#include "parser/expression_tree.hpp"

namespace shunt::graph {

// How many of the words the expression at the front takes: the first, and those after it that begin with the
// name of a converter. 0: there are no words.
[[nodiscard]] std::size_t expression_size(std::span<const parser::Word> words);

// Parses these words, all of them. nullopt: faults were reported.
[[nodiscard]] std::optional<parser::ExpressionTree> parse_expression_words(
    std::span<const parser::Word> words, parser::DiagnosticSink& sink);

}  // namespace shunt::graph
