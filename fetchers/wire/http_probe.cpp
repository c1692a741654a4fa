// One small machine over the request line and one over the headers. Only the headers on which the end of the
// request depends are interpreted, because HAProxy's parser refuses a request in which they contradict each
// other.
#include "fetchers/wire/http_probe.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "parser/ascii.hpp"

namespace shunt::fetchers::wire {
namespace {

constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

constexpr bool is_token(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         marks.find(c) != std::string_view::npos;
}

constexpr bool is_uri(char c) { return c > ' ' && c < 0x7f && c != '#'; }
// Versions are not compared with "HTTP/1.1" here: any word of these characters is one.
constexpr bool is_version(char c) { return (c >= 'A' && c <= 'Z') || (c >= '.' && c <= '9'); }
using parser::ascii::same;
using parser::ascii::trimmed;

struct Line {
  std::string_view text = {};
  bool complete = false;      // its line feed is there
  bool returned = false;      // its last byte so far is a CR
  bool stray_return = false;  // a CR that no LF follows
};

Line take_line(std::string_view& rest) {
  const std::size_t feed = rest.find('\n');
  Line line{.text = rest.substr(0, feed), .complete = feed != std::string_view::npos};
  rest.remove_prefix(line.complete ? feed + 1 : rest.size());
  line.returned = line.text.ends_with('\r');
  if (line.returned) line.text.remove_suffix(1);
  line.stray_return = line.text.find('\r') != std::string_view::npos;
  return line;
}

std::string_view take_word(std::string_view& rest) {
  const std::size_t blank = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view word = rest.substr(0, blank);
  rest.remove_prefix(blank);
  return word;
}

void skip_blanks(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
}

struct LineVerdict {
  ReadState state = ReadState::absent;
  bool old = false;                 // HTTP/0.9: nothing follows
  std::string_view authority = {};  // "h:80" of an absolute URI or a CONNECT
};

std::string_view authority_of(std::string_view method, std::string_view uri) {
  if (method == "CONNECT") return uri;
  const std::size_t scheme = uri.find("://");
  if (uri.starts_with('/') || scheme == std::string_view::npos) return {};
  return uri.substr(scheme + 3, uri.find_first_of("/?", scheme + 3) - scheme - 3);
}

std::string_view without_default_port(std::string_view authority) {
  for (const std::string_view port : {":80", ":443"})
    if (authority.ends_with(port)) return authority.substr(0, authority.size() - port.size());
  return authority;
}

LineVerdict request_line(const Line& line) {
  std::string_view rest = line.text;
  const std::string_view method = take_word(rest);
  if (line.stray_return || !std::ranges::all_of(method, is_token)) return {};
  if (rest.empty()) return {line.complete || method.empty() ? ReadState::absent : ReadState::incomplete};
  if (method.empty()) return {};
  skip_blanks(rest);
  const std::string_view uri = take_word(rest);
  skip_blanks(rest);
  const std::string_view version = take_word(rest);
  if (!std::ranges::all_of(uri, is_uri) || !std::ranges::all_of(version, is_version) || !rest.empty())
    return {};
  if (!line.complete) return {ReadState::incomplete};
  if (!version.empty()) return {ReadState::found, false, authority_of(method, uri)};
  return {method == "GET" && !uri.empty() ? ReadState::found : ReadState::absent, true};
}

// What the headers say about the end of the request.
class Framing {
 public:
  explicit Framing(std::string_view authority) : authority_(authority) {}

  // False: it contradicts itself or an earlier header.
  bool add(std::string_view name, std::string_view value) {
    if (same(name, "content-length")) return add_lengths(value);
    if (same(name, "transfer-encoding")) return add_codings(value);
    if (same(name, "host")) return add_host(trimmed(value));
    return true;
  }
  [[nodiscard]] bool ends_well() const { return !coded_ || chunked_; }

 private:
  bool add_lengths(std::string_view value) {
    for (bool more = true; more;) {
      const std::size_t comma = value.find(',');
      more = comma != std::string_view::npos;
      if (!add_length(trimmed(value.substr(0, comma)))) return false;
      if (more) value.remove_prefix(comma + 1);
    }
    return true;
  }

  bool add_length(std::string_view digits) {
    std::uint64_t length = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (fault != std::errc{} || end != digits.data() + digits.size() || (measured_ && length != length_))
      return false;
    measured_ = true;
    length_ = length;
    return true;
  }

  // "chunked" may come once, as the last one.
  bool add_codings(std::string_view value) {
    coded_ = true;
    while (!value.empty()) {
      const std::size_t comma = std::min(value.find(','), value.size());
      if (chunked_) return false;
      chunked_ = same(trimmed(value.substr(0, comma)), "chunked");
      value.remove_prefix(std::min(comma + 1, value.size()));
    }
    return true;
  }

  bool add_host(std::string_view value) {
    if (hosted_ && !same(host_, value)) return false;
    if (!authority_.empty() && !same(without_default_port(authority_), without_default_port(value)))
      return false;
    hosted_ = true;
    host_ = value;
    return true;
  }

  std::string_view authority_;
  bool measured_ = false;
  std::uint64_t length_ = 0;
  bool coded_ = false;
  bool chunked_ = false;
  bool hosted_ = false;
  std::string_view host_ = {};
};

ReadState header_syntax(const Line& line) {
  if (line.stray_return) return ReadState::absent;
  const std::size_t colon = line.text.find(':');
  const std::string_view name = line.text.substr(0, colon);
  if (!std::ranges::all_of(name, is_token)) return ReadState::absent;
  const bool ended = line.complete || line.returned;
  if (colon == std::string_view::npos) return ended ? ReadState::absent : ReadState::incomplete;
  return name.empty() ? ReadState::absent : ReadState::found;
}

bool is_folded(std::string_view rest) { return rest.starts_with(' ') || rest.starts_with('\t'); }

// A header counts once the byte behind its line shows that it is not continued there.
ReadState headers(std::string_view rest, std::string_view authority) {
  Framing framing(authority);
  std::string_view pending_name;
  std::string_view pending_value;
  while (!rest.empty()) {
    const bool folded = is_folded(rest);
    if (folded && pending_name.empty()) return ReadState::absent;
    if (!folded && !pending_name.empty() && !framing.add(pending_name, pending_value))
      return ReadState::absent;
    const Line line = take_line(rest);
    if (line.text.empty() && line.complete) return framing.ends_well() ? ReadState::found : ReadState::absent;
    if (line.text.empty()) return ReadState::incomplete;
    if (folded) {
      if (line.stray_return) return ReadState::absent;
      continue;
    }
    const ReadState state = header_syntax(line);
    if (state != ReadState::found) return state;
    const std::size_t colon = line.text.find(':');
    pending_name = line.text.substr(0, colon);
    pending_value = line.text.substr(colon + 1);
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
  if (verdict.state == ReadState::absent) return ReadState::absent;
  if (verdict.old) return ReadState::found;
  return line.complete ? headers(bytes, verdict.authority) : ReadState::incomplete;
}

}  // namespace shunt::fetchers::wire
