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

enum class LogFlag : std::uint8_t {
  quote = 1,
  hex = 2,
  mandatory = 4,
  escape_brackets = 8,
  json = 16,
  cbor = 32,
  binary = 64
};

// What an encoded item is to be written as; `natural`: what the value is.
enum class LogType : std::uint8_t { natural, str, sint, boolean };

struct LogFormat {
  struct Item {
    enum class Kind : std::uint8_t { text, alias, expression } kind = Kind::text;
    std::uint8_t flags = 0;  // LogFlag bits
    LogType type = LogType::natural;
    std::uint16_t alias = 0;  // index of the alias row
    ExpressionId expression = 0;
    std::string text = {};  // the name of an encoded item
  };
  std::vector<Item> items;
  // A line of a log: what has no value is "-", control bytes become #XX. Otherwise (a computed name,
  // set-var-fmt) the bytes are taken as they are and what has no value adds nothing. Set by the place the
  // format was compiled for.
  bool line = true;
  // Spaces separate: several count as one, those at the beginning as none. So it is in lines and in IDs.
  bool merges_spaces = false;
  // Something in it is known at the end of the session only. Without that a line is written when the server
  // is connected.
  bool at_end = false;
  // `%{+json}o`, `%{+cbor}o`: the line is one object of the named items and nothing else. LogFlag bits.
  std::uint8_t encoding = 0;
};

// Compiles into expressions of `pool`. nullopt: faults were reported.
[[nodiscard]] std::optional<LogFormat> compile_log_format(const parser::LogFormatTree& tree, Place place,
                                                          ExpressionPool& pool, parser::DiagnosticSink& sink);

// Appends the formatted line to `out` (context.log must be set when aliases are used). Control bytes from
// peers become #XX.
void write(const LogFormat& format, const ExpressionPool& pool, Context& context, std::string& out);

}  // namespace shunt::fetchers
