// Sample expressions as written: `fetch(arg,arg),converter(arg),...` inside one word.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parser/diagnostic.hpp"
#include "parser/syntax.hpp"

namespace shunt::parser {

// One argument after the second level of quoting is resolved; may be empty ("concat(x,,y)").
struct Argument {
  std::string value;
  Span span = {};
};

// `name` or `name(args)`; `name()` has no arguments, but says that it could have had.
struct Call {
  std::string name;
  Span name_span = {};
  std::vector<Argument> arguments = {};
  Span span = {};
  bool parenthesised = false;
};

struct ExpressionTree {
  Call fetch;
  std::vector<Call> converters = {};
  Span span = {};
};

// Parses the bytes [begin, end) of the word (the whole word by default). nullopt: faults were reported.
[[nodiscard]] std::optional<ExpressionTree> parse_expression(const Word& word, DiagnosticSink& sink,
                                                             std::size_t begin = 0,
                                                             std::size_t end = std::string_view::npos);

[[nodiscard]] std::string dump(const ExpressionTree& tree);

}  // namespace shunt::parser
