// Compares texts by each method's definition.
#include "acl/text_match.hpp"

#include "acl/fold.hpp"

namespace shunt::acl {
namespace {

bool contains(std::string_view text, std::string_view pattern, bool ignore_case) {
  if (!ignore_case) return text.find(pattern) != std::string_view::npos;
  for (std::size_t at = 0; at + pattern.size() <= text.size(); ++at)
    if (equal_folded(pattern, text.substr(at, pattern.size()))) return true;
  return false;
}

bool prefix(std::string_view text, std::string_view pattern, bool ignore_case) {
  return text.size() >= pattern.size() && equal(pattern, text.substr(0, pattern.size()), ignore_case);
}

bool suffix(std::string_view text, std::string_view pattern, bool ignore_case) {
  return text.size() >= pattern.size() &&
         equal(pattern, text.substr(text.size() - pattern.size()), ignore_case);
}

// A pattern that was nothing but delimiters matches at the end of the text, where no label follows [seen].
bool label(MatchMethod method, std::string_view text, std::string_view pattern, bool ignore_case) {
  if (pattern.empty()) return text.empty() || is_delimiter(method, text.back());
  for (std::size_t at = 0; at + pattern.size() <= text.size(); ++at) {
    const std::size_t end = at + pattern.size();
    if (at > 0 && !is_delimiter(method, text[at - 1])) continue;
    if (end < text.size() && !is_delimiter(method, text[end])) continue;
    if (equal(pattern, text.substr(at, pattern.size()), ignore_case)) return true;
  }
  return false;
}

}  // namespace

std::string_view trim_pattern(MatchMethod method, std::string_view pattern) {
  if (method != MatchMethod::dir && method != MatchMethod::dom) return pattern;
  while (!pattern.empty() && is_delimiter(method, pattern.front())) pattern.remove_prefix(1);
  while (!pattern.empty() && is_delimiter(method, pattern.back())) pattern.remove_suffix(1);
  return pattern;
}

std::string_view visible_text(const PatternOptions& options, std::string_view text) {
  if (options.method != MatchMethod::str || options.ignore_case) return text;
  return text.substr(0, text.find('\0'));
}

bool text_matches(MatchMethod method, std::string_view text, std::string_view pattern, bool ignore_case) {
  switch (method) {
    case MatchMethod::beg: return prefix(text, pattern, ignore_case);
    case MatchMethod::end: return suffix(text, pattern, ignore_case);
    case MatchMethod::sub: return contains(text, pattern, ignore_case);
    case MatchMethod::dir:
    case MatchMethod::dom: return label(method, text, pattern, ignore_case);
    default: return equal(pattern, text, ignore_case);
  }
}

}  // namespace shunt::acl
