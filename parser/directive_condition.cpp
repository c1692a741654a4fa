// A recursive-descent evaluator; precedence: `!`, then `&&`, then `||`.
#include "parser/directive_condition.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "parser/ascii.hpp"
#include "parser/scalar.hpp"

namespace shunt::parser {
namespace {

using Arguments = std::span<const std::string>;

struct Scope {
  const DirectiveFacts& facts;
  const Environment& environment;
};

struct Predicate {
  std::string_view name;
  std::size_t arguments;
  bool (*holds)(const Scope& scope, Arguments arguments);
  int since = 0;
};

bool among(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}
bool tls_at_least(const Scope& scope, std::string_view version) {
  return compare_versions(scope.facts.tls_version, version) >= 0;
}

constexpr auto predicates = std::to_array<Predicate>({
    {"defined", 1, [](const Scope& s, Arguments a) { return s.environment.get(a[0]).has_value(); }},
    // HAProxy answers yes when no name is given.
    {"feature", 1, [](const Scope& s, Arguments a) { return a[0].empty() || among(s.facts.features, a[0]); }},
    {"streq", 2, [](const Scope&, Arguments a) { return a[0] == a[1]; }},
    {"strneq", 2, [](const Scope&, Arguments a) { return a[0] != a[1]; }},
    {"strstr", 2, [](const Scope&, Arguments a) { return a[0].find(a[1]) != std::string::npos; }, 208},
    {"version_atleast", 1,
     [](const Scope& s, Arguments a) { return compare_versions(s.facts.version, a[0]) >= 0; }},
    {"version_before", 1,
     [](const Scope& s, Arguments a) { return compare_versions(s.facts.version, a[0]) < 0; }},
    {"enabled", 1, [](const Scope& s, Arguments a) { return among(s.facts.enabled, a[0]); }, 207},
    {"ssllib_name_startswith", 1,
     [](const Scope& s, Arguments a) { return s.facts.tls_library.starts_with(a[0]); }},
    {"openssl_version_atleast", 1, [](const Scope& s, Arguments a) { return tls_at_least(s, a[0]); }},
    {"openssl_version_before", 1, [](const Scope& s, Arguments a) { return !tls_at_least(s, a[0]); }},
    {"awslc_api_atleast", 1, [](const Scope&, Arguments) { return false; }, 303},
    {"awslc_api_before", 1, [](const Scope&, Arguments) { return false; }, 303},
    {"fips_mode", 0, [](const Scope&, Arguments) { return false; }, 304},
});

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
using ascii::is_digit;

class Evaluator {
 public:
  Evaluator(std::string_view text, const Scope& scope) : text_(text), scope_(scope) {}

  Result<bool, ConditionFault> whole() {
    blanks();
    if (at_ == text_.size()) return false;
    const bool value = alternatives();
    blanks();
    if (sound_ && at_ != text_.size())
      fail(fmt::format("unexpected '{}' behind the condition", text_.substr(at_)), at_);
    if (!sound_) return std::move(fault_);
    return value;
  }

 private:
  bool alternatives() {
    bool value = conjunction();
    while (sound_ && take("||")) {
      const bool right = conjunction();
      value = value || right;
    }
    return value;
  }

  bool conjunction() {
    bool value = term();
    while (sound_ && take("&&")) {
      const bool right = term();
      value = value && right;
    }
    return value;
  }

  bool term() {
    blanks();
    const Deeper deeper(*this);
    if (!sound_) return false;
    if (take("!")) return !term();
    if (take("(")) {
      const bool value = alternatives();
      if (sound_ && !take(")")) fail("')' is missing", at_);
      return value;
    }
    if (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '-' || text_[at_] == '+'))
      return integer();
    return predicate();
  }

  bool integer() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return leading_integer(text_.substr(begin, at_ - begin)) != 0;
  }

  bool predicate() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    const auto row = std::ranges::find(predicates, name, &Predicate::name);
    if (row == predicates.end() || row->since > scope_.facts.language) {
      fail(name.empty() ? "a number or a predicate such as defined(NAME) is expected"
                        : fmt::format("there is no predicate '{}'", name),
           begin);
      return false;
    }
    std::vector<std::string> given;
    // HAProxy takes a predicate without parentheses as one that doesn't hold.
    if (at_ == text_.size() || text_[at_] != '(') return false;
    if (!arguments(given)) return false;
    if (given.size() > row->arguments) {
      fail(fmt::format("'{}' takes {} argument{}", name, row->arguments, row->arguments == 1 ? "" : "s"),
           begin);
      return false;
    }
    if (given.size() < row->arguments && !(given.empty() && row->arguments == 1)) {
      fail(fmt::format("'{}' needs {} arguments", name, row->arguments), begin);
      return false;
    }
    given.resize(row->arguments);
    return row->holds(scope_, given);
  }

  // "(a,b)": blanks belong to the arguments.
  bool arguments(std::vector<std::string>& given) {
    const std::size_t close = text_.find(')', at_);
    if (close == std::string_view::npos) {
      fail("')' is missing behind the arguments", text_.size());
      return false;
    }
    std::string_view inside = text_.substr(at_ + 1, close - at_ - 1);
    at_ = close + 1;
    while (!inside.empty()) {
      const std::size_t comma = inside.find(',');
      given.emplace_back(inside.substr(0, comma));
      if (comma == std::string_view::npos) break;
      inside.remove_prefix(comma + 1);
      if (inside.empty()) given.emplace_back();
    }
    return true;
  }

  // Endless nesting would end the stack.
  struct Deeper {
    explicit Deeper(Evaluator& evaluator) : owner(evaluator) {
      if (++owner.depth_ > 1000) owner.fail("the condition is nested too deeply", owner.at_);
    }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() { --owner.depth_; }
    Evaluator& owner;
  };

  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool take(std::string_view token) {
    blanks();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void fail(std::string message, std::size_t at) {
    if (sound_) fault_ = {std::move(message), at};
    sound_ = false;
  }

  std::string_view text_;
  const Scope& scope_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool sound_ = true;
  ConditionFault fault_;
};

// major, minor, patch, and the number behind "-dev" (a release is behind all of them).
std::array<std::int64_t, 4> version_parts(std::string_view text) {
  std::array<std::int64_t, 4> parts = {0, 0, 0, INT64_MAX};
  for (std::size_t i = 0; i < 3; ++i) {
    parts[i] = leading_integer(text);
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  if (text.starts_with("-dev")) parts[3] = leading_integer(text.substr(4));
  return parts;
}

}  // namespace

int compare_versions(std::string_view left, std::string_view right) {
  const auto a = version_parts(left), b = version_parts(right);
  if (a == b) return 0;
  return a < b ? -1 : 1;
}

Result<bool, ConditionFault> evaluate_condition(std::string_view text, const DirectiveFacts& facts,
                                                const Environment& environment) {
  const Scope scope{facts, environment};
  return Evaluator(text, scope).whole();
}

}  // namespace shunt::parser
