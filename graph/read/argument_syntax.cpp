// Reads a row's syntax text and the words of a line side by side.
#include "graph/read/argument_syntax.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "parser/joined.hpp"
#include "parser/suggest.hpp"

namespace shunt::graph {
namespace {

using parser::Word;

// One piece of a syntax text: `text` without its brackets; `repeated` when "..." follows.
struct Item {
  enum class Kind : std::uint8_t { end, bar, literal, typed, optional, choice, broken } kind = Kind::end;
  std::string_view text = {};
  bool repeated = false;
};

// The position behind the bracket that closes the one at `open`; npos when none does.
std::size_t closing(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    if (text[at] == '[' || text[at] == '{' || text[at] == '<') ++depth;
    if (text[at] == ']' || text[at] == '}' || text[at] == '>') --depth;
    if (depth == 0) return at + 1;
  }
  return std::string_view::npos;
}

Item::Kind bracket_kind(char c) {
  if (c == '<') return Item::Kind::typed;
  return c == '[' ? Item::Kind::optional : Item::Kind::choice;
}

// Cuts the next item off the text.
Item next_item(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  if (text.empty()) return {};
  Item item;
  std::size_t size = 0;
  if (text.starts_with("| ") || text == "|") {
    item.kind = Item::Kind::bar;
    size = 1;
  } else if (text[0] == '[' || text[0] == '{' || text[0] == '<') {
    size = closing(text, 0);
    if (size == std::string_view::npos) return {.kind = Item::Kind::broken, .text = text};
    item.kind = bracket_kind(text[0]);
    item.text = text.substr(1, size - 2);
  } else {
    size = std::min(text.find(' '), text.size());
    item.kind = Item::Kind::literal;
    item.text = text.substr(0, size);
    if (item.text.ends_with("...")) item.text.remove_suffix(3), item.repeated = true;
  }
  text.remove_prefix(size);
  if (text.starts_with("...")) {
    item.repeated = true;
    text.remove_prefix(3);
  }
  return item;
}

// The alternatives of a choice: texts between bars of its own level.
std::vector<std::string_view> alternatives_of(std::string_view text) {
  std::vector<std::string_view> found;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '[' || text[at] == '{' || text[at] == '<') at = closing(text, at) - 1;
    const bool bar = text[at] == '|' && at > 0 && text[at - 1] == ' ';
    if (!bar) continue;
    found.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  found.push_back(text.substr(begin));
  return found;
}

// Calls back with each word of "a|b@3.0|c" that the language knows; true ends it.
template <class Use>
bool any_literal(std::string_view text, int language, Use use) {
  while (!text.empty()) {
    const std::size_t bar = std::min(text.find('|'), text.size());
    const std::string_view word = text.substr(0, bar);
    text.remove_prefix(std::min(bar + 1, text.size()));
    const std::size_t at = std::min(word.rfind('@'), word.size());
    const bool dated =
        at != word.size() && at + 1 < word.size() && word[at + 1] >= '0' && word[at + 1] <= '9';
    if (dated && !is_known(language, word.substr(at + 1))) continue;
    if (use(dated ? word.substr(0, at) : word)) return true;
  }
  return false;
}

class Matcher {
 public:
  explicit Matcher(Reading& reading) : reading_(reading), words_(reading.arguments) {}

  bool sequence(std::string_view syntax) {
    for (;;) {
      const Item item = next_item(syntax);
      if (item.kind == Item::Kind::end) return true;
      if (!match(item)) return false;
    }
  }
  [[nodiscard]] std::span<const Word> rest() const { return words_; }

 private:
  bool match(const Item& item) {
    if (item.kind == Item::Kind::optional) return optional(item);
    if (!once(item)) return false;
    while (item.repeated && begins(item))
      if (!once(item)) return false;
    return true;
  }

  bool optional(const Item& item) {
    while (first_begins(item.text)) {
      if (!sequence(item.text)) return false;
      if (!item.repeated) break;
    }
    return true;
  }

  bool once(const Item& item) {
    if (item.kind == Item::Kind::choice) return choice(item);
    if (words_.empty()) return missing(item);
    return item.kind == Item::Kind::typed ? typed(item.text) : literal(item.text);
  }

  bool choice(const Item& item) {
    const auto alternatives = alternatives_of(item.text);
    for (const std::string_view each : alternatives)
      if (first_begins(each)) return sequence(each);
    return words_.empty() ? missing(item) : unexpected(item);
  }

  bool typed(std::string_view text) {
    const auto [name, parameters] = split(text);
    const std::size_t taken = find_argument_kind(name)->check(reading_, words_, parameters);
    words_ = words_.subspan(taken);
    return taken != 0;
  }

  bool literal(std::string_view text) {
    if (!fits(text, words_.front())) return unexpected({.kind = Item::Kind::literal, .text = text});
    words_ = words_.subspan(1);
    return true;
  }

