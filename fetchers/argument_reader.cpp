// One reader per argument type, in a table by type.
#include "fetchers/argument_reader.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "fetchers/codes.hpp"
#include "fetchers/regex.hpp"
#include "parser/scalar.hpp"

namespace shunt::fetchers {
namespace {

struct ReadContext {
  VariableNames& names;
  std::string& error;  // a text of its own; empty: "... is no ..."
  int language = newest_language;
};

// The types in plain words.
std::string_view plain_name(ArgumentType type) {
  switch (type) {
    case ArgumentType::sint: return "whole number";
    case ArgumentType::time: return "time such as 10s";
    case ArgumentType::size: return "size such as 16k";
    case ArgumentType::regex: return "regular expression";
    default: return type_name(type);
  }
}
bool begins_with_vowel(std::string_view text) {
  constexpr std::string_view vowels = "aeioIu";  // "IPv4" is spoken with one, "user list" is not
  return !text.empty() && vowels.find(text[0]) != std::string_view::npos && !text.starts_with("us");
}
std::string with_article(std::string_view noun) {
  return fmt::format("{} {}", begins_with_vowel(noun) ? "an" : "a", noun);
}
using Reader = bool (*)(const std::string& text, ReadContext& context, ArgumentValue& out);

// An optional sign and digits to the end; too large a number is cut to the limit, a lone sign is 0.
std::optional<std::int64_t> whole_integer(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  const std::uint64_t limit =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (limit - digit) / 10 ? limit : value * 10 + digit;
  }
  return static_cast<std::int64_t>(negative ? 0 - value : value);
}

bool read_integer(const std::string& text, ReadContext&, ArgumentValue& out) {
  const auto value = whole_integer(text);
  if (value) out.integer = *value;
  return value.has_value();
}

bool read_text(const std::string& text, ReadContext&, ArgumentValue& out) {
  out.text = text;
  return true;
}

bool read_ipv4(const std::string& text, ReadContext&, ArgumentValue& out) {
  return inet_pton(AF_INET, text.c_str(), out.address.data()) == 1;
}

bool read_ipv6(const std::string& text, ReadContext&, ArgumentValue& out) {
  return inet_pton(AF_INET6, text.c_str(), out.address.data()) == 1;
}

// A prefix length becomes that many leading one bits.
bool read_prefix(const std::string& text, unsigned width, ArgumentValue& out) {
  unsigned length = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (fault != std::errc{} || end != text.data() + text.size() || length > width) return false;
  for (unsigned bit = 0; bit < length; ++bit)
    out.address[bit / 8] = static_cast<std::uint8_t>(out.address[bit / 8] | 0x80u >> bit % 8);
  return true;
}

bool read_mask4(const std::string& text, ReadContext& context, ArgumentValue& out) {
  return read_prefix(text, 32, out) || read_ipv4(text, context, out);
}

bool read_mask6(const std::string& text, ReadContext& context, ArgumentValue& out) {
  return read_prefix(text, 128, out) || read_ipv6(text, context, out);
}

bool read_time(const std::string& text, ReadContext&, ArgumentValue& out) {
  const auto value = parser::parse_time(text);
  if (value) out.integer = value.value().count();
  return value.has_value();
}

bool read_size(const std::string& text, ReadContext&, ArgumentValue& out) {
  const auto value = parser::parse_size(text);
  if (value) out.integer = value.value();
  return value.has_value();
}

// Numbers with dots between them; whether they are in range nobody asks [seen].
bool read_field_number(const std::string& text, ReadContext&, ArgumentValue& out) {
  out.text = text;
  const bool known = std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return known && !text.ends_with('.');
}

bool read_regex(const std::string& text, ReadContext& context, ArgumentValue& out) {
  out.text = text;
  if (text.empty()) return context.error = "missing regex", false;
  context.error = regex_fault(text);
  return context.error.empty();
}

bool read_variable(const std::string& text, ReadContext& context, ArgumentValue& out) {
  if (text.empty()) context.error = "the name of a variable is empty; it looks like 'txn.name'";
  const auto ref =
      text.empty() ? std::nullopt : parse_variable(text, context.names, context.error, context.language);
  if (ref) out.variable = *ref;
  return ref.has_value();
}

// A number is stored as one, so that `type` tells the converter which of both it got.
bool read_operand(const std::string& text, ReadContext& context, ArgumentValue& out) {
  out.type = ArgumentType::sint;
  if (read_integer(text, context, out)) return true;
  out.type = ArgumentType::variable;
  if (read_variable(text, context, out)) return true;
  context.error = fmt::format("'{}' is neither a whole number nor a variable such as 'txn.name'", text);
  return false;
}

constexpr std::array<Reader, 22> readers = {
    nullptr,    read_integer, read_text,         read_ipv4,     read_ipv6, read_mask4,
    read_mask6, read_time,    read_size,         read_text,     read_text, read_text,
    read_text,  read_text,    read_regex,        read_variable, read_text, read_text,
    read_text,  read_operand, read_field_number, read_text};
static_assert(readers.size() == static_cast<std::size_t>(ArgumentType::sink) + 1);

// Types for which nothing at all is a value, so that `str` and `concat()` are valid.
bool takes_empty(ArgumentType type) {
  switch (type) {
    case ArgumentType::str:
    case ArgumentType::operand:
    case ArgumentType::frontend:
    case ArgumentType::backend:
    case ArgumentType::server:
    case ArgumentType::userlist:
    case ArgumentType::table:
    case ArgumentType::regex:
    case ArgumentType::map:
    case ArgumentType::sink: return true;
    default: return false;
  }
}

bool is_reference(ArgumentType type) {
  return type == ArgumentType::frontend || type == ArgumentType::backend || type == ArgumentType::server ||
         type == ArgumentType::table || type == ArgumentType::userlist || type == ArgumentType::map ||
         type == ArgumentType::sink || type == ArgumentType::pattern;
}

class SignatureReader {
 public:
  SignatureReader(const parser::Call& call, CallKind kind, const ArgumentSignature& signature,
                  VariableNames& names, parser::DiagnosticSink& sink)
      : call_(call), kind_(kind), signature_(signature), check_{names, kind.language}, sink_(sink) {
    while (declared_ < max_arguments && signature.types[declared_] != ArgumentType::none) ++declared_;
  }

