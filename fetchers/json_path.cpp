// A reader that walks through JSON text and follows one path in it.
#include "fetchers/json_path.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

constexpr int deepest = 20;  // as HAProxy [seen]

// What reading one value came to: `found` ends the walk.
enum class Step : std::uint8_t { passed, found, fault };

using parser::ascii::is_digit;

// The path of what is being read; `on`: the value may be the one, or contain it.
struct Trail {
  bool on = false;
  std::string_view rest = {};
};

// `.name` of the path against a key of an object, both as they are written.
Trail below_name(const Trail& trail, std::string_view key) {
  if (!trail.on || !trail.rest.starts_with('.')) return {};
  std::string_view rest = trail.rest.substr(1);
  for (const char c : key) {
    if (rest.starts_with('\\')) rest.remove_prefix(1);
    if (rest.empty() || rest.front() != c) return {};
    rest.remove_prefix(1);
  }
  const bool ends = rest.empty() || rest.front() == '.' || rest.front() == '[';
  return ends ? Trail{true, rest} : Trail{};
}

// `[index]`.
Trail below_index(const Trail& trail, std::size_t index) {
  if (!trail.on || !trail.rest.starts_with('[')) return {};
  std::size_t wanted = 0;
  const char* end = trail.rest.data() + trail.rest.size();
  const auto [stop, fault] = std::from_chars(trail.rest.data() + 1, end, wanted);
  if (fault != std::errc{} || wanted != index || stop == end || *stop != ']') return {};
  return {true, trail.rest.substr(static_cast<std::size_t>(stop + 1 - trail.rest.data()))};
}

class JsonWalk {
 public:
  JsonWalk(std::string_view text, JsonValue& out) : text_(text), out_(out) {}

  Step value(const Trail& trail, int depth) {
    skip_blanks();
    const bool wanted = trail.on && trail.rest.empty();
    const std::size_t begin = at_;
    Step step = Step::fault;
    JsonValue::Kind kind = JsonValue::Kind::number;
    switch (peek()) {
      case '{': kind = JsonValue::Kind::object, step = object(trail, depth + 1); break;
      case '[': kind = JsonValue::Kind::array, step = array(trail, depth + 1); break;
      case '"': return text_value(wanted);
      case 't': kind = JsonValue::Kind::boolean, step = word("true"); break;
      case 'f': kind = JsonValue::Kind::boolean, step = word("false"); break;
      case 'n': kind = JsonValue::Kind::null, step = word("null"); break;
      default: step = number(wanted); break;
    }
    if (step != Step::passed || !wanted) return step;
    if (kind == JsonValue::Kind::number) at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    return take(kind, begin, at_);
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size() && std::strchr(" \t\r\n", text_[at_]) != nullptr && text_[at_] != '\0') ++at_;
  }

  bool accept(char c) {
    skip_blanks();
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  Step take(JsonValue::Kind kind, std::size_t begin, std::size_t end) {
    out_ = {kind, text_.substr(begin, end - begin)};
    return Step::found;
  }

  // Between quotes; a quote behind an escape doesn't end it.
  bool quoted(std::size_t& begin, std::size_t& end) {
    if (!accept('"')) return false;
    begin = at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') return end = at_++, true;
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
    }
    return false;
  }

  Step text_value(bool wanted) {
    std::size_t begin = 0, end = 0;
    if (!quoted(begin, end)) return Step::fault;
    return wanted ? take(JsonValue::Kind::text, begin, end) : Step::passed;
  }

  Step word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return Step::fault;
    at_ += expected.size();
    return Step::passed;
  }

  std::size_t skip_digits() {
    const std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    return at_ - begin;
  }

  // More than the grammar allows: leading zeros, a dot without digits, an exponent without digits. A lone
  // minus sign is a number only where it is wanted [seen].
  Step number(bool wanted) {
    if (peek() == '-')
      ++at_;
    else if (!is_digit(peek()))
      return Step::fault;
    const bool any = skip_digits() != 0;
    if (peek() == '.') ++at_, skip_digits();
    if (any && (peek() == 'e' || peek() == 'E')) {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      skip_digits();
    }
    return any || wanted ? Step::passed : Step::fault;
  }

  // Members and elements are separated by commas; one may stand behind the last [seen].
  Step object(const Trail& trail, int depth) {
    ++at_;
    if (depth > deepest) return Step::fault;
    for (;;) {
      if (accept('}')) return Step::passed;
      std::size_t begin = 0, end = 0;
      if (!quoted(begin, end) || !accept(':')) return Step::fault;
      const Step step = value(below_name(trail, text_.substr(begin, end - begin)), depth);
      if (step != Step::passed) return step;
      if (!accept(',')) return accept('}') ? Step::passed : Step::fault;
    }
  }

  Step array(const Trail& trail, int depth) {
    ++at_;
    if (depth > deepest) return Step::fault;
    for (std::size_t index = 0;; ++index) {
      if (accept(']')) return Step::passed;
      const Step step = value(below_index(trail, index), depth);
      if (step != Step::passed) return step;
      if (!accept(',')) return accept(']') ? Step::passed : Step::fault;
    }
  }

  std::string_view text_;
  JsonValue& out_;
  std::size_t at_ = 0;
};

struct Escape {
  char letter;
  char byte;
};
// `\/` is not among them [seen].
constexpr std::array escapes = {Escape{'"', '"'},  Escape{'\\', '\\'}, Escape{'b', '\b'}, Escape{'f', '\f'},
                                Escape{'n', '\n'}, Escape{'r', '\r'},  Escape{'t', '\t'}};

// Whether it is a hexadecimal digit nobody asks [seen].
int lax_digit(char c) { return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

}  // namespace

std::optional<JsonValue> find_json(std::string_view text, std::string_view path) {
  if (!path.starts_with('$')) return std::nullopt;
  JsonValue value;
  JsonWalk walk(text, value);
  return walk.value({true, path.substr(1)}, 0) == Step::found ? std::optional(value) : std::nullopt;
}

std::optional<std::string_view> unescape_json(std::string_view token, Scratch& scratch) {
  const std::span<char> room = scratch.allocate(token.size());
  std::size_t out = 0;
  for (std::size_t at = 0; at < token.size(); ++at) {
    if (token[at] != '\\') {
      room[out++] = token[at];
      continue;
    }
    const std::string_view behind = token.substr(at + 1);
    if (behind.starts_with("u00") && behind.size() >= 5) {
      room[out++] = static_cast<char>(lax_digit(behind[3]) * 16 + lax_digit(behind[4]));
      at += 5;
      continue;
    }
    const auto* row =
        behind.empty() ? escapes.end() : std::ranges::find(escapes, behind.front(), &Escape::letter);
    if (row == escapes.end()) return std::nullopt;
    room[out++] = row->byte;
    ++at;
  }
  return std::string_view(room.data(), out);
}

}  // namespace shunt::fetchers
