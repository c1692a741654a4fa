// Compiles log formats into items with their final flags, and writes them.
#include "fetchers/log_format.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "fetchers/codes.hpp"
#include "fetchers/log_aliases.hpp"
#include "fetchers/log_encoding.hpp"
#include "parser/suggest.hpp"

namespace shunt::fetchers {
namespace {

using parser::LogFormatItem;

constexpr std::uint8_t bit(LogFlag flag) { return static_cast<std::uint8_t>(flag); }

constexpr std::uint8_t flag_of(char letter) {
  switch (letter) {
    case 'Q': return bit(LogFlag::quote);
    case 'X': return bit(LogFlag::hex);
    case 'M': return bit(LogFlag::mandatory);
    case 'E': return bit(LogFlag::escape_brackets);
    default: return 0;
  }
}

constexpr std::uint8_t encodings = bit(LogFlag::json) | bit(LogFlag::cbor);

struct FlagWord {
  std::string_view name;
  LogFlag flag;
};
constexpr std::array flag_words = {FlagWord{"json", LogFlag::json}, FlagWord{"cbor", LogFlag::cbor},
                                   FlagWord{"bin", LogFlag::binary}};

// The bits that a word without its sign stands for; unknown letters are passed over as HAProxy does.
std::uint8_t flags_of(std::string_view word) {
  const auto known = std::ranges::find(flag_words, word, &FlagWord::name);
  if (known != flag_words.end()) return bit(known->flag);
  std::uint8_t flags = 0;
  for (const char c : word) flags = static_cast<std::uint8_t>(flags | flag_of(c));
  return flags;
}

// "+Q,-E": what has no sign in front is passed over, too.
std::uint8_t apply_flags(std::string_view text, std::uint8_t flags) {
  while (!text.empty()) {
    const std::size_t sign = text.find_first_of("+-,");
    if (sign == std::string_view::npos) break;
    const char kind = text[sign];
    text.remove_prefix(sign + 1);
    if (kind == ',') continue;
    const std::uint8_t named = flags_of(text.substr(0, text.find_first_of("+-,")));
    flags = static_cast<std::uint8_t>(kind == '+' ? flags | named : flags & ~named);
  }
  return flags;
}

// "name:type" of an item; an unknown type is none.
LogType type_of(std::string_view name) {
  const std::size_t colon = name.find(':');
  const std::string_view type = colon == std::string_view::npos ? std::string_view() : name.substr(colon + 1);
  if (type == "str") return LogType::str;
  if (type == "sint") return LogType::sint;
  return type == "bool" ? LogType::boolean : LogType::natural;
}

class FormatCompiler {
 public:
  FormatCompiler(Place place, ExpressionPool& pool, parser::DiagnosticSink& sink)
      : place_(place), pool_(pool), sink_(sink) {
    format_.line = place == Place::fe_log_end;
    format_.merges_spaces = format_.line || place == Place::fe_http_request;
  }

  std::optional<LogFormat> run(const parser::LogFormatTree& tree) {
    bool ok = true;
    for (const LogFormatItem& item : tree.items) ok = add(item) && ok;
    return ok ? std::optional(std::move(format_)) : std::nullopt;
  }

 private:
  bool add(const LogFormatItem& item) {
    if (item.kind == LogFormatItem::Kind::text) return add_text(item.text);
    return item.kind == LogFormatItem::Kind::alias ? add_alias(item) : add_expression(item);
  }

  bool add_text(std::string_view text) {
    std::string merged;
    for (const char c : text)
      if (c != ' ' || !format_.merges_spaces || !merged.ends_with(' ')) merged += c;
    format_.items.push_back({.text = std::move(merged)});
    return true;
  }

  bool add_alias(const LogFormatItem& item) {
    if (item.text == "o") {
      flags_ = apply_flags(item.flags, flags_);  // writes nothing itself
      format_.encoding = static_cast<std::uint8_t>(flags_ & (encodings | bit(LogFlag::binary)));
      return true;
    }
    const LogAliasRow* row = find_log_alias(item.text);
    if (row == nullptr) return unknown(item);
    if (row->write == nullptr) {
      sink_.report(codes::unsupported_alias, item.span,
                   fmt::format("format variable '{}' is reserved for HTTP mode", item.text));
      return false;
    }
    format_.at_end = format_.at_end || row->at_end;
    format_.items.push_back({.kind = LogFormat::Item::Kind::alias,
                             .flags = apply_flags(item.flags, flags_),
                             .type = type_of(item.item_name),
                             .alias = static_cast<std::uint16_t>(row - log_aliases().data()),
                             .text = name_of(item)});
    return true;
  }

  bool unknown(const LogFormatItem& item) {
    auto& finding =
        sink_.report(codes::unknown_alias, item.span,
                     fmt::format("no such format variable '{}'. If you wanted to emit the '%' character "
                                 "verbatim, you need to use '%%'",
                                 item.text));
    std::vector<std::string_view> known;
    for (const LogAliasRow& row : log_aliases()) known.push_back(row.name);
    if (const auto close = parser::nearest(item.text, known))
      finding.notes.push_back({fmt::format("did you mean '%{}'?", *close)});
    return false;
  }

  bool add_expression(const LogFormatItem& item) {
    const auto id = pool_.compile(item.expression, place_, sink_, Misplaced::unreliable);
    if (!id) return false;
    format_.items.push_back({.kind = LogFormat::Item::Kind::expression,
                             .flags = apply_flags(item.flags, flags_),
                             .type = type_of(item.item_name),
                             .expression = *id,
                             .text = name_of(item)});
    return true;
  }

