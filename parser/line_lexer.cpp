// Actions of the line grammar: which bytes each piece of a word yields, and which fault a failed rule is.
#include "parser/line_lexer.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "parser/codes.hpp"
#include "parser/grammar/line.hpp"

namespace shunt::parser {
namespace {

namespace pegtl = tao::pegtl;
namespace rule = grammar::line;

// Thrown by the grammar, caught in LineLexer::lex only.
struct LineFault {
  const Code* code;
  const char* at;
  const char* message;
};

// What the actions share while one line is read.
struct LineState {
  WordBuilder& words;
  const Environment& environment;
  const LinePlace& place;
  const char* opener = nullptr;  // of the quote that is open
  const char* inner = nullptr;   // of the escape, brace or bracket that is open
  const char* bracket = nullptr;
  const char* name_at = nullptr;  // where the name of a variable should begin
  std::string_view name = {};
  std::string_view fallback = {};
  bool has_fallback = false;
  bool is_list = false;
  std::string line_number = {};
  bool gap_at_limit = false;
};

// Where the fault of a rule that must match is: where a name should have begun, or at what was opened.
enum class Blame { name, quote, inner, bracket, none };

struct FaultRow {
  const Code* code = nullptr;
  const char* message = nullptr;
  Blame blame = Blame::none;
};

template <class Rule>
constexpr FaultRow fault_of = {};
template <>
constexpr FaultRow fault_of<rule::hex_digits> = {&codes::invalid_hex_escape,
                                                 "truncated or invalid hexadecimal sequence", Blame::inner};
template <>
constexpr FaultRow fault_of<rule::variable_name> = {
    &codes::invalid_variable_name, "forbidden first char in environment variable name", Blame::name};
template <>
constexpr FaultRow fault_of<rule::brace_close> = {
    &codes::unterminated_variable, "unmatched brace in environment variable name", Blame::inner};
template <>
constexpr FaultRow fault_of<rule::list_close> = {
    &codes::invalid_list_expansion, "truncated or invalid word expansion sequence", Blame::bracket};
template <>
constexpr FaultRow fault_of<rule::weak_close> = {&codes::unterminated_quote, "unmatched quote", Blame::quote};
template <>
constexpr FaultRow fault_of<rule::strong_close> = {&codes::unterminated_quote, "unmatched quote",
                                                   Blame::quote};

template <class Rule>
struct control : pegtl::normal<Rule> {
  template <class Input, class... States>
  [[noreturn]] static void raise(const Input&, const LineState& state, States&&...) {
    constexpr FaultRow row = fault_of<Rule>;
    static_assert(row.blame != Blame::none, "every rule under must<> has its row");
    const char* places[] = {state.name_at, state.opener, state.inner, state.bracket};
    throw LineFault{row.code, places[static_cast<std::size_t>(row.blame)], row.message};
  }
};

template <class Rule>
struct action {};

// Each kind of piece is an action base, so that a rule's row says what it does.
struct takes_source {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.words.source(in.begin(), in.end());
  }
};
struct takes_escaped {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.words.made({in.begin() + 1, 1}, in.begin(), in.end());
  }
};
struct opens_quote {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.opener = in.begin();
    state.words.mark(in.begin(), in.end());
  }
};
struct closes_quote {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.words.mark(in.begin(), in.end());
  }
};
struct opens_inner {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.inner = in.begin();
  }
};

template <>
struct action<rule::bare_text> : takes_source {};
template <>
struct action<rule::weak_text> : takes_source {};
template <>
struct action<rule::strong_text> : takes_source {};
template <>
struct action<rule::lone_backslash> : takes_source {};
template <>
struct action<rule::bare_escape> : takes_escaped {};
template <>
struct action<rule::weak_escape> : takes_escaped {};
template <>
struct action<rule::weak_open> : opens_quote {};
template <>
struct action<rule::strong_open> : opens_quote {};
template <>
struct action<rule::weak_close> : closes_quote {};
template <>
struct action<rule::strong_close> : closes_quote {};
template <>
struct action<rule::hex_open> : opens_inner {};
template <>
struct action<rule::brace_open> {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.inner = in.begin();
    state.name_at = in.end();
  }
};

