// Actions of the expression grammar and its faults.
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "parser/codes.hpp"
#include "parser/dump_text.hpp"
#include "parser/expression_parser.hpp"
#include "parser/grammar/expression.hpp"

namespace shunt::parser {
namespace {

namespace pegtl = tao::pegtl;
namespace rule = grammar::expression;

// Thrown by the grammar, caught in read_expression only.
struct ExpressionFault {
  const Code* code;
  std::size_t begin;
  std::size_t end;
  std::string message;
  const char* note;
  std::size_t note_at;
};

struct ExpressionState {
  const Word& word;
  const char* base;  // word.value.data()
  std::size_t limit;
  ExpressionTree tree = {};
  Call* call = nullptr;
  std::string value = {};  // of the argument being read
  std::size_t list_open = 0;
  std::size_t quote = 0;    // of the quote being read
  std::size_t reached = 0;  // behind the last piece: where a name should begin

  [[nodiscard]] std::size_t offset(const char* at) const { return static_cast<std::size_t>(at - base); }
};

template <class Input>
std::size_t begin_of(const Input& in, const ExpressionState& state) {
  return state.offset(in.begin());
}
template <class Input>
std::size_t end_of(const Input& in, const ExpressionState& state) {
  return state.offset(in.end());
}

std::string shown(const ExpressionState& state, std::size_t at) {
  if (at >= state.limit) return "the end";
  return fmt::format("'{}'", state.word.value.substr(at, state.limit - at));
}

ExpressionFault missing_name(const ExpressionState& state, const Code& code, std::string_view what) {
  return {&code,
          state.reached,
          state.reached + 1,
          fmt::format("missing {}, found {}", what, shown(state, state.reached)),
          nullptr,
          0};
}

ExpressionFault open_list(const ExpressionState& state) {
  return {&codes::unterminated_arguments,
          state.list_open,
          state.list_open + 1,
          fmt::format("expected ')' after the arguments of '{}'", state.call->name),
          nullptr,
          0};
}

ExpressionFault open_quote(const ExpressionState& state) {
  ExpressionFault fault = open_list(state);
  fault.note = "this quote is not closed, so the ')' belongs to the argument";
  fault.note_at = state.quote;
  return fault;
}

template <class Rule>
struct fault_of;
template <>
struct fault_of<rule::fetch_name> {
  static ExpressionFault make(const ExpressionState& state) {
    return missing_name(state, codes::missing_fetch, "fetch method");
  }
};
template <>
struct fault_of<rule::converter_name> {
  static ExpressionFault make(const ExpressionState& state) {
    return missing_name(state, codes::missing_converter, "converter");
  }
};
template <>
struct fault_of<rule::list_close> {
  static ExpressionFault make(const ExpressionState& state) { return open_list(state); }
};
template <>
struct fault_of<rule::weak_close> {
  static ExpressionFault make(const ExpressionState& state) { return open_quote(state); }
};
template <>
struct fault_of<rule::strong_close> {
  static ExpressionFault make(const ExpressionState& state) { return open_quote(state); }
};

template <class Rule>
struct control : pegtl::normal<Rule> {
  template <class Input, class... States>
  [[noreturn]] static void raise(const Input&, const ExpressionState& state, States&&...) {
    throw fault_of<Rule>::make(state);
  }
};

template <class Rule>
struct action {};

struct takes_text {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    state.value.append(in.begin(), in.end());
  }
};
struct opens_quote {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    state.quote = begin_of(in, state);
  }
};

template <>
struct action<rule::bare_text> : takes_text {};
template <>
struct action<rule::weak_text> : takes_text {};
template <>
struct action<rule::strong_text> : takes_text {};
template <>
struct action<rule::backslash> : takes_text {};
template <>
struct action<rule::weak_open> : opens_quote {};
template <>
struct action<rule::strong_open> : opens_quote {};

template <>
struct action<rule::control_escape> {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    const char letter = in.begin()[1];
    state.value.push_back(letter == 'n' ? '\n' : letter == 'r' ? '\r' : '\t');
  }
};

