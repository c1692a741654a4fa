// The fetch that lists variables with their values.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/running_rows.hpp"
#include "fetchers/variables.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

struct ScopeName {
  std::string_view name;
  VariableScope scope;
};
constexpr std::array scopes = {
    ScopeName{"sess", VariableScope::session}, ScopeName{"txn", VariableScope::transaction},
    ScopeName{"req", VariableScope::request},  ScopeName{"res", VariableScope::response},
    ScopeName{"proc", VariableScope::process},
};

bool check_scope(std::span<ArgumentValue> arguments, ArgumentCheck& check) {
  const std::string& wanted = arguments[0].text;
  if (wanted.empty() || std::ranges::find(scopes, wanted, &ScopeName::name) != scopes.end()) return true;
  return check.fail("expects sess, txn, req, res or proc as scope, got '" + wanted + "'");
}

void append_text(std::string_view value, std::string& out) {
  constexpr std::array<std::pair<char, std::string_view>, 6> escapes = {
      {{'"', "\\\""}, {'\\', "\\\\"}, {'\r', "\\r"}, {'\n', "\\n"}, {'\b', "\\b"}, {'\0', "\\0"}}};
  out += '"';
  for (const char c : value) {
    const auto escape = std::ranges::find(escapes, c, &std::pair<char, std::string_view>::first);
    if (escape == escapes.end())
      out += c;
    else
      out += escape->second;
  }
  out += '"';
}

void append_bytes(std::string_view value, std::string& out) {
  constexpr std::string_view digits = parser::ascii::lower_hex;
  out += 'x';
  for (const char c : value) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
}

void append_value(Sample value, Scratch& scratch, std::string& out) {
  switch (value.type) {
    case SampleType::str: return append_text(value.text, out);
    case SampleType::bin: return append_bytes(value.text, out);
    case SampleType::boolean: out += value.integer != 0 ? "true" : "false"; return;
    default: break;
  }
  if (cast(value, SampleType::str, scratch)) out += value.text;
}

void append_scope(const Context& context, const ScopeName& scope, std::string_view prefix,
                  std::string_view delimiter, std::string& out) {
  const VariableNames& names = *context.variable_names;
  for (std::uint32_t id = 0; id < names.size(); ++id) {
    Sample value;
    if (!names.name(id).starts_with(prefix)) continue;
    if (!context.variables->get({scope.scope, id}, value, *context.scratch)) continue;
    if (!out.empty()) out += delimiter;
    out.append(scope.name).append(1, '.').append(names.name(id)).append(1, '=');
    append_value(value, *context.scratch, out);
  }
}

// Whoever asks for this looks for a mistake: it may cost something.
Fetched all_variables(Context& context, Arguments arguments, Sample& out) {
  if (context.variables == nullptr || context.variable_names == nullptr) return {};
  const std::string_view delimiter =
      arguments[2].type == ArgumentType::none ? std::string_view(", ") : arguments[2].text;
  std::string list;
  for (const ScopeName& scope : scopes)
    if (arguments[0].text.empty() || arguments[0].text == scope.name)
      append_scope(context, scope, arguments[1].text, delimiter, list);
  return text(context.scratch->copy(list), out);
}

constexpr std::array rows = {
    reads("dump_all_vars",
          {.types = {ArgumentType::str, ArgumentType::str, ArgumentType::str}, .check = check_scope},
          SampleType::str, places::anywhere, all_variables,
          "Variables as `name=value` list; scope, name prefix, delimiter.", "3.4"),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows variable_fetches() { return rows; }

}  // namespace shunt::fetchers
