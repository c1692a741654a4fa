// A small grammar: elements between commas, parameters between semicolons, values bare or quoted.
#include "fetchers/forwarded.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace shunt::fetchers {
namespace {

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }
bool is_token(char c) {
  return is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_obfuscated(std::string_view text) {
  return text.size() > 1 && text.front() == '_' && std::ranges::all_of(text, [](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
         });
}
bool equal_names(std::string_view left, std::string_view right) {
  return std::ranges::equal(
      left, right, {}, [](char c) { return c | 0x20; }, [](char c) { return c | 0x20; });
}

struct Parameter {
  std::string_view name;
  std::string_view value;
  char behind = '\0';  // ';', ',' or the end
};

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::optional<Parameter> next() {
    skip_blanks();
    Parameter made;
    made.name = take_token();
    if (made.name.empty() || !accept('=')) return std::nullopt;
    const auto value = rest_.starts_with('"') ? take_quoted() : std::optional(take_token());
    if (!value || value->empty()) return std::nullopt;
    made.value = *value;
    skip_blanks();
    if (rest_.empty()) return made;
    made.behind = rest_.front();
    rest_.remove_prefix(1);
    if ((made.behind != ';' && made.behind != ',') || rest_.empty()) return std::nullopt;
    return made;
  }

 private:
  void skip_blanks() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
  }
  bool accept(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view take_token() {
    const auto end = std::ranges::find_if_not(rest_, is_token);
    const std::string_view token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(token.size());
    return token;
  }
  std::optional<std::string_view> take_quoted() {
    const std::size_t end = rest_.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view value = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return value;
  }

  std::string_view rest_;
};

bool is_node(std::string_view text, Scratch& scratch) { return read_node(text, scratch).has_value(); }
bool is_host(std::string_view text, Scratch&) {
  return std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || std::string_view("-._~:[]").find(c) != std::string_view::npos;
  });
}
bool is_scheme(std::string_view text, Scratch&) {
  return equal_names(text, "http") || equal_names(text, "https");
}

struct Kind {
  std::string_view name;
  bool (*fits)(std::string_view value, Scratch& scratch);
};
constexpr std::array kinds = {Kind{"for", is_node}, Kind{"by", is_node}, Kind{"host", is_host},
                              Kind{"proto", is_scheme}};

std::optional<Sample> read_port(std::string_view text) {
  Sample made;
  if (is_obfuscated(text)) return made.set_string(text), made;
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return made.set_integer(port), made;
}

std::optional<Sample> read_name(std::string_view text, Scratch& scratch) {
  Sample made;
  made.set_string(text);
  if (is_obfuscated(text) || equal_names(text, "unknown")) return made;
  const bool bracketed = text.starts_with('[') && text.ends_with(']');
  if (bracketed) made.set_string(text.substr(1, text.size() - 2));
  const bool digits_only = text.find_first_not_of("0123456789.") == std::string_view::npos;
  if (!bracketed && !digits_only) return std::nullopt;
  return cast(made, bracketed ? SampleType::ipv6 : SampleType::ipv4, scratch) ? std::optional(made)
                                                                              : std::nullopt;
}

}  // namespace

std::optional<std::string_view> forwarded_field(std::string_view header, std::string_view name) {
  Reader reader(header);
  while (!reader.at_end()) {
    const auto parameter = reader.next();
    if (!parameter) return std::nullopt;
    if (equal_names(parameter->name, name)) return parameter->value;
  }
  return std::nullopt;
}

bool is_forwarded(std::string_view header, Scratch& scratch) {
  Reader reader(header);
  unsigned seen = 0;
  if (reader.at_end()) return false;
  while (!reader.at_end()) {
    const auto parameter = reader.next();
    if (!parameter) return false;
    const auto* kind =
        std::ranges::find_if(kinds, [&](const Kind& row) { return equal_names(row.name, parameter->name); });
    if (kind == kinds.end() || !kind->fits(parameter->value, scratch)) return false;
    const unsigned bit = 1u << (kind - kinds.begin());
    if ((seen & bit) != 0) return false;
    seen = parameter->behind == ',' ? 0 : seen | bit;
  }
  return true;
}

std::optional<ForwardedNode> read_node(std::string_view text, Scratch& scratch) {
  const std::size_t bracket = text.rfind(']');
  std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && bracket != std::string_view::npos && colon < bracket)
    colon = std::string_view::npos;
  const auto name = read_name(text.substr(0, colon), scratch);
  if (!name) return std::nullopt;
  ForwardedNode node{.name = *name};
  if (colon == std::string_view::npos) return node;
  node.port = read_port(text.substr(colon + 1));
  return node.port ? std::optional(node) : std::nullopt;
}

}  // namespace shunt::fetchers
