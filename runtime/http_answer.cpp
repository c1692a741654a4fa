// Answers of responders are small: whatever is large or unusual is refused rather than understood.
#include "runtime/http_answer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "parser/ascii.hpp"

namespace shunt::runtime {
namespace {

std::string_view trimmed(std::string_view text) { return parser::ascii::trimmed(text, " \t\r"); }

// Digits alone.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  const bool whole = !text.empty() && read.ec == std::errc() && read.ptr == end;
  return whole ? std::optional(value) : std::nullopt;
}

// Where the body begins; npos: the empty line has not come.
std::size_t end_of_head(std::string_view text) {
  const std::size_t usual = text.find("\r\n\r\n"), bare = text.find("\n\n");
  if (usual == std::string_view::npos && bare == std::string_view::npos) return usual;
  return usual < bare ? usual + 4 : bare + 2;
}

// A request line is made of it: what would end that, or a header, is no part of a URI.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](const char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::optional<HttpPlace> HttpPlace::read(std::string_view uri) {
  constexpr std::string_view scheme = "http://";
  if (!is_plain(uri) || parser::ascii::lowered(uri.substr(0, scheme.size())) != scheme) return std::nullopt;
  uri.remove_prefix(scheme.size());
  uri = uri.substr(0, uri.find('#'));
  const std::size_t path = std::min(uri.find_first_of("/?"), uri.size());
  HttpPlace place{
      .host = {}, .path = std::string(uri.substr(path)), .authority = std::string(uri.substr(0, path))};
  if (!place.path.starts_with('/')) place.path.insert(0, 1, '/');
  const std::string_view authority = place.authority;
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  const bool literal = authority.starts_with('[');
  const std::size_t end = literal ? authority.find(']') : authority.find(':');
  if (literal && end == std::string_view::npos) return std::nullopt;
  place.host = literal ? authority.substr(1, end - 1) : authority.substr(0, end);
  const std::string_view rest = authority.substr(std::min(literal ? end + 1 : end, authority.size()));
  if (place.host.empty() || (!rest.empty() && rest[0] != ':')) return std::nullopt;
  if (rest.size() <= 1) return place;
  const auto port = number_in<std::uint16_t>(rest.substr(1));
  if (!port || *port == 0) return std::nullopt;
  place.port = *port;
  return place;
}

HttpAnswer::State HttpAnswer::fail(std::string_view why) {
  fault_ = why;
  return state_ = State::bad;
}

HttpAnswer::State HttpAnswer::feed(std::string_view bytes) {
  if (state_ != State::wants_more) return state_;
  if (has_head_) {
    body_.append(bytes.substr(0, largest_body + 1 - std::min(body_.size(), largest_body)));
    return take_body();
  }
  head_.append(bytes);
  const std::size_t end = end_of_head(head_);
  if (std::min(end, head_.size()) > largest_head) return fail("its head is too long");
  if (end == std::string::npos) return state_;
  body_ = head_.substr(end, largest_body + 1);
  head_.resize(end);
  if (read_head(head_) == State::bad) return state_;
  has_head_ = true;
  return take_body();
}

HttpAnswer::State HttpAnswer::take_body() {
  if (body_.size() > largest_body) return fail("its body is too long");
  if (!length_ || body_.size() < *length_) return state_;
  body_.resize(*length_);
  return state_ = State::whole;
}

HttpAnswer::State HttpAnswer::end() {
  if (state_ != State::wants_more) return state_;
  if (!has_head_) return fail(head_.empty() ? "there is none" : "it ends in its head");
  if (length_) return fail("it ends in its body");
  return state_ = State::whole;
}

HttpAnswer::State HttpAnswer::read_head(std::string_view head) {
  bool first = true;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    if (std::exchange(first, false)) {
      if (!read_status(trimmed(line))) return fail("it is no HTTP");
    } else if (const std::string_view why = read_field(line); !why.empty()) {
      return fail(why);
    }
  }
  if (length_ && *length_ > largest_body) return fail("its body is too long");
  return state_;
}

// "HTTP/1.1 200 OK"
bool HttpAnswer::read_status(std::string_view line) {
  constexpr std::size_t digits = 9;
  if (!line.starts_with("HTTP/1.") || line.size() < digits + 3 || line[digits - 1] != ' ') return false;
  const auto status = number_in<int>(line.substr(digits, 3));
  status_ = status.value_or(0);
  return status && status_ >= 200 && status_ <= 599;
}

std::string_view HttpAnswer::read_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string name = parser::ascii::lowered(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (name == "content-type")
    content_type_ = parser::ascii::lowered(trimmed(value.substr(0, value.find(';'))));
  if (name == "transfer-encoding" && parser::ascii::lowered(value) != "identity")
    return "its body is encoded";
  if (name != "content-length") return {};
  const auto length = number_in<std::size_t>(value);
  if (!length || (length_ && *length_ != *length)) return "its length can't be read";
  length_ = length;
  return {};
}

}  // namespace shunt::runtime