template <>
struct action<rule::control_escape> {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    const char letter = in.begin()[1];
    const char byte = letter == 'n' ? '\n' : letter == 'r' ? '\r' : '\t';
    state.words.made({&byte, 1}, in.begin(), in.end());
  }
};

template <>
struct action<rule::hex_escape> {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    unsigned value = 0;
    std::from_chars(in.begin() + 2, in.end(), value, 16);
    const char byte = static_cast<char>(value);
    state.words.made({&byte, 1}, in.begin(), in.end());
  }
};

template <>
struct action<rule::variable_open> {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.name_at = in.end();
    state.has_fallback = state.is_list = false;
  }
};

template <>
struct action<rule::variable_name> {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.name = in.string_view();
  }
};

template <>
struct action<rule::list_open> {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.bracket = in.begin();
  }
};

template <>
struct action<rule::list_mark> {
  static void apply0(LineState& state) { state.is_list = true; }
};

template <>
struct action<rule::default_value> {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    state.fallback = in.string_view();
    state.has_fallback = true;
  }
};

std::string_view pseudo_variable(LineState& state) {
  if (state.name == ".FILE") return state.place.file;
  if (state.name == ".SECTION") return state.place.section;
  state.line_number = std::to_string(state.place.line);
  return state.line_number;
}

std::string_view variable_value(LineState& state) {
  if (state.name.front() == '.') return pseudo_variable(state);
  if (const auto found = state.environment.get(state.name)) return *found;
  return state.has_fallback ? state.fallback : std::string_view{};
}

template <>
struct action<rule::variable> {
  template <class Input>
  static void apply(const Input& in, LineState& state) {
    const std::string_view value = variable_value(state);
    if (state.is_list)
      state.words.list(value, in.begin(), in.end());
    else
      state.words.made(value, in.begin(), in.end());
  }
};

// For HAProxy a blank after the 64th word begins another one, even at the end of the line.
template <>
struct action<rule::gap> {
  static void apply0(LineState& state) {
    state.words.end_word();
    state.gap_at_limit = state.gap_at_limit || state.words.words().size() == LineLexer::max_words;
  }
};

}  // namespace

LineLexer::LineLexer(const SourceSet& sources, FileId file, std::pmr::memory_resource& storage,
                     DiagnosticSink& sink)
    : bytes_(sources.bytes(file)), file_(file), sink_(sink), builder_(file, bytes_.data(), storage) {}

void LineLexer::report(const Code& code, Span span, std::string message) {
  sink_.report(code, span, std::move(message));
  sound_ = sound_ && code.severity != Severity::error;
}

bool LineLexer::lex(std::uint32_t begin, std::uint32_t end, const Environment& environment,
                    const LinePlace& place) {
  LineState state{.words = builder_, .environment = environment, .place = place};
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf, const char*> in(bytes_.data() + begin,
                                                                                  bytes_.data() + end, "");
  try {
    const bool parsed = pegtl::parse<rule::line, action, control>(in, state);
    gap_at_limit_ = state.gap_at_limit;
    return parsed;
  } catch (const LineFault& fault) {
    const auto at = static_cast<std::uint32_t>(fault.at - bytes_.data());
    report(*fault.code, {file_, at, std::min(at + 1, end)}, fault.message);
  }
  return false;
}

std::span<const Word> LineLexer::split(std::uint32_t begin, std::uint32_t end, const Environment& environment,
                                       const LinePlace& place) {
  builder_.reset();
  sound_ = true;
  gap_at_limit_ = false;
  line_begin_ = begin;
  if (!lex(begin, end, environment, place)) return builder_.words();
  builder_.end_word();
  cut_at_nul();
  check_count();
  check_empty();
  return builder_.words();
}

}  // namespace shunt::parser
