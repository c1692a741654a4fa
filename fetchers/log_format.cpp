// Compiles log formats into items with their final flags, and writes them.
#include "fetchers/log_format.hpp"

#include <fmt/format.h>

#include <vector>

#include "fetchers/codes.hpp"
#include "fetchers/log_aliases.hpp"
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

// "+Q,-E": letters without a sign in front, and unknown ones, are passed over as HAProxy does.
std::uint8_t apply_flags(std::string_view text, std::uint8_t flags) {
  char sign = 0;
  for (const char c : text) {
    if (c == '+' || c == '-' || c == ',') {
      sign = c == ',' ? '\0' : c;
      continue;
    }
    const std::uint8_t flag = flag_of(c);
    if (sign == '+') flags = static_cast<std::uint8_t>(flags | flag);
    if (sign == '-') flags = static_cast<std::uint8_t>(flags & ~flag);
  }
  return flags;
}

class FormatCompiler {
 public:
  FormatCompiler(Place place, ExpressionPool& pool, parser::DiagnosticSink& sink)
      : place_(place), pool_(pool), sink_(sink) {
    format_.line = place == Place::fe_log_end;
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
      if (c != ' ' || !merged.ends_with(' ')) merged += c;
    format_.items.push_back({.text = std::move(merged)});
    return true;
  }

  bool add_alias(const LogFormatItem& item) {
    if (item.text == "o") {
      flags_ = apply_flags(item.flags, flags_);  // writes nothing itself
      return true;
    }
    const LogAliasRow* row = find_log_alias(item.text);
    if (row == nullptr) return unknown(item);
    if (row->write == nullptr) {
      sink_.report(codes::unsupported_alias, item.span,
                   fmt::format("format variable '{}' is reserved for HTTP mode", item.text));
      return false;
    }
    format_.items.push_back({.kind = LogFormat::Item::Kind::alias,
                             .flags = apply_flags(item.flags, flags_),
                             .alias = static_cast<std::uint16_t>(row - log_aliases().data())});
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
                             .expression = *id});
    return true;
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

}  // namespace

std::optional<LogFormat> compile_log_format(const parser::LogFormatTree& tree, Place place,
                                            ExpressionPool& pool, parser::DiagnosticSink& sink) {
  return FormatCompiler(place, pool, sink).run(tree);
}

// Spaces separate: several count as one even where an item between them wrote nothing, and those at the
// beginning as none.
void write(const LogFormat& format, const ExpressionPool& pool, Context& context, std::string& out) {
  bool after_blank = true;
  for (const LogFormat::Item& item : format.items) {
    const std::size_t before = out.size();
    LogWriter writer(out, item.flags, format.line);
    switch (item.kind) {
      case LogFormat::Item::Kind::text:
        out += std::string_view(item.text).substr(after_blank && item.text.starts_with(' ') ? 1 : 0);
        break;
      case LogFormat::Item::Kind::alias:
        if (context.log != nullptr) log_aliases()[item.alias].write(context, *context.log, writer);
        break;
      case LogFormat::Item::Kind::expression: write_expression(item, pool, context, writer); break;
    }
    if (out.size() != before) after_blank = item.kind == LogFormat::Item::Kind::text && out.back() == ' ';
  }
}

}  // namespace shunt::fetchers