template <>
struct action<rule::plain_escape> {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    state.value.push_back(in.begin()[1]);
  }
};

template <>
struct action<rule::list_open> {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    state.list_open = begin_of(in, state);
  }
};

template <>
struct action<rule::argument> {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    const Span span = state.word.slice(begin_of(in, state), end_of(in, state));
    state.call->arguments.push_back({std::exchange(state.value, {}), span});
  }
};

template <>
struct action<rule::arguments> {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    constexpr std::size_t parentheses = 2;
    if (in.size() == parentheses) state.call->arguments.clear();
    state.call->parenthesised = true;
    state.reached = end_of(in, state);
    state.call->span = cover(state.call->name_span, state.word.slice(state.reached - 1, state.reached));
  }
};

template <class Input>
void begin_call(const Input& in, ExpressionState& state, Call& call) {
  state.call = &call;
  state.reached = end_of(in, state);
  call.name = in.string();
  call.name_span = call.span = state.word.slice(begin_of(in, state), state.reached);
}

template <>
struct action<rule::fetch_name> {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    begin_call(in, state, state.tree.fetch);
  }
};

template <>
struct action<rule::converter_name> {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    begin_call(in, state, state.tree.converters.emplace_back());
  }
};

template <>
struct action<rule::separator> {
  template <class Input>
  static void apply(const Input& in, ExpressionState& state) {
    state.reached = end_of(in, state);
  }
};

void report(const ExpressionFault& fault, const Word& word, DiagnosticSink& sink) {
  Diagnostic& made = sink.report(*fault.code, word.slice(fault.begin, fault.end), fault.message);
  if (fault.note != nullptr) made.notes.push_back({fault.note, word.slice(fault.note_at, fault.note_at + 1)});
}

}  // namespace

std::optional<ExpressionPrefix> parse_expression_prefix(const Word& word, std::size_t begin, std::size_t end,
                                                        DiagnosticSink& sink) {
  const char* base = word.value.data();
  end = std::min(end, word.value.size());
  begin = std::min(begin, end);
  ExpressionState state{.word = word, .base = base, .limit = end, .reached = begin};
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf, const char*> in(base + begin, base + end,
                                                                                  "");
  try {
    if (!pegtl::parse<rule::expression, action, control>(in, state)) return std::nullopt;
  } catch (const ExpressionFault& fault) {
    report(fault, word, sink);
    return std::nullopt;
  }
  const std::size_t stop = state.offset(in.current());
  state.tree.span = word.slice(begin, stop);
  return ExpressionPrefix{std::move(state.tree), stop};
}

std::optional<ExpressionTree> parse_expression(const Word& word, DiagnosticSink& sink, std::size_t begin,
                                               std::size_t end) {
  auto read = parse_expression_prefix(word, begin, end, sink);
  if (!read) return std::nullopt;
  end = std::min(end, word.value.size());
  if (read->stop == end) return std::move(read->tree);
  const bool after_fetch = read->tree.converters.empty();
  const Call& last = after_fetch ? read->tree.fetch : read->tree.converters.back();
  sink.report(
      codes::missing_comma, word.slice(read->stop, end),
      fmt::format("missing comma after {} '{}', found '{}'", after_fetch ? "fetch keyword" : "converter",
                  last.name, word.value.substr(read->stop, end - read->stop)));
  return std::nullopt;
}

namespace {

std::string dump(const Call& call) {
  std::string text = call.name;
  if (call.arguments.empty()) return text;
  text += '(';
  for (std::size_t i = 0; i < call.arguments.size(); ++i)
    text += (i == 0 ? "" : ",") + quote_text(call.arguments[i].value);
  return text + ')';
}

}  // namespace

std::string dump(const ExpressionTree& tree) {
  std::string text = dump(tree.fetch);
  for (const Call& converter : tree.converters) text += ',' + dump(converter);
  return text;
}

}  // namespace shunt::parser