  // Whether the item can begin with the next word.
  [[nodiscard]] bool begins(const Item& item) const {
    if (words_.empty()) return false;
    switch (item.kind) {
      case Item::Kind::literal: return fits(item.text, words_.front());
      case Item::Kind::typed: {
        const ArgumentKind* kind = find_argument_kind(split(item.text).first);
        return kind->begins == nullptr || kind->begins(words_.front());
      }
      case Item::Kind::choice:
        return std::ranges::any_of(alternatives_of(item.text),
                                   [&](std::string_view each) { return first_begins(each); });
      default: return first_begins(item.text);
    }
  }
  // The same for a sequence, whose optional beginnings may be left out.
  [[nodiscard]] bool first_begins(std::string_view syntax) const {
    for (;;) {
      const Item item = next_item(syntax);
      if (item.kind == Item::Kind::end) return false;
      if (begins(item)) return true;
      if (item.kind != Item::Kind::optional) return false;
    }
  }

  [[nodiscard]] bool fits(std::string_view literals, const Word& word) const {
    return any_literal(literals, reading_.state.language(),
                       [&](std::string_view each) { return word == each; });
  }

  static std::pair<std::string_view, std::string_view> split(std::string_view text) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    return {text.substr(0, blank), text.substr(std::min(blank + 1, text.size()))};
  }

  // ---- messages

  // All words that could stand here, and titles of kinds.
  void collect(const Item& item, std::vector<std::string_view>& words,
               std::vector<std::string_view>& titles) const {
    if (item.kind == Item::Kind::literal) {
      any_literal(item.text, reading_.state.language(), [&](std::string_view each) {
        words.push_back(each);
        return false;
      });
    } else if (item.kind == Item::Kind::typed) {
      titles.push_back(find_argument_kind(split(item.text).first)->title);
    } else {
      for (std::string_view each : alternatives_of(item.text)) collect(next_item(each), words, titles);
    }
  }

  [[nodiscard]] std::string expected(const Item& item, std::vector<std::string_view>& words) const {
    std::vector<std::string_view> titles;
    collect(item, words, titles);
    std::string text = words.empty() ? "" : fmt::format("'{}'", joined(words, "', '"));
    if (words.size() > 1) text = "one of " + text;
    for (const std::string_view title : titles) text += (text.empty() ? "" : " or ") + std::string(title);
    return text;
  }

  bool missing(const Item& item) {
    std::vector<std::string_view> words;
    reading_.report(codes::missing_argument, reading_.span(),
                    fmt::format("{} expects {}", reading_.quoted(), expected(item, words)));
    return false;
  }

  bool unexpected(const Item& item) {
    std::vector<std::string_view> words;
    const std::string wanted = expected(item, words);
    auto& found = reading_.report(
        codes::bad_argument, words_.front().span,
        fmt::format("{} expects {}, not '{}'", reading_.quoted(), wanted, words_.front().value));
    if (const auto near = parser::nearest(words_.front().value, words))
      found.notes.push_back({.message = fmt::format("did you mean '{}'?", *near)});
    return false;
  }

  Reading& reading_;
  std::span<const Word> words_;
};

// "10 s": the unit of a time stands right behind the number.
void note_lonely_unit(parser::Diagnostic& found, const Word& number, const Word& unit) {
  constexpr std::array<std::string_view, 6> units{"us", "ms", "s", "m", "h", "d"};
  const bool digits = number.value.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits && std::ranges::find(units, unit.value) != units.end())
    found.notes.push_back(
        {.message = fmt::format("without a blank it is a time: {}{}", number.value, unit.value)});
}

}  // namespace

bool check_syntax(Reading& reading, std::string_view syntax) {
  Matcher matcher(reading);
  if (!matcher.sequence(syntax)) return false;
  const auto rest = matcher.rest();
  reading.rest = rest;
  reading.arguments = reading.arguments.first(reading.arguments.size() - rest.size());
  if (rest.empty() || reading.in_list || reading.row->parameters.given) return true;
  auto& found =
      reading.report(codes::unexpected_argument, rest.front().span,
                     fmt::format("{} doesn't take '{}' here", reading.quoted(), rest.front().value));
  if (!reading.arguments.empty()) note_lonely_unit(found, reading.arguments.back(), rest.front());
  return false;
}

std::string syntax_fault(std::string_view syntax) {
  for (;;) {
    const Item item = next_item(syntax);
    if (item.kind == Item::Kind::end) return {};
    if (item.kind == Item::Kind::broken) return fmt::format("unclosed: {}", item.text);
    if (item.kind == Item::Kind::typed) {
      const std::string_view name = item.text.substr(0, item.text.find(' '));
      if (find_argument_kind(name) == nullptr) return fmt::format("unknown kind '{}'", name);
    }
    if (item.kind != Item::Kind::optional && item.kind != Item::Kind::choice) continue;
    for (const std::string_view each : alternatives_of(item.text))
      if (std::string fault = syntax_fault(each); !fault.empty()) return fault;
  }
}

}  // namespace shunt::graph
