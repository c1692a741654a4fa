// Log formats: items by the grammar, expressions by their own reader in between.
#include <fmt/core.h>

#include <string>
#include <utility>

#include "parser/codes.hpp"
#include "parser/dump_text.hpp"
#include "parser/expression_parser.hpp"
#include "parser/grammar/log_format.hpp"
#include "parser/log_format_tree.hpp"

namespace shunt::parser {
namespace {

namespace pegtl = tao::pegtl;
namespace rule = grammar::log_format;

// Thrown by the grammar, caught in LogFormatReader::read_item only.
struct LogFormatFault {
  const Code* code;
  std::size_t begin;
  std::size_t end;
  std::string message;
};

struct ItemState {
  std::string_view text;
  std::size_t begin = 0;    // of this item
  std::size_t opener = 0;   // of the brace or parenthesis that is open
  std::size_t reached = 0;  // behind the decoration
  bool expression = false;
  LogFormatItem item = {};

  [[nodiscard]] std::size_t offset(const char* at) const {
    return static_cast<std::size_t>(at - text.data());
  }
  [[nodiscard]] std::string_view from(std::size_t at) const { return text.substr(std::min(at, text.size())); }
};

LogFormatFault open_part(const ItemState& state, std::string_view what) {
  return {&codes::truncated_log_format, state.opener, state.opener + 1,
          fmt::format("truncated line after '{}': missing {}", state.from(state.opener + 1), what)};
}

template <class Rule>
struct fault_of;
template <>
struct fault_of<rule::item_name_close> {
  static LogFormatFault make(const ItemState& state) { return open_part(state, "')'"); }
};
template <>
struct fault_of<rule::flags_close> {
  static LogFormatFault make(const ItemState& state) { return open_part(state, "'}'"); }
};
template <>
struct fault_of<pegtl::sor<rule::expression_open, rule::flagged_alias>> {
  static LogFormatFault make(const ItemState& state) {
    const auto decoration = state.text.substr(state.begin, state.reached - state.begin);
    return {&codes::log_format_flags_without_item, state.begin, state.reached,
            fmt::format("parse argument modifier without variable name near '{}'", decoration)};
  }
};
template <>
struct fault_of<rule::after_percent> {
  static LogFormatFault make(const ItemState& state) {
    if (state.begin + 1 == state.text.size())
      return {&codes::truncated_log_format, state.begin, state.begin + 1, "truncated line after '%'"};
    return {
        &codes::invalid_log_format_alias, state.begin, state.begin + 2,
        fmt::format(
            "unexpected variable name near '{}'. Maybe you want to write a single '%', use the syntax '%%'",
            state.text.substr(state.begin + 1, 1))};
  }
};

template <class Rule>
struct control : pegtl::normal<Rule> {
  template <class Input, class... States>
  [[noreturn]] static void raise(const Input&, const ItemState& state, States&&...) {
    throw fault_of<Rule>::make(state);
  }
};

template <class Rule>
struct action {};

struct opens_part {
  template <class Input>
  static void apply(const Input& in, ItemState& state) {
    state.opener = state.offset(in.begin());
  }
};
struct closes_part {
  template <class Input>
  static void apply(const Input& in, ItemState& state) {
    state.reached = state.offset(in.end());
  }
};
struct is_alias {
  template <class Input>
  static void apply(const Input& in, ItemState& state) {
    state.item.kind = LogFormatItem::Kind::alias;
    state.item.text = in.string();
  }
};

template <>
struct action<rule::item_name_open> : opens_part {};
template <>
struct action<rule::flags_open> : opens_part {};
template <>
struct action<rule::item_name_close> : closes_part {};
template <>
struct action<rule::flags_close> : closes_part {};
template <>
struct action<rule::alias> : is_alias {};
template <>
struct action<rule::flagged_alias> : is_alias {};

template <>
struct action<rule::literal> {
  template <class Input>
  static void apply(const Input& in, ItemState& state) {
    state.item.text = in.string();
  }
};

template <>
struct action<rule::percent> {
  static void apply0(ItemState& state) { state.item.text = "%"; }
};

template <>
struct action<rule::item_name_text> {
  template <class Input>
  static void apply(const Input& in, ItemState& state) {
    state.item.item_name = in.string();
  }
};

template <>
struct action<rule::flags_text> {
  template <class Input>
  static void apply(const Input& in, ItemState& state) {
    state.item.flags = in.string();
  }
};

template <>
struct action<rule::expression_open> {
  static void apply0(ItemState& state) { state.expression = true; }
};

class LogFormatReader {
 public:
  LogFormatReader(const Word& word, DiagnosticSink& sink) : word_(word), sink_(sink) {}