  static std::string name_of(const LogFormatItem& item) {
    return item.item_name.substr(0, item.item_name.find(':'));
  }

  Place place_;
  ExpressionPool& pool_;
  parser::DiagnosticSink& sink_;
  LogFormat format_;
  std::uint8_t flags_ = 0;
};

void write_expression(const LogFormat::Item& item, const ExpressionPool& pool, Context& context,
                      LogWriter& writer) {
  Sample sample;
  if (pool.evaluate(item.expression, context, SampleType::str, sample).found)
    writer.text(sample.text);
  else
    writer.nothing();
}

bool is_encoded(std::uint8_t flags) { return (flags & encodings) != 0; }

LogEncoder encoder_for(std::string& out, std::uint8_t flags) {
  if ((flags & bit(LogFlag::json)) != 0) return {out, LogEncoder::Form::json};
  return {out, (flags & bit(LogFlag::binary)) != 0 ? LogEncoder::Form::cbor : LogEncoder::Form::cbor_text};
}

LogValue value_of(const Sample& sample) {
  if (sample.type == SampleType::boolean) return {LogValue::Kind::boolean, sample.integer, {}};
  if (sample.type == SampleType::sint) return {LogValue::Kind::number, sample.integer, {}};
  return {LogValue::Kind::text, 0, sample.text};
}

// What an alias would print, kept in the scratch; `out` is left as it was.
LogValue alias_value(const LogFormat::Item& item, Context& context, std::string& out) {
  if (context.log == nullptr) return {};
  const std::size_t before = out.size();
  const auto hex = static_cast<std::uint8_t>(item.flags & bit(LogFlag::hex));
  LogWriter writer(out, hex, false);
  log_aliases()[item.alias].write(context, *context.log, writer);
  const std::string_view text = context.scratch->copy(std::string_view(out).substr(before));
  out.resize(before);
  if (writer.kind() == LogWriter::Kind::nothing || text.empty()) return {};
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = writer.kind() == LogWriter::Kind::number && text.front() != '+';
  return {is_number ? LogValue::Kind::number : LogValue::Kind::text, number, text};
}

LogValue expression_value(const LogFormat::Item& item, const ExpressionPool& pool, Context& context) {
  Sample sample;
  if (!pool.evaluate(item.expression, context, sample).found) return {};
  const bool plain = sample.type == SampleType::boolean || sample.type == SampleType::sint;
  const SampleType wanted = item.type == LogType::str       ? SampleType::str
                            : item.type == LogType::sint    ? SampleType::sint
                            : item.type == LogType::boolean ? SampleType::boolean
                            : plain                         ? sample.type
                                                            : SampleType::str;
  return cast(sample, wanted, *context.scratch) ? value_of(sample) : LogValue{};
}

// An alias in the type that the item asks for.
LogValue as_type(LogValue value, LogType type, Scratch& scratch) {
  if (value.kind == LogValue::Kind::nothing || type == LogType::natural) return value;
  if (type == LogType::str && value.kind == LogValue::Kind::number) value.text = scratch.copy(value.text);
  value.kind = type == LogType::str    ? LogValue::Kind::text
               : type == LogType::sint ? LogValue::Kind::number
                                       : LogValue::Kind::boolean;
  return value;
}

void encode(const LogFormat::Item& item, const ExpressionPool& pool, Context& context, std::string& out,
            LogEncoder& encoder) {
  if (item.kind == LogFormat::Item::Kind::alias)
    return encoder.value(as_type(alias_value(item, context, out), item.type, *context.scratch));
  encoder.value(expression_value(item, pool, context));
}

// One object of the named items.
void write_object(const LogFormat& format, const ExpressionPool& pool, Context& context, std::string& out) {
  LogEncoder encoder = encoder_for(out, format.encoding);
  encoder.begin();
  for (const LogFormat::Item& item : format.items) {
    if (item.kind == LogFormat::Item::Kind::text || item.text.empty()) continue;
    encoder.member(item.text);
    encode(item, pool, context, out, encoder);
  }
  encoder.end();
}

void write_item(const LogFormat& format, const LogFormat::Item& item, const ExpressionPool& pool,
                Context& context, std::string& out) {
  if (is_encoded(item.flags)) {
    LogEncoder encoder = encoder_for(out, item.flags);
    return encode(item, pool, context, out, encoder);
  }
  LogWriter writer(out, item.flags, format.line);
  if (item.kind == LogFormat::Item::Kind::expression) return write_expression(item, pool, context, writer);
  if (context.log != nullptr) log_aliases()[item.alias].write(context, *context.log, writer);
}

}  // namespace

std::optional<LogFormat> compile_log_format(const parser::LogFormatTree& tree, Place place,
                                            ExpressionPool& pool, parser::DiagnosticSink& sink) {
  return FormatCompiler(place, pool, sink).run(tree);
}

// Spaces that are merged are one even where an item between them wrote nothing.
void write(const LogFormat& format, const ExpressionPool& pool, Context& context, std::string& out) {
  if (is_encoded(format.encoding)) return write_object(format, pool, context, out);
  bool after_blank = format.merges_spaces;
  for (const LogFormat::Item& item : format.items) {
    const std::size_t before = out.size();
    const bool is_text = item.kind == LogFormat::Item::Kind::text;
    if (is_text)
      out += std::string_view(item.text).substr(after_blank && item.text.starts_with(' ') ? 1 : 0);
    else
      write_item(format, item, pool, context, out);
    if (out.size() != before) after_blank = format.merges_spaces && is_text && out.back() == ' ';
  }
}

}  // namespace shunt::fetchers
