// Walking over cookies and parameters.
#include "fetchers/wire/http_lists.hpp"

#include "parser/ascii.hpp"

namespace shunt::fetchers::wire {
namespace {

std::string_view trimmed(std::string_view text) { return parser::ascii::trimmed(text, " \t\r\n"); }

std::size_t end_of_cookie(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (!quoted && (text[at] == ';' || text[at] == ',')) return at;
  }
  return text.size();
}

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

bool HttpCookies::next(HttpPair& pair) {
  while (!rest_.empty()) {
    const std::size_t end = end_of_cookie(rest_);
    const std::string_view one = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) continue;
    pair = {.name = trimmed(one.substr(0, equals)), .value = without_quotes(trimmed(one.substr(equals + 1)))};
    return true;
  }
  return false;
}

bool HttpParameters::next(HttpPair& pair) {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find_first_of("&;"), rest_.size());
    const std::string_view one = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) continue;
    pair = {.name = one.substr(0, equals), .value = one.substr(equals + 1)};
    return true;
  }
  return false;
}

void Joined::add_length(std::size_t value) {
  const auto put = [&](std::size_t byte) {
    const char c = static_cast<char>(byte);
    add({&c, 1});
  };
  if (value < 240) return put(value);
  put(value | 0xf0);
  for (value = (value - 240) >> 4; value >= 128; value = (value - 128) >> 7) put(value | 0x80);
  put(value);
}

}  // namespace shunt::fetchers::wire