  std::optional<ReadArguments> run() {
    result_.values.resize(declared_);
    if (!counts_fit()) return std::nullopt;
    bool ok = true;
    const std::size_t count = std::max(call_.arguments.size(), implied_empty());
    for (std::size_t i = 0; i < count; ++i) ok = read(i) && ok;
    if (!ok || !check()) return std::nullopt;
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::string head() const {
    return kind_.converter ? fmt::format("converter '{}'", call_.name)
                           : fmt::format("fetch method '{}'", call_.name);
  }

  // `str` alone is `str()`: one empty argument.
  [[nodiscard]] std::size_t implied_empty() const {
    return signature_.required > 0 || (call_.parenthesised && declared_ > 0) ? 1 : 0;
  }

  bool fail(const parser::Code& code, parser::Span span, std::string message) {
    sink_.report(code, span, std::move(message));
    return false;
  }

  bool counts_fit() {
    const std::size_t given = call_.arguments.size();
    if (given > declared_)
      return fail(codes::excess_argument, call_.arguments[declared_].span,
                  declared_ == 0 ? fmt::format("{} takes no argument, but '{}' was found", head(),
                                               call_.arguments[0].value)
                                 : fmt::format("{} takes at most {} argument{}, but {} were found", head(),
                                               declared_, declared_ == 1 ? "" : "s", given));
    const std::size_t counted = std::max(given, implied_empty());
    if (counted >= signature_.required || (given == 0 && !takes_empty(signature_.types[0]))) return true;
    return fail(codes::missing_argument, call_.span,
                fmt::format("{} needs {} argument{}, but {} found: {} is missing", head(),
                            signature_.required, signature_.required == 1 ? "" : "s",
                            given == 0   ? "none was"
                            : given == 1 ? "only 1 was"
                                         : fmt::format("only {} were", given),
                            with_article(plain_name(signature_.types[counted]))));
  }

  bool read(std::size_t index) {
    static const std::string nothing;
    const bool written = index < call_.arguments.size();
    const std::string& text = written ? call_.arguments[index].value : nothing;
    const parser::Span span = written ? call_.arguments[index].span : call_.span;
    const ArgumentType type = signature_.types[index];
    const bool left_out = text.empty() && index >= std::min(signature_.required, signature_.may_be_empty);
    if (left_out && type == ArgumentType::variable) return true;  // concat(a,,b)
    if (left_out && type != ArgumentType::sint && !takes_empty(type)) return true;
    if (left_out && type == ArgumentType::sint) return ends_at(index);
    ArgumentValue& value = result_.values[index];
    value.type = type;
    if (text.empty() && !takes_empty(type) && type != ArgumentType::variable)
      return fail(codes::missing_argument, span,
                  fmt::format("{}: argument {} is empty; {} is expected", head(), index + 1,
                              with_article(plain_name(type))));
    std::string error;
    ReadContext context{check_.names, error, kind_.language};
    if (!readers[static_cast<std::size_t>(type)](text, context, value))
      return refuse(index, text, span, error);
    if (is_reference(type)) result_.named.push_back({static_cast<std::uint32_t>(index), span});
    return true;
  }

  // Nothing where a number could stand must be the end; behind others it counts as 0 (bytes(1,)).
  bool ends_at(std::size_t index) {
    if (index > 0) result_.values[index].type = ArgumentType::sint;
    if (index + 1 >= call_.arguments.size()) return true;
    return fail(codes::excess_argument, call_.arguments[index + 1].span,
                fmt::format("{}: nothing can follow the empty argument {}", head(), index + 1));
  }

  bool refuse(std::size_t index, const std::string& text, parser::Span span, const std::string& error) {
    if (!error.empty()) return fail(codes::invalid_argument, span, fmt::format("{}: {}", head(), error));
    return fail(codes::invalid_argument, span,
                fmt::format("{}: argument {} is '{}', but {} is expected", head(), index + 1, text,
                            with_article(plain_name(signature_.types[index]))));
  }

  bool check() {
    if (signature_.check != nullptr && !signature_.check(result_.values, check_))
      return fail(codes::invalid_argument, call_.span, fmt::format("{}: {}", head(), check_.error));
    if (!check_.warning.empty())
      sink_.report(codes::ignored_argument, call_.span, fmt::format("{}: {}", head(), check_.warning));
    note_made_names();
    return true;
  }

  // A check can find that a text is a name (`when(acl,NAME)`).
  void note_made_names() {
    for (std::size_t i = 0; i < result_.values.size() && i < call_.arguments.size(); ++i)
      if (is_reference(result_.values[i].type) && !is_reference(signature_.types[i]))
        result_.named.push_back({static_cast<std::uint32_t>(i), call_.arguments[i].span});
  }

  const parser::Call& call_;
  CallKind kind_;
  const ArgumentSignature& signature_;
  ArgumentCheck check_;
  parser::DiagnosticSink& sink_;
  std::size_t declared_ = 0;
  ReadArguments result_;
};

}  // namespace

std::optional<ReadArguments> read_arguments(const parser::Call& call, CallKind kind,
                                            const ArgumentSignature& signature, VariableNames& names,
                                            parser::DiagnosticSink& sink) {
  return SignatureReader(call, kind, signature, names, sink).run();
}

}  // namespace shunt::fetchers
