// Entries of the manual, written from the rows.
#include "analysis/manual.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "acl/alias_rows.hpp"
#include "acl/codes.hpp"
#include "acl/pattern_set.hpp"
#include "acl/place_names.hpp"
#include "analysis/evaluator.hpp"
#include "analysis/lint/codes.hpp"
#include "analysis/signatures.hpp"
#include "fetchers/codes.hpp"
#include "fetchers/log_aliases.hpp"
#include "fetchers/rows.hpp"
#include "graph/codes.hpp"
#include "graph/rows/families.hpp"
#include "parser/codes.hpp"
#include "parser/joined.hpp"
#include "parser/suggest.hpp"

namespace shunt::analysis {
namespace {

using fetchers::Status;
namespace in = graph::in;

// One name as it is shown; the tables' rows differ, this doesn't.
struct Entry {
  std::string_view table;
  std::string name;
  std::string usage;  // the name with what follows it
  std::string places = {};
  std::string facts = {};  // versions and whether it runs, sentences
  std::string text = {};
};

struct PlaceName {
  std::uint32_t bit;
  std::string_view name;
};
constexpr auto section_places = std::to_array<PlaceName>({
    {in::global, "global"},
    {in::anonymous_defaults, "defaults"},
    {in::named_defaults, "named defaults"},
    {in::frontend, "frontend"},
    {in::listen, "listen"},
    {in::backend, "backend"},
    {in::server_line, "server"},
    {in::default_server_line, "default-server"},
    {in::connection_rules, "tcp-request connection"},
    {in::session_rules, "tcp-request session"},
    {in::request_rules, "tcp-request content"},
    {in::response_rules, "tcp-response content"},
    {in::http_request_rules, "http-request"},
    {in::http_response_rules, "http-response"},
    {in::http_after_rules, "http-after-response"},
    {in::quic_rules, "quic-initial"},
    {in::http_checks, "http-check"},
    {in::tcp_checks, "tcp-check"},
});

std::string section_names(std::uint32_t bits) {
  std::string text;
  if (bits == in::everywhere) return text;
  for (const PlaceName& place : section_places)
    if ((bits & place.bit) != 0) text += fmt::format("{}{}", text.empty() ? "" : ", ", place.name);
  return text;
}

std::string_view status_text(Status status) {
  switch (status) {
    case Status::unsupported: return "This build checks it but can't run it.";
    case Status::no_effect: return "It is read and has no effect here.";
    case Status::deprecated: return "It is deprecated.";
    default: return "";
  }
}

std::string capitalised(std::string_view text) {
  std::string result(text);
  if (!result.empty() && result.front() >= 'a' && result.front() <= 'z')
    result.front() = static_cast<char>(result.front() - 'a' + 'A');
  return result;
}

std::string sentence(std::string_view text) { return capitalised(text) + (text.ends_with('.') ? "" : "."); }

void add_sentence(std::string& text, std::string_view added) {
  if (added.empty()) return;
  if (!text.empty()) text += ' ';
  text += sentence(added);
}

template <class Row>
std::string versions(const Row& row) {
  std::string text;
  if (!row.since.empty()) add_sentence(text, fmt::format("Since HAProxy {}.", row.since));
  if (!row.removed_in.empty()) add_sentence(text, fmt::format("Removed in HAProxy {}.", row.removed_in));
  add_sentence(text, status_text(row.status));
  return text;
}

Entry entry_of(const graph::Family& family, const graph::Row& row) {
  Entry entry{.table = family.name, .name = std::string(row.name), .usage = std::string(row.name)};
  if ((row.prefixes & graph::takes_no) != 0) entry.usage = "[no] " + entry.usage;
  if (!row.syntax.empty()) entry.usage += fmt::format(" {}", row.syntax);
  if (row.words.given) entry.usage += fmt::format(" <{}>", row.words.family->name);
  if (row.parameters.given) entry.usage += fmt::format(" [<{}>]...", row.parameters.family->name);
  entry.places = section_names(row.places);
  entry.facts = versions(row);
  if (row.mode == graph::RowMode::http) add_sentence(entry.facts, "Only of use in HTTP mode.");
  if (!row.advice.empty()) add_sentence(entry.facts, row.advice);
  entry.text = row.documentation;
  return entry;
}

Entry entry_of(const fetchers::FetchRow& row) {
  Entry entry{
      .table = "fetch",
      .name = std::string(row.name),
      .usage = fmt::format("{}{} : {}", row.name, signature(row.arguments), fetchers::type_name(row.out)),
      .facts = versions(row),
      .text = std::string(row.documentation)};
  for (std::uint32_t bit = 1; bit != 0 && bit <= row.places; bit <<= 1) {
    if ((row.places & bit) == 0) continue;
    entry.places +=
        fmt::format("{}{}", entry.places.empty() ? "" : ", ", acl::place_name(fetchers::Place{bit}));
  }
  return entry;
}

Entry entry_of(const fetchers::ConverterRow& row) {
  return {.table = "converter",
          .name = std::string(row.name),
          .usage = fmt::format("{}{} : {} to {}", row.name, signature(row.arguments),
                               fetchers::type_name(row.in), fetchers::type_name(row.out)),
          .facts = versions(row),
          .text = std::string(row.documentation)};
}

Entry entry_of(const acl::AliasRow& row) {
  return {.table = "ACL criterion",
          .name = std::string(row.name),
          .usage = fmt::format("{} <pattern>...", row.name),
          .text = fmt::format("Short for {} -m {}.", row.fetch, acl::method_name(row.method))};
}

Entry entry_of(const acl::PredefinedRow& row) {
  return {.table = "predefined ACL",
          .name = std::string(row.name),
          .usage = std::string(row.name),
          .facts = row.since.empty() ? "" : fmt::format("Since HAProxy {}.", row.since),
          .text = fmt::format("As if the line \"acl {} {}\" stood in every proxy.", row.name, row.text)};
}

Entry entry_of(const fetchers::LogAliasRow& row) {
  return {.table = "log format item",
          .name = fmt::format("%{}", row.name),
          .usage = fmt::format("%{}", row.name),
          .facts = row.mode == fetchers::AliasMode::http ? "Only of use in HTTP mode." : "",
          .text = std::string(row.documentation)};
}

std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  for (const graph::Family* family : graph::all_families())
    for (const std::uint16_t at : family->sorted) entries.push_back(entry_of(*family, family->rows[at]));
  const auto add = [&entries](const auto& rows) {
    for (const auto& row : rows) entries.push_back(entry_of(row));
  };
  add(fetchers::fetch_rows());
  add(fetchers::converter_rows());
  add(acl::alias_rows());
  add(acl::predefined_rows());
  add(fetchers::log_aliases());
  return entries;
}

// "option tcplog" and "tcplog" both mean the option.
bool is_meant(const Entry& entry, std::string_view name) {
  if (entry.name == name) return true;
  const std::size_t blank = name.rfind(' ');
  return blank != std::string_view::npos && entry.name == name.substr(blank + 1) &&
         entry.table.starts_with(name.substr(0, blank));
}

std::string page(const Entry& entry) {
  std::string text = fmt::format("{}  ({})\n", entry.usage, entry.table);
  if (!entry.places.empty()) text += fmt::format("  In: {}\n", entry.places);
  text += fmt::format("  {}\n", entry.text);
  if (!entry.facts.empty()) text += fmt::format("  {}\n", entry.facts);
  return text;
}

std::string_view severity_name(parser::Severity severity) {
  constexpr std::string_view names[] = {"notice", "warning", "error"};
  return names[static_cast<std::size_t>(severity)];
}

// Sorted by name. A name that two rooms use means the same; the first one's words are shown.
std::vector<const parser::Code*> all_codes() {
  std::map<std::string_view, const parser::Code*> codes;
  const auto add = [&codes](const auto& list) {
    for (const parser::Code* code : list) codes.emplace(code->name, code);
  };
  add(graph::codes::all());
  add(parser::codes::all);
  add(fetchers::codes::all);
  add(acl::codes::all);
  codes.emplace(codes::typed_words.name, &codes::typed_words);
  add(codes::lints());
  std::vector<const parser::Code*> sorted;
  for (const auto& [name, code] : codes) sorted.push_back(code);
  return sorted;
}

// A cell of a Markdown table may hold no bar.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '<') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string manual_page(std::string_view name) {
  std::string text;
  for (const Entry& entry : all_entries())
    if (is_meant(entry, name)) text += fmt::format("{}{}", text.empty() ? "" : "\n", page(entry));
  return text;
}

