// Expressions inside something larger, such as a log format: the reader says where the expression ended.
#pragma once
#include <optional>

#include "parser/expression_tree.hpp"

namespace shunt::parser {

struct ExpressionPrefix {
  ExpressionTree tree;
  std::size_t stop = 0;  // offset in the word's value of the first byte behind the expression
};

[[nodiscard]] std::optional<ExpressionPrefix> parse_expression_prefix(const Word& word, std::size_t begin,
                                                                      std::size_t end, DiagnosticSink& sink);

}  // namespace shunt::parser
