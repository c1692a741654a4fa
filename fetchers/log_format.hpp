// Compiled log formats: literal text, aliases of the log record and sample expressions, written into one
// line.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fetchers/expression.hpp"
#include "fetchers/log_record.hpp"
#include "parser/log_format_tree.hpp"

namespace shunt::fetchers {

// The format that `option tcplog` stands for.
inline constexpr std::string_view tcplog_format =
    "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq";

enum class LogFlag : std::uint8_t { quote = 1, hex = 2, mandatory = 4, escape_brackets = 8 };

struct LogFormat {
  struct Item {
    enum class Kind : std::uint8_t { text, alias, expression } kind = Kind::text;
    std::uint8_t flags = 0;   // LogFlag bits
    std::uint16_t alias = 0;  // index of the alias row
    ExpressionId expression = 0;
    std::string text = {};
  };
  std::vector<Item> items;
  // A line of a log: what has no value is "-", control bytes become #XX. Otherwise (a computed name,
  // set-var-fmt) the bytes are taken as they are and what has no value adds nothing. Set by the place the
  // format was compiled for.
  bool line = true;
};

// Compiles into expressions of `pool`. nullopt: faults were reported.
[[nodiscard]] std::optional<LogFormat> compile_log_format(const parser::LogFormatTree& tree, Place place,
                                                          ExpressionPool& pool, parser::DiagnosticSink& sink);

// Appends the formatted line to `out` (context.log must be set when aliases are used). Control bytes from
// peers become #XX.
void write(const LogFormat& format, const ExpressionPool& pool, Context& context, std::string& out);

}  // namespace shunt::fetchers
