// Requests and answers of HTTP checks.
#include "runtime/check_http.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <tuple>

#include "parser/ascii.hpp"
#include "parser/comma_list.hpp"

namespace shunt::runtime {
namespace {

using parser::ascii::is_digit;
using Header = std::pair<std::string, std::string>;

const Header* find(const CheckHttpRequest& request, std::string_view name) {
  const auto found = std::ranges::find(request.headers, name, &Header::first);
  return found == request.headers.end() ? nullptr : &*found;
}

// Whoever reads one of these without a length expects no body.
bool needs_length(std::string_view method) {
  constexpr std::array<std::string_view, 4> bodiless{"GET", "HEAD", "OPTIONS", "DELETE"};
  return std::ranges::find(bodiless, method) == bodiless.end();
}

// "http://a/b" for the host c is "http://c/b".
std::string with_host(std::string_view uri, std::string_view host) {
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string_view::npos || uri.starts_with('/')) return std::string(uri);
  const std::size_t path = std::min(uri.find('/', scheme + 3), uri.size());
  return std::string(uri.substr(0, scheme + 3)).append(host).append(uri.substr(path));
}

bool is_version_11(std::string_view version) {
  return version.starts_with("HTTP/") && version.substr(5) >= "1.1";
}

// What Connection headers say. "close" and "keep-alive" are taken out of them: they are written as the
// version needs them.
struct ConnectionMode {
  bool said = false, closes = false, upgrades = false;

  std::string rest_of(std::string_view value) {
    said = true;
    std::string rest;
    bool changed = false;
    std::ignore = parser::any_part(value, [&](std::string_view part) {
      const bool closing = parser::ascii::same(part, "close");
      closes = closes || closing;
      upgrades = upgrades || parser::ascii::same(part, "upgrade");
      if (closing || parser::ascii::same(part, "keep-alive"))
        changed = true;
      else
        rest.append(rest.empty() ? "" : ", ").append(part);
      return false;
    });
    return changed || rest.empty() ? rest : std::string(value);
  }
};

}  // namespace

std::string write_request(const CheckHttpRequest& request) {
  const Header* const host = find(request, "host");
  const bool version_11 = is_version_11(request.version);
  std::string text(request.method);
  text += ' ';
  text += host != nullptr ? with_host(request.uri, host->second) : std::string(request.uri);
  text += ' ';
  text.append(version_11 ? "HTTP/1.1" : request.version).append("\r\n");
  ConnectionMode mode;
  for (const auto& [name, value] : request.headers) {
    const std::string shown = name == "connection" && !value.empty() ? mode.rest_of(value) : value;
    if (!shown.empty()) text.append(name).append(": ").append(shown).append("\r\n");
  }
  if (!request.body.empty() || needs_length(request.method))
    text.append("content-length: ").append(std::to_string(request.body.size())).append("\r\n");
  const bool closes = mode.closes || !mode.said;
  if (closes && version_11) text.append("connection: close\r\n");
  if (!closes && !version_11 && !mode.upgrades) text.append("connection: keep-alive\r\n");
  const bool chunked =
      version_11 && request.formatted && request.body.empty() && !needs_length(request.method);
  if (chunked) text.append("transfer-encoding: chunked\r\n");
  text.append("\r\n");
  if (chunked && request.method != "HEAD") text.append("0\r\n\r\n");
  return request.method == "CONNECT" ? text : text.append(request.body);  // [seen]
}

