// One small machine over the request line and one over the headers; no header is interpreted.
#include "fetchers/wire/http_probe.hpp"

#include <algorithm>
#include <array>

namespace shunt::fetchers::wire {
namespace {

constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

constexpr bool is_token(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         marks.find(c) != std::string_view::npos;
}

constexpr bool is_uri(char c) { return c > ' ' && c != 0x7f; }

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "HTTP/d.d"; only the beginning of one is enough while more may come.
ReadState version_state(std::string_view text, bool line_complete) {
  constexpr std::string_view pattern = "HTTP/d.d";
  if (text.size() > pattern.size()) return ReadState::absent;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (pattern[i] == 'd' ? !is_digit(text[i]) : text[i] != pattern[i]) return ReadState::absent;
  if (text.size() == pattern.size()) return ReadState::found;
  return line_complete ? ReadState::absent : ReadState::incomplete;
}

struct Line {
  std::string_view text = {};
  bool complete = false;      // its line feed is there
  bool stray_return = false;  // a CR that no LF follows
};

Line take_line(std::string_view& rest) {
  const std::size_t feed = rest.find('\n');
  Line line{.text = rest.substr(0, feed), .complete = feed != std::string_view::npos};
  rest.remove_prefix(line.complete ? feed + 1 : rest.size());
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  line.stray_return = line.text.find('\r') != std::string_view::npos;
  return line;
}

struct LineVerdict {
  ReadState state = ReadState::absent;
  bool old = false;  // HTTP/0.9: nothing follows
};

LineVerdict request_line(const Line& line) {
  if (line.stray_return) return {};
  const std::size_t method_end = line.text.find(' ');
  const std::string_view method = line.text.substr(0, method_end);
  if (!std::ranges::all_of(method, is_token)) return {};
  if (method_end == std::string_view::npos)
    return {line.complete ? ReadState::absent : ReadState::incomplete};
  if (method.empty()) return {};
  std::string_view rest = line.text.substr(method_end + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::size_t uri_end = rest.find(' ');
  const std::string_view uri = rest.substr(0, uri_end);
  if (!std::ranges::all_of(uri, is_uri)) return {};
  if (uri_end == std::string_view::npos) {
    if (!line.complete) return {ReadState::incomplete};
    return {method == "GET" && !uri.empty() ? ReadState::found : ReadState::absent, true};
  }
  rest.remove_prefix(uri_end + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return {version_state(rest, line.complete)};
}

ReadState header_line(const Line& line) {
  if (line.stray_return) return ReadState::absent;
  const std::size_t colon = line.text.find(':');
  const std::string_view name = line.text.substr(0, colon);
  if (!std::ranges::all_of(name, is_token)) return ReadState::absent;
  if (colon == std::string_view::npos) return line.complete ? ReadState::absent : ReadState::incomplete;
  if (name.empty() || line.text.find('\0') != std::string_view::npos) return ReadState::absent;
  return ReadState::found;
}

// Folded lines (leading blank) continue the header before them.
ReadState headers(std::string_view rest) {
  bool first = true;
  while (!rest.empty()) {
    const Line line = take_line(rest);
    if (line.complete && line.text.empty()) return ReadState::found;
    const bool folded = !first && (line.text.starts_with(' ') || line.text.starts_with('\t'));
    if (!folded && header_line(line) == ReadState::absent) return ReadState::absent;
    first = false;
  }
  return ReadState::incomplete;
}

}  // namespace

ReadState probe_http_request(std::string_view bytes) {
  while (bytes.starts_with("\r\n") || bytes.starts_with('\n')) bytes.remove_prefix(bytes[0] == '\r' ? 2 : 1);
  if (bytes.empty() || bytes == "\r") return ReadState::incomplete;
  if (bytes.starts_with(http2_preface)) return ReadState::found;
  const Line line = take_line(bytes);
  const LineVerdict verdict = request_line(line);
  if (verdict.state != ReadState::found || !line.complete)
    return verdict.state == ReadState::absent ? verdict.state : ReadState::incomplete;
  return verdict.old ? ReadState::found : headers(bytes);
}

}  // namespace shunt::fetchers::wire
