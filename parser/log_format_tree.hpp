// Log formats as written: literal text, `%alias`, `%{flags}alias`, `%[expression]`.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "parser/diagnostic.hpp"
#include "parser/expression_tree.hpp"
#include "parser/syntax.hpp"

namespace shunt::parser {

struct LogFormatItem {
  enum class Kind { text, alias, expression } kind = Kind::text;
  std::string text = {};       // literal bytes, or the alias name ("ci")
  std::string flags = {};      // inside `%{...}`, as written ("+Q,-E")
  std::string item_name = {};  // 3.x `%(name:type)...`
  ExpressionTree expression = {};
  Span span = {};
};

struct LogFormatTree {
  std::vector<LogFormatItem> items = {};
  Span span = {};
};

[[nodiscard]] std::optional<LogFormatTree> parse_log_format(const Word& word, DiagnosticSink& sink);

[[nodiscard]] std::string dump(const LogFormatTree& tree);

}  // namespace shunt::parser