namespace {

enum class Progress : std::uint8_t { whole, partial, wrong };

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_newline(char c) { return c == '\r' || c == '\n'; }
bool is_version(char c) { return (c >= 'A' && c <= 'Z') || (c >= '.' && c <= '9'); }
bool is_token(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// "HTTP/1.1"; any four letters will do [seen].
bool is_known_version(std::string_view text) {
  return text.size() == 8 && text[4] == '/' && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
}

// Byte for byte: what is wrong is found without the bytes behind it.
class AnswerReader {
 public:
  AnswerReader(std::string_view data, CheckHttpAnswer& answer) : data_(data), answer_(answer) {}

  Progress head();
  Progress chunks();
  [[nodiscard]] std::string_view rest() const { return data_.substr(at_); }
  [[nodiscard]] bool chunked() const { return chunked_; }
  [[nodiscard]] std::optional<std::size_t> length() const { return length_; }

 private:
  [[nodiscard]] bool done() const { return at_ == data_.size(); }
  [[nodiscard]] char here() const { return data_[at_]; }
  template <class Test>
  std::string_view take(const Test& test) {
    const std::size_t begin = at_;
    while (!done() && test(here())) ++at_;
    return data_.substr(begin, at_ - begin);
  }
  std::string_view to_newline() {
    return take([](char c) { return !is_newline(c); });
  }

  Progress newline();
  Progress status_line();
  Progress fields(bool kept);
  Progress value(std::string& text);
  bool keep(std::string_view name, std::string text);
  bool read_length(std::string_view text);
  bool read_encoding(std::string_view text);

  std::string_view data_;
  CheckHttpAnswer& answer_;
  std::size_t at_ = 0;
  std::string_view version_ = {};
  bool chunked_ = false, encoded_otherwise_ = false;
  std::optional<std::size_t> length_ = {};
};

Progress AnswerReader::newline() {
  if (!done() && here() == '\r') ++at_;
  if (done()) return Progress::partial;
  return data_[at_++] == '\n' ? Progress::whole : Progress::wrong;
}

// "HTTP/1.1 200 OK"; the reason may be missing. Any number of digits is a status, of which 16 bits are kept
// [seen].
Progress AnswerReader::status_line() {
  while (!done() && is_newline(here()))
    if (const Progress end = newline(); end != Progress::whole) return end;
  version_ = take(is_version);
  if (version_.starts_with('/')) return Progress::wrong;
  if (done()) return Progress::partial;
  if (version_.empty() || take(is_blank).empty()) return Progress::wrong;
  const std::string_view digits = take(is_digit);
  if (digits.empty() && !done()) return Progress::wrong;
  std::uint16_t status = 0;
  for (const char digit : digits) status = static_cast<std::uint16_t>(status * 10 + (digit - '0'));
  answer_.status = static_cast<std::int16_t>(status);
  if (done()) return Progress::partial;
  if (take(is_blank).empty() && !is_newline(here())) return Progress::wrong;
  answer_.reason = to_newline();
  return newline();
}

// A line that begins with a blank goes on with the value; the newline before it counts as blanks.
Progress AnswerReader::value(std::string& text) {
  for (;;) {
    text += to_newline();
    const std::size_t begin = at_;
    if (const Progress end = newline(); end != Progress::whole) return end;
    if (done()) return Progress::partial;
    if (!is_blank(here())) return Progress::whole;
    text.append(at_ - begin, ' ');
  }
}

// Up to the empty line.
Progress AnswerReader::fields(bool kept) {
  while (!done() && !is_newline(here())) {
    const std::string_view name = take(is_token);
    if (done()) return Progress::partial;
    if (name.empty() || here() != ':') return Progress::wrong;
    ++at_;
    std::string text;
    if (const Progress end = value(text); end != Progress::whole) return end;
    if (kept && !keep(name, std::string(parser::ascii::trimmed(text)))) return Progress::wrong;
  }
  return newline();
}

bool AnswerReader::keep(std::string_view name, std::string text) {
  const bool right = parser::ascii::same(name, "content-length")      ? read_length(text)
                     : parser::ascii::same(name, "transfer-encoding") ? read_encoding(text)
                                                                      : true;
  answer_.headers.emplace_back(name, std::move(text));
  return right;
}

// The same number may stand there more than once.
bool AnswerReader::read_length(std::string_view text) {
  return !parser::any_part(text, [this](std::string_view part) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), length);
    if (error != std::errc() || end != part.data() + part.size()) return true;
    return std::exchange(length_, length).value_or(length) != length;
  });
}

// Nothing but "chunked", and that once; a comma may stand behind it.
bool AnswerReader::read_encoding(std::string_view text) {
  if (text.empty()) return true;
  return !parser::any_part(text, [this](std::string_view part) {
    if (parser::ascii::same(part, "chunked")) return std::exchange(chunked_, true);
    encoded_otherwise_ = encoded_otherwise_ || !chunked_ || !part.empty();
    return false;
  });
}

Progress AnswerReader::head() {
  if (const Progress line = status_line(); line != Progress::whole) return line;
  if (const Progress all = fields(true); all != Progress::whole) return all;
  return is_known_version(version_) && !encoded_otherwise_ ? Progress::whole : Progress::wrong;
}

Progress AnswerReader::chunks() {
  for (;;) {
    const std::string_view digits =
        take([](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
    if (done()) return Progress::partial;
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (error != std::errc()) return Progress::wrong;
    take(is_blank);
    if (!done() && here() == ';') to_newline();
    if (const Progress line = newline(); line != Progress::whole) return line;
    if (size == 0) return fields(false);
    const std::string_view part = rest().substr(0, size);
    answer_.body.append(part);
    at_ += part.size();
    if (const Progress line = newline(); line != Progress::whole) return line;
  }
}

void read_body(AnswerReader& reader, bool ended, CheckHttpAnswer& answer) {
  if (reader.chunked()) {
    const Progress all = reader.chunks();
    answer.invalid = all == Progress::wrong;
    answer.whole = all == Progress::whole;
    return;
  }
  answer.body = reader.rest().substr(0, reader.length().value_or(std::string_view::npos));
  answer.whole = reader.length() ? answer.body.size() == *reader.length() : ended;
}

bool lacks_body(std::int64_t status) { return status == 204 || status == 304; }

// An answer that another follows: the status is that of the first, the body that of the second [seen].
void read_behind(std::string_view data, bool ended, CheckHttpAnswer& answer) {
  CheckHttpAnswer second;
  AnswerReader reader(data, second);
  const Progress head = reader.head();
  answer.invalid = head == Progress::wrong;
  if (head == Progress::whole && !lacks_body(second.status)) read_body(reader, ended, second);
  answer.body = std::move(second.body);
  answer.whole = true;
}

}  // namespace

CheckHttpAnswer read_answer(std::string_view data, bool ended, bool bodiless) {
  CheckHttpAnswer answer;
  AnswerReader reader(data, answer);
  const Progress head = reader.head();
  answer.head = head == Progress::whole;
  answer.invalid = head == Progress::wrong || (head == Progress::partial && ended);
  if (!answer.head) return answer;
  if (answer.status == 101) {
    answer.body = reader.rest();
    answer.whole = true;
  } else if (answer.status >= 100 && answer.status < 200) {
    read_behind(reader.rest(), ended, answer);
  } else if (bodiless || lacks_body(answer.status)) {
    answer.whole = true;
  } else {
    read_body(reader, ended, answer);
  }
  return answer;
}

}  // namespace shunt::runtime
