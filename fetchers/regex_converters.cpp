// The converter that replaces what a regular expression matches.
#include <algorithm>
#include <array>
#include <string>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/regex.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

using parser::ascii::hex_value;
using parser::ascii::is_digit;

// Collects the pieces of the result, which lie in the input, the arguments or here, until their size is
// known.
class Output {
 public:
  explicit Output(Scratch& scratch) : scratch_(scratch) {}

  void add(std::string_view piece) {
    if (size_ + piece.size() > room_.size()) grow(size_ + piece.size());
    std::ranges::copy(piece, room_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += piece.size();
  }
  void add(char byte) { add(std::string_view(&byte, 1)); }
  [[nodiscard]] std::string_view text() const { return {room_.data(), size_}; }

 private:
  void grow(std::size_t wanted) {
    const std::span<char> larger = scratch_.allocate(std::max(wanted, 2 * room_.size() + 64));
    std::copy_n(room_.begin(), size_, larger.begin());
    room_ = larger;
  }

  Scratch& scratch_;
  std::span<char> room_ = {};
  std::size_t size_ = 0;
};

// `\0` ... `\9` are groups, `\xHH` is a byte, a backslash takes any other character as it is. False: nothing
// follows the last backslash.
bool add_replacement(std::string_view pattern, std::string_view text, const Regex::Match& match,
                     Output& out) {
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '\\') {
      out.add(pattern[at]);
      continue;
    }
    if (++at == pattern.size()) return false;
    const std::string_view rest = pattern.substr(at);
    if (is_digit(rest[0])) {
      const Regex::Part group = match[static_cast<std::size_t>(rest[0] - '0')];
      out.add(text.substr(group.begin, group.end - group.begin));
    } else if (rest[0] == 'x') {
      if (rest.size() < 3 || hex_value(rest[1]) < 0 || hex_value(rest[2]) < 0) return false;
      out.add(static_cast<char>(hex_value(rest[1]) * 16 + hex_value(rest[2])));
      at += 2;
    } else {
      out.add(rest[0]);
    }
  }
  return true;
}

// Each search begins with a new text, so that `$` can match twice at its end and \b anywhere [seen].
bool regsub(Context& context, Arguments arguments, Sample& sample) {
  const auto* regex = static_cast<const Regex*>(arguments[0].compiled.get());
  const bool all = arguments[2].integer != 0;
  std::string_view rest = sample.text;
  Output out(*context.scratch);
  Regex::Match match;
  for (bool first = true; (first || all) && regex != nullptr && regex->search(rest, !first, match);
       first = false) {
    out.add(rest.substr(0, match[0].begin));
    if (!add_replacement(arguments[1].text, rest, match, out)) return false;
    const std::size_t end = match[0].end;
    rest.remove_prefix(end);
    if (end != 0 || !all) continue;
    if (rest.empty()) break;
    out.add(rest.front());
    rest.remove_prefix(1);
  }
  out.add(rest);
  sample.set_string(out.text());
  return true;
}

constexpr std::array rows = {
    ConverterRow{.name = "regsub",
                 .arguments = {.required = 2,
                               .types = {ArgumentType::regex, ArgumentType::str, ArgumentType::str},
                               .check = check_regsub},
                 .in = SampleType::str,
                 .out = SampleType::str,
                 .function = regsub,
                 .documentation = "Replaces what a regular expression matches."},
};

}  // namespace

ConverterRows regex_converters() { return rows; }

}  // namespace shunt::fetchers
