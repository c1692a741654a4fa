// Reads the patterns of a set by its method and builds the set of the right kind.
#include "acl/pattern_set.hpp"

#include <fmt/core.h>

#include <utility>

#include "acl/codes.hpp"
#include "acl/fold.hpp"
#include "acl/set_kinds.hpp"
#include "acl/text_match.hpp"
#include "parser/ascii.hpp"

namespace shunt::acl {
namespace {

using Texts = std::vector<PatternText>;

// Faults go to the sink; the patterns without fault are returned in their order.
template <class Value, class Read>
ReadPatterns<Value> read_all(Texts texts, const parser::Code& code, parser::DiagnosticSink& sink,
                             const Read& read) {
  ReadPatterns<Value> result;
  result.values.reserve(texts.size());
  std::size_t kept = 0;
  for (PatternText& text : texts) {
    Result<Value, PatternError> value = read(std::string_view(text.text));
    if (!value) {
      sink.report(code, text.span,
                  text.line == 0 ? value.error().message
                                 : fmt::format("{} at line {}", value.error().message, text.line));
      continue;
    }
    result.values.push_back(std::move(value).value());
    if (&texts[kept] != &text) texts[kept] = std::move(text);
    ++kept;
  }
  texts.resize(kept);
  result.entries = std::move(texts);
  return result;
}

SetPointer numbers(PatternOptions options, Texts texts, parser::DiagnosticSink& sink) {
  const NumberForm form = options.dotted ? NumberForm::dotted : NumberForm::plain;
  return make_number_set(options, read_all<NumberRange>(std::move(texts), codes::invalid_number_pattern, sink,
                                                        [&](std::string_view text) {
                                                          return parse_number_pattern(text, form);
                                                        }));
}

Result<Network, PatternError> read_network(std::string_view text, bool resolve) {
  if (const auto network = parse_network(text, resolve)) return *network;
  return PatternError{fmt::format("'{}' is not a valid IPv4 or IPv6 address or network", text)};
}

SetPointer addresses(PatternOptions options, Texts texts, parser::DiagnosticSink& sink) {
  return make_address_set(options, read_all<Network>(std::move(texts), codes::invalid_address_pattern, sink,
                                                     [&](std::string_view text) {
                                                       return read_network(text, !options.no_resolve);
                                                     }));
}

Result<std::string, PatternError> read_hex(std::string_view text) {
  if (text.size() % 2 != 0)
    return PatternError{fmt::format("an even number of hex digits is expected in '{}'", text)};
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = parser::ascii::hex_value(text[i]), low = parser::ascii::hex_value(text[i + 1]);
    if (high < 0 || low < 0)
      return PatternError{
          fmt::format("a hex digit is expected in '{}', found '{}'", text, text[high < 0 ? i : i + 1])};
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

Result<std::string, PatternError> read_text(const PatternOptions& options, std::string_view text) {
  const std::string_view trimmed = trim_pattern(options.method, text);
  return options.ignore_case ? folded(trimmed) : std::string(trimmed);
}

SetPointer texts_of(PatternOptions options, Texts texts, parser::DiagnosticSink& sink) {
  const auto read = [&](std::string_view text) { return read_text(options, text); };
  return make_text_set(options,
                       read_all<std::string>(std::move(texts), codes::invalid_hex_pattern, sink, read));
}

// -i has no meaning for bytes [seen].
SetPointer bytes_of(PatternOptions options, Texts texts, parser::DiagnosticSink& sink) {
  options.ignore_case = false;
  return make_text_set(options,
                       read_all<std::string>(std::move(texts), codes::invalid_hex_pattern, sink, read_hex));
}

Result<Regex, PatternError> read_regex(std::string_view text, bool ignore_case) {
  auto regex = Regex::compile(text, ignore_case);
  if (!regex)
    return PatternError{fmt::format("regex '{}' is invalid (error={})", text, regex.error().message)};
  return regex;
}

SetPointer regexes(PatternOptions options, Texts texts, parser::DiagnosticSink& sink) {
  return make_regex_set(
      options, read_all<Regex>(std::move(texts), codes::invalid_regex_pattern, sink,
                               [&](std::string_view text) { return read_regex(text, options.ignore_case); }));
}

}  // namespace

std::shared_ptr<const PatternSet> PatternSet::build(PatternOptions options, std::vector<PatternText> patterns,
                                                    parser::DiagnosticSink& sink) {
  switch (options.method) {
    case MatchMethod::found:
    case MatchMethod::boolean: return make_truth_set(options, std::move(patterns));
    case MatchMethod::integer:
    case MatchMethod::len: return numbers(options, std::move(patterns), sink);
    case MatchMethod::ip: return addresses(options, std::move(patterns), sink);
    case MatchMethod::bin: return bytes_of(options, std::move(patterns), sink);
    case MatchMethod::reg: return regexes(options, std::move(patterns), sink);
    default: return texts_of(options, std::move(patterns), sink);
  }
}

}  // namespace shunt::acl
