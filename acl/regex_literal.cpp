// Reads just as much of PCRE2's syntax as is needed to know literals outside of groups and alternatives.
#include "acl/regex_literal.hpp"

#include <algorithm>
#include <array>

#include "acl/fold.hpp"

namespace shunt::acl {
namespace {

// Letters after a backslash that stand for one byte of a kind, or for a place; what is behind them is read
// on.
constexpr std::string_view plain_escapes = "dDwWsSbBAzZhHvVRNXntrfeaGK";
// What may follow "(?": forms that change nothing behind the group.
constexpr std::array<std::string_view, 8> harmless_groups = {":", "=", "!", ">", "<=", "<!", "P<", "<"};

bool is_alphanumeric(char c) {
  c = fold(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : text_(text) {}

  std::string read() {
    if (text_.find("(*") != std::string_view::npos) return {};
    while (at_ < text_.size() && !lost_) item();
    end_run();
    return lost_ ? std::string() : std::move(longest_);
  }

 private:
  void item() {
    switch (text_[at_]) {
      case '|': lost_ = true; return;
      case '\\': return escape();
      case '[': return skip_and_end([this] { skip_class(); });
      case '(': return skip_and_end([this] { skip_group(); });
      case '^':
      case '$': ++at_; return end_run();
      case '.':
        ++at_;
        skip_quantifier();
        return end_run();
      case '*':
      case '+':
      case '?':
      case '{': lost_ = true; return;  // nothing to repeat, or one more quantifier: not understood
      default: literal(text_[at_++]);
    }
  }

  template <class Skip>
  void skip_and_end(const Skip& skip) {
    end_run();
    skip();
    skip_quantifier();
  }

  void escape() {
    if (at_ + 1 >= text_.size()) return lose();
    const char c = text_[at_ + 1];
    if (!is_alphanumeric(c) && static_cast<unsigned char>(c) < 0x80) {
      at_ += 2;
      return literal(c);
    }
    if (plain_escapes.find(c) == std::string_view::npos) return lose();
    at_ += 2;
    skip_quantifier();
    end_run();
  }

  // A byte that may be left out belongs to no run; one that may be repeated ends its run.
  void literal(char c) {
    const std::size_t least = quantifier_minimum();
    if (least > 0) run_ += fold(c);
    if (quantified_) end_run();
    if (least == 0) end_run();
  }

  void lose() { lost_ = true; }

  void end_run() {
    if (run_.size() > longest_.size()) longest_ = run_;
    run_.clear();
  }

  void skip_quantifier() { (void)quantifier_minimum(); }

  // Skips a quantifier; how often it wants at least (1 without one).
  std::size_t quantifier_minimum() {
    quantified_ = false;
    if (at_ >= text_.size()) return 1;
    std::size_t least = 1;
    switch (text_[at_]) {
      case '*':
      case '?': least = 0; break;
      case '+': break;
      case '{':  // counts, or a literal brace: neither is looked into
        at_ = std::min(text_.find('}', at_), text_.size() - 1);
        least = 0;
        break;
      default: return 1;
    }
    quantified_ = true;
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '?' || text_[at_] == '+')) ++at_;  // lazy, possessive
    return least;
  }

  // "[]a]" and "[^]a]": a bracket that stands first is one of the class. "[[:alpha:]]" has brackets inside.
  void skip_class() {
    ++at_;
    if (at_ < text_.size() && text_[at_] == '^') ++at_;
    if (at_ < text_.size() && text_[at_] == ']') ++at_;
    while (at_ < text_.size() && text_[at_] != ']' && !lost_) {
      if (text_[at_] == '\\')
        skip_escape();
      else if (text_[at_] == '[')
        skip_named_class();
      else
        ++at_;
    }
    ++at_;
  }

  void skip_escape() {
    if (at_ + 1 < text_.size() && (text_[at_ + 1] == 'Q' || text_[at_ + 1] == 'E')) lose();
    at_ += 2;
  }

  // A bracket in a class is a name's, or one of the class.
  void skip_named_class() {
    const std::string_view kind = text_.substr(at_, 2);
    if (kind != "[:") return kind == "[." || kind == "[=" ? lose() : void(++at_);
    const std::size_t end = text_.find_first_not_of("abcdefghijklmnopqrstuvwxyz^", at_ + 2);
    if (end == std::string_view::npos || text_.substr(end, 2) != ":]") return lose();
    at_ = end + 2;
  }

  void skip_group() {
    if (!harmless()) return lose();
    for (++at_; at_ < text_.size() && text_[at_] != ')' && !lost_;) {
      switch (text_[at_]) {
        case '\\': skip_escape(); break;
        case '[': skip_class(); break;
        case '(': skip_group(); break;
        default: ++at_;
      }
    }
    ++at_;
  }

  [[nodiscard]] bool harmless() const {
    std::string_view behind = text_.substr(at_ + 1);
    if (!behind.starts_with('?')) return true;
    behind.remove_prefix(1);
    return std::ranges::any_of(harmless_groups,
                               [&](std::string_view form) { return behind.starts_with(form); });
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool lost_ = false;
  bool quantified_ = false;
  std::string run_;
  std::string longest_;
};

}  // namespace

std::string required_literal(std::string_view expression) { return LiteralReader(expression).read(); }

}  // namespace shunt::acl
