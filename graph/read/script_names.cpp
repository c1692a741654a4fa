// Which names a Lua program registers, as far as its text shows.
#include "graph/read/script_names.hpp"

#include <fmt/core.h>

#include <array>

#include "parser/outside.hpp"

namespace shunt::graph {
namespace {

using fetchers::ScriptNames;

// The text without comments; strings are kept, as the names stand in them.
std::string without_comments(std::string_view text) {
  std::string kept;
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == '\\' && at + 1 < text.size()) kept += text[at++];
      if (text[at] == quote && c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (text.substr(at).starts_with("--")) {
      const bool block = text.substr(at).starts_with("--[[");
      const std::size_t end = text.find(block ? "]]" : "\n", at);
      if (end == std::string_view::npos) break;
      at = block ? end + 1 : end;
    }
    kept += text[at];
  }
  return kept;
}

std::string_view skip_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

// The literal that a call's arguments begin with; empty when the first one is no plain string.
std::string_view first_literal(std::string_view text) {
  text = skip_blanks(text);
  if (text.starts_with('(')) text = skip_blanks(text.substr(1));
  if (text.empty() || (text[0] != '"' && text[0] != '\'')) return {};
  const std::size_t end = text.find(text[0], 1);
  if (end == std::string_view::npos) return {};
  const std::string_view after = skip_blanks(text.substr(end + 1));
  return after.starts_with(',') ? text.substr(1, end - 1) : std::string_view();
}

struct Registration {
  std::string_view call;
  ScriptNames::Names ScriptNames::* names;
};
constexpr std::array registrations{
    Registration{"register_action", &ScriptNames::actions},
    Registration{"register_service", &ScriptNames::services},
    Registration{"register_fetches", &ScriptNames::fetches},
    Registration{"register_converters", &ScriptNames::converters},
};
constexpr std::array<std::string_view, 5> loaders{"require", "dofile", "loadfile", "loadstring", "load("};

}  // namespace

void add_script_names(std::string_view text, ScriptNames& names) {
  const std::string program = without_comments(text);
  const std::string_view code = program;
  for (const std::string_view loader : loaders) names.open = names.open || code.find(loader) != code.npos;
  for (const Registration& each : registrations) {
    for (std::size_t at = code.find(each.call); at != code.npos; at = code.find(each.call, at + 1)) {
      const std::string_view name = first_literal(code.substr(at + each.call.size()));
      if (name.empty())
        names.open = true;
      else
        (names.*each.names).emplace(name);
    }
  }
}

void read_script(Reading& reading) {
  fetchers::ScriptNames& names = reading.state.config.scripts;
  const auto text = parser::read_file(std::string(reading.arguments[0].value));
  if (!text) {
    names.open = names.open || reading.state.assume_files;
    return;
  }
  add_script_names(text.assume_value(), names);
}

void check_script_action(Reading& reading) {
  const fetchers::ScriptNames& scripts = reading.state.config.scripts;
  const std::string_view name = reading.keyword.value;
  if (scripts.knows(scripts.actions, name)) return;
  reading.report(codes::unknown_keyword, reading.keyword.span,
                 fmt::format("no Lua program loaded above registers the action '{}'",
                             name.substr(std::min(name.size(), std::string_view("lua.").size()))));
}

}  // namespace shunt::graph
