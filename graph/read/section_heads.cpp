// What HAProxy demands of the heads of sections that are no proxies, and of what stands in them.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "graph/read/reading.hpp"
#include "graph/read/section_reader.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using parser::Severity;

// What a fault does: nothing, a warning, an error, an error behind which nothing is read.
enum class Fault : std::uint8_t { none, warns, fails, ends };

struct HeadRow {
  std::string_view section;
  Fault no_name, more_words, same_name, bad_character;
  std::string_view needs = {};  // a keyword that must stand in the section
};

using enum Fault;
constexpr std::array rows{
    HeadRow{"acme", ends, fails, fails, fails},
    HeadRow{"cache", ends, ends, ends, none, "total-max-size"},
    HeadRow{"crt-store", none, none, none, none},
    HeadRow{"fcgi-app", fails, fails, fails, fails, "docroot"},
    HeadRow{"healthcheck", ends, fails, fails, ends, "type"},
    HeadRow{"http-errors", ends, none, fails, fails},
    HeadRow{"log-forward", ends, fails, fails, ends},
    HeadRow{"log-profile", ends, fails, fails, ends},
    HeadRow{"mailers", ends, none, fails, ends},
    HeadRow{"peers", ends, fails, fails, ends},
    HeadRow{"program", ends, ends, ends, none, "command"},
    HeadRow{"resolvers", ends, none, ends, ends},
    HeadRow{"ring", fails, none, fails, fails},
    HeadRow{"traces", none, none, none, none},
    HeadRow{"userlist", fails, fails, warns, fails},
};

const HeadRow* find_row(std::string_view section) {
  const auto found = std::ranges::find(rows, section, &HeadRow::section);
  return found == rows.end() ? nullptr : &*found;
}

parser::Diagnostic* report(Reading& reading, Fault fault, const codes::Code& code, parser::Span span,
                           std::string message) {
  if (fault == none) return nullptr;
  auto& made = reading.state.sink.report(fault == warns ? Severity::warning : Severity::error, code, span,
                                         std::move(message));
  made.last = fault == ends;
  return &made;
}

constexpr bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == ':';
}

}  // namespace

void SectionReader::check_head(Reading& reading) {
  const HeadRow* row = find_row(reading.keyword.value);
  if (row == nullptr) return;
  const auto words = reading.arguments;
  if (words.empty() || words[0].value.empty()) {
    report(reading, row->no_name, codes::missing_argument, reading.line->span,
           fmt::format("'{}' expects a name", reading.keyword.value));
    return;
  }
  if (words.size() > 1)
    report(reading, row->more_words, codes::unexpected_argument, words[1].span,
           fmt::format("'{}' doesn't take '{}' behind the name", reading.keyword.value, words[1].value));
  const auto bad = std::ranges::find_if_not(words[0].value, is_name_character);
  if (bad != words[0].value.end())
    report(reading, row->bad_character, codes::bad_name, words[0].span,
           fmt::format("character '{}' is not permitted in the name '{}'", *bad, words[0].value));
  const auto [first, fresh] = heads_.try_emplace({row->section, std::string(words[0].value)}, words[0].span);
  if (fresh) return;
  auto* found =
      report(reading, row->same_name, codes::duplicate_name, words[0].span,
             fmt::format("there is already a '{}' section named '{}'", row->section, words[0].value));
  if (found != nullptr) found->notes.push_back({"first defined here", first->second});
}

void SectionReader::check_needs(const parser::Section& section) {
  const HeadRow* row = find_row(section.head.keyword().value);
  if (row == nullptr || row->needs.empty()) return;
  const auto is_it = [&](const parser::Line& line) { return line.keyword() == row->needs; };
  if (std::ranges::any_of(section.lines, is_it)) return;
  state_.sink
      .report(codes::missing_argument, section.head.span,
              fmt::format("this '{}' section has no '{}' line", row->section, row->needs))
      .late = true;
}

// The names in `group NAME users A,B` and `user NAME ... groups G,H` must be there.
void SectionReader::check_members(const parser::Section& userlist) {
  std::set<std::string_view> users, groups;
  for (const parser::Line& line : userlist.lines) {
    if (line.words.size() < 2) continue;
    if (line.words[0] == "user") users.insert(line.words[1].value);
    if (line.words[0] == "group") groups.insert(line.words[1].value);
  }
  for (const parser::Line& line : userlist.lines) {
    const bool is_group = line.words[0] == "group";
    const auto list =
        std::ranges::find(line.words, std::string_view(is_group ? "users" : "groups"), &parser::Word::value);
    if (list == line.words.end() || list + 1 == line.words.end()) continue;
    std::string_view names = (list + 1)->value;
    while (!names.empty()) {
      const std::string_view name = names.substr(0, names.find(','));
      names.remove_prefix(std::min(name.size() + 1, names.size()));
      if ((is_group ? users : groups).contains(name)) continue;
      state_.sink.report(codes::undefined_name, (list + 1)->span,
                         fmt::format("this userlist has no {} '{}'", is_group ? "user" : "group", name));
    }
  }
}

// An object may fill half of the cache.
void SectionReader::check_sizes(const parser::Section& cache) {
  std::int64_t total = 0;
  const parser::Line* object = nullptr;
  for (const parser::Line& line : cache.lines) {
    if (line.words.size() < 2) continue;
    if (line.words[0] == "total-max-size") total = parser::leading_integer(line.words[1].value) << 20;
    if (line.words[0] == "max-object-size") object = &line;
  }
  if (object == nullptr || parser::leading_integer(object->words[1].value) <= total / 2) return;
  state_.sink
      .report(codes::bad_number, object->words[1].span,
              "'max-object-size' must not exceed half of 'total-max-size'")
      .late = true;
}

}  // namespace shunt::graph