std::string nearest_name(std::string_view name) {
  const std::vector<Entry> entries = all_entries();
  std::vector<std::string_view> names(entries.size());
  std::ranges::transform(entries, names.begin(),
                         [](const Entry& entry) { return std::string_view(entry.name); });
  return std::string(parser::nearest(name, names).value_or(""));
}

std::string all_names() {
  std::string text;
  std::string_view table;
  for (const Entry& entry : all_entries()) {
    if (entry.table != table) text += fmt::format("{}{}:\n", text.empty() ? "" : "\n", entry.table);
    table = entry.table;
    text += fmt::format("  {}\n", entry.usage);
  }
  return text;
}

std::string name_list() {
  std::set<std::string> names;
  for (Entry& entry : all_entries()) names.insert(std::move(entry.name));
  return fmt::format("{}\n", joined(names, "\n"));
}

std::string keywords_document() {
  std::string text =
      "# Keywords\n\nWritten by `shunt keywords --markdown` from the tables that read the files. `<...>` is "
      "a typed argument, "
      "`[...]` optional,\n`...` repeated, `{a | b}` a choice, `word@3.0` known since that version.\n";
  std::string_view table;
  for (const Entry& entry : all_entries()) {
    if (entry.table != table) text += fmt::format("\n## {}\n\n", capitalised(entry.table));
    table = entry.table;
    text += fmt::format("- `{}`", entry.usage);
    if (!entry.places.empty()) text += fmt::format(" ({})", entry.places);
    text += fmt::format(": {}{}{}\n", entry.text, entry.facts.empty() ? "" : " ", entry.facts);
  }
  return text;
}

std::string code_page(std::string_view name) {
  for (const parser::Code* code : all_codes())
    if (code->name == name)
      return fmt::format("{}  ({})\n  {}\n  {}\n", code->name, severity_name(code->severity),
                         sentence(code->summary), sentence(code->remedy));
  return {};
}

std::string code_list() {
  std::string text;
  for (const parser::Code* code : all_codes()) text += fmt::format("{}\n", code->name);
  return text;
}

std::string lint_list() {
  std::string text;
  for (const parser::Code* code : codes::lints()) text += fmt::format("{}\n", code->name);
  return text;
}

std::string codes_document() {
  std::string text = "| Code | Severity | When | What to do |\n|---|---|---|---|\n";
  for (const parser::Code* code : all_codes())
    text += fmt::format("| `{}` | {} | {} | {} |\n", code->name, severity_name(code->severity),
                        cell(sentence(code->summary)), cell(sentence(code->remedy)));
  return text;
}

}  // namespace shunt::analysis