  std::optional<LogFormatTree> read();

 private:
  bool read_item();
  bool read_expression(LogFormatItem& item, std::size_t begin);
  void keep(LogFormatItem item, std::size_t begin);
  bool fail(const Code& code, std::size_t begin, std::size_t end, std::string message);

  const Word& word_;
  DiagnosticSink& sink_;
  LogFormatTree tree_;
  std::size_t at_ = 0;
  std::size_t text_begin_ = 0;  // of the text item that may grow
};

bool LogFormatReader::fail(const Code& code, std::size_t begin, std::size_t end, std::string message) {
  sink_.report(code, word_.slice(begin, end), std::move(message));
  return false;
}

// Neighbouring pieces of text ("a%%b") are one item.
void LogFormatReader::keep(LogFormatItem item, std::size_t begin) {
  using Kind = LogFormatItem::Kind;
  const bool joins = item.kind == Kind::text && !tree_.items.empty() && tree_.items.back().kind == Kind::text;
  if (joins) {
    tree_.items.back().text += item.text;
    tree_.items.back().span = word_.slice(text_begin_, at_);
    return;
  }
  if (item.kind == Kind::text && item.text.empty()) return;  // a dropped '%'
  text_begin_ = begin;
  item.span = word_.slice(begin, at_);
  tree_.items.push_back(std::move(item));
}

bool LogFormatReader::read_expression(LogFormatItem& item, std::size_t begin) {
  const std::string_view text = word_.value;
  auto read = parse_expression_prefix(word_, at_, text.size(), sink_);
  if (!read) return false;
  const std::string_view inner = text.substr(at_, read->stop - at_);
  if (read->stop == text.size())
    return fail(codes::missing_log_format_bracket, begin, at_, fmt::format("missing ']' after '{}'", inner));
  if (text[read->stop] != ']')
    return fail(codes::missing_log_format_bracket, read->stop, read->stop + 1,
                fmt::format("expected ']' after '{}', but found '{}'", inner, text[read->stop]));
  item.kind = LogFormatItem::Kind::expression;
  item.expression = std::move(read->tree);
  at_ = read->stop + 1;
  return true;
}

bool LogFormatReader::read_item() {
  const std::string_view text = word_.value;
  ItemState state{.text = text, .begin = at_};
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf, const char*> in(
      text.data() + at_, text.data() + text.size(), "");
  try {
    if (!pegtl::parse<rule::item, action, control>(in, state)) return false;
  } catch (const LogFormatFault& fault) {
    return fail(*fault.code, fault.begin, fault.end, fault.message);
  }
  at_ = state.offset(in.current());
  if (state.expression && !read_expression(state.item, state.begin)) return false;
  keep(std::move(state.item), state.begin);
  return true;
}

std::optional<LogFormatTree> LogFormatReader::read() {
  tree_.span = word_.span;
  while (at_ < word_.value.size())
    if (!read_item()) return std::nullopt;
  return std::move(tree_);
}

std::string dump_item(const LogFormatItem& item) {
  if (item.kind == LogFormatItem::Kind::text) return "text " + quote_text(item.text);
  std::string text =
      item.kind == LogFormatItem::Kind::alias ? "alias " + item.text : "expression " + dump(item.expression);
  if (!item.flags.empty()) text += " flags " + quote_text(item.flags);
  if (!item.item_name.empty()) text += " name " + quote_text(item.item_name);
  return text;
}

}  // namespace

std::optional<LogFormatTree> parse_log_format(const Word& word, DiagnosticSink& sink) {
  return LogFormatReader(word, sink).read();
}

std::string dump(const LogFormatTree& tree) {
  std::string text;
  for (const LogFormatItem& item : tree.items) text += dump_item(item) + '\n';
  return text;
}

}  // namespace shunt::parser
