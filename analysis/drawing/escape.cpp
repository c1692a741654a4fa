// One pass over the characters; a table of replacements for each format.
#include "analysis/drawing/escape.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "parser/utf8.hpp"

namespace shunt::analysis::drawing {
namespace {

// Characters of no width, separators of lines and marks that change the direction of writing.
bool is_hidden(std::string_view character) {
  return (character >= "\u200b" && character <= "\u200f") ||
         (character >= "\u2028" && character <= "\u202e") ||
         (character >= "\u2060" && character <= "\u206f") || character == "\ufeff";
}

// Of a plain text.
std::size_t size_of_first(std::string_view text) {
  return std::max<std::size_t>(parser::printable_size(text), 1);
}

struct Replacement {
  char from;
  std::string_view to;
};
constexpr auto xml = std::to_array<Replacement>(
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}});
constexpr auto dot = std::to_array<Replacement>({{'"', "\\\""}, {'\\', "\\\\"}});
// Its texts are HTML in the end, and what it takes for its own marks may stand anywhere.
constexpr auto mermaid = std::to_array<Replacement>({{'#', "#35;"},
                                                     {'"', "#quot;"},
                                                     {'&', "#amp;"},
                                                     {'<', "#lt;"},
                                                     {'>', "#gt;"},
                                                     {'`', "#96;"},
                                                     {'\\', "#92;"},
                                                     {'|', "#124;"},
                                                     {'%', "#37;"},
                                                     {';', "#59;"},
                                                     {'*', "#42;"},
                                                     {'_', "#95;"},
                                                     {'[', "#91;"},
                                                     {']', "#93;"}});
constexpr auto script = std::to_array<Replacement>({{'<', "\\u003c"}, {'>', "\\u003e"}, {'&', "\\u0026"}});

std::string replaced(std::string_view text, std::span<const Replacement> table) {
  std::string result;
  result.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    const auto found = std::ranges::find(table, c, &Replacement::from);
    if (found == table.end())
      result += c;
    else
      result += found->to;
  }
  return result;
}

}  // namespace

std::string plain(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = parser::printable_size(text);
    const std::string_view next = text.substr(0, std::max<std::size_t>(size, 1));
    if (size != 0 && !is_hidden(next))
      result += next;
    else
      for (const char c : next)
        fmt::format_to(std::back_inserter(result), "\\x{:02x}", static_cast<unsigned char>(c));
    text.remove_prefix(next.size());
  }
  return result;
}

std::string for_xml(std::string_view text) { return replaced(plain(text), xml); }
std::string for_dot(std::string_view text) { return replaced(plain(text), dot); }
std::string for_mermaid(std::string_view text) { return replaced(plain(text), mermaid); }
std::string for_script(std::string_view json) { return replaced(json, script); }

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t size = size_of_first(text);
    count += parser::display_width(text.substr(0, size));
    text.remove_prefix(size);
  }
  return count;
}

std::string clipped(std::string_view text, std::size_t most) {
  if (columns(text) <= most) return std::string(text);
  std::size_t end = 0, count = 0;
  while (end < text.size()) {
    const std::size_t size = size_of_first(text.substr(end));
    count += parser::display_width(text.substr(end, size));
    if (count + 1 > most) break;
    end += size;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace shunt::analysis::drawing
