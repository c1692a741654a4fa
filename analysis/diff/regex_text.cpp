// Makes a text that a regular expression matches: the first alternative, each repetition as short as may be.
#include <cctype>

#include "analysis/diff/near_values.hpp"

namespace shunt::analysis {
namespace {

class Sampler {
 public:
  explicit Sampler(std::string_view expression) : rest_(expression) {}

  std::optional<std::string> whole() {
    std::string text = alternatives();
    if (failed_ || !rest_.empty()) return std::nullopt;
    return text;
  }

 private:
  static constexpr int deepest = 32;

  [[nodiscard]] bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  bool eat(char c) { return at(c) && (take(), true); }
  std::string fail() { return failed_ = true, std::string(); }

  std::string alternatives() {
    std::string first = sequence();
    while (!failed_ && eat('|')) static_cast<void>(sequence());
    return first;
  }

  std::string sequence() {
    std::string text;
    while (!failed_ && !rest_.empty() && !at('|') && !at(')')) text += repeated();
    return text;
  }

  std::string repeated() {
    std::string once = atom();
    if (failed_ || rest_.empty()) return once;
    if (at('*') || at('?') || at('+')) {
      const bool needed = take() == '+';
      if (at('?') || at('+')) take();
      return needed ? once : std::string();
    }
    return at('{') ? counted(once) : once;
  }

  std::string counted(const std::string& once) {
    take();
    std::size_t least = 0;
    while (!rest_.empty() && std::isdigit(static_cast<unsigned char>(rest_.front())) != 0 && least < 1000)
      least = least * 10 + static_cast<std::size_t>(take() - '0');
    while (!rest_.empty() && !at('}')) take();
    if (!eat('}')) return fail();
    std::string text;
    for (std::size_t i = 0; i < least && i < 1000; ++i) text += once;
    return text;
  }

  std::string atom() {
    const char c = take();
    switch (c) {
      case '^':
      case '$': return {};
      case '.': return "x";
      case '(': return group();
      case '[': return one_of_class();
      case '\\': return escaped();
      case '*':
      case '+':
      case '?': return fail();
      default: return {c};
    }
  }

  std::string group() {
    if (++depth_ > deepest) return fail();
    if (eat('?') && !eat(':')) return fail();  // looks around, names, options
    std::string text = alternatives();
    if (!eat(')')) return fail();
    --depth_;
    return text;
  }

  std::string escaped() {
    if (rest_.empty()) return fail();
    const char c = take();
    if (c == 'd') return "1";
    if (c == 'w' || c == 'S' || c == 'D') return "x";
    if (c == 's' || c == 'W') return " ";
    if (c == 'b') return {};
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ? fail() : std::string{c};
  }

  // The first member; of "all but these", one of a few that is not among them.
  std::string one_of_class() {
    const bool negated = eat('^');
    std::string members;
    if (at(']')) members += take();
    while (!rest_.empty() && !at(']')) {
      const char c = take();
      if (c == '[') return fail();  // named classes
      members += c == '\\' ? escaped() : std::string{c};
    }
    if (!eat(']') || members.empty()) return fail();
    if (!negated) return members.substr(0, 1);
    for (const char c : {'x', '1', '-', '_', '~'})
      if (members.find(c) == std::string::npos) return {c};
    return fail();
  }

  std::string_view rest_;
  bool failed_ = false;
  int depth_ = 0;
};

}  // namespace

std::optional<std::string> text_of_regex(std::string_view expression) { return Sampler(expression).whole(); }

}  // namespace shunt::analysis
