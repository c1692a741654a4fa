// Requests and answers of HTTP checks.
#include "runtime/check_http.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "parser/ascii.hpp"

namespace shunt::runtime {
namespace {

using Header = std::pair<std::string, std::string>;

const Header* find(const CheckHttpRequest& request, std::string_view name) {
  const auto found = std::ranges::find(request.headers, name, &Header::first);
  return found == request.headers.end() ? nullptr : &*found;
}

// Whoever reads one of these without a length expects no body.
bool needs_length(std::string_view method) {
  constexpr std::array<std::string_view, 5> bodiless{"GET", "HEAD", "OPTIONS", "DELETE", "TRACE"};
  return std::ranges::find(bodiless, method) == bodiless.end();
}

// "http://a/b" for the host c is "http://c/b".
std::string with_host(std::string_view uri, std::string_view host) {
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string_view::npos || uri.starts_with('/')) return std::string(uri);
  const std::size_t path = std::min(uri.find('/', scheme + 3), uri.size());
  return std::string(uri.substr(0, scheme + 3)).append(host).append(uri.substr(path));
}

}  // namespace

std::string write_request(const CheckHttpRequest& request) {
  const Header* const host = find(request, "host");
  std::string text(request.method);
  text += ' ';
  text += host != nullptr ? with_host(request.uri, host->second) : std::string(request.uri);
  text += ' ';
  text.append(request.version).append("\r\n");
  for (const auto& [name, value] : request.headers)
    if (!value.empty()) text.append(name).append(": ").append(value).append("\r\n");
  if (!request.body.empty() || needs_length(request.method))
    text.append("content-length: ").append(std::to_string(request.body.size())).append("\r\n");
  if (request.version != "HTTP/1.0" && find(request, "connection") == nullptr)
    text.append("connection: close\r\n");
  return text.append("\r\n").append(request.body);
}

namespace {

// The line at the front without its end, which may be a bare LF; nothing: it isn't whole.
std::optional<std::string_view> take_line(std::string_view& data) {
  const std::size_t end = data.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = data.substr(0, end);
  data.remove_prefix(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// "HTTP/1.1 200 OK"; the reason may be missing. Any number of digits is a status [seen].
bool read_status_line(std::string_view line, CheckHttpAnswer& answer) {
  constexpr std::size_t version = 8;  // "HTTP/1.1"
  const auto digit = [&](std::size_t at) { return line[at] >= '0' && line[at] <= '9'; };
  if (line.size() <= version || (!line.starts_with("HTTP/") && !line.starts_with("RTSP/"))) return false;
  if (!digit(5) || line[6] != '.' || !digit(7) || line[version] != ' ') return false;
  line.remove_prefix(std::min(line.find_first_not_of(' ', version), line.size()));
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), answer.status);
  if (error != std::errc() || line.starts_with('-')) return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (!line.empty() && line.front() != ' ') return false;
  answer.reason = parser::ascii::trimmed(line);
  return true;
}

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool has_two_lengths(const CheckHttpAnswer& answer) {
  const std::string_view* length = nullptr;
  for (const auto& [name, value] : answer.headers) {
    if (!parser::ascii::same(name, "content-length")) continue;
    if (length != nullptr && *length != value) return true;
    length = &value;
  }
  return false;
}

// False: more must come, or it is invalid.
bool read_head(std::string_view& data, CheckHttpAnswer& answer) {
  while (data.starts_with("\r\n") || data.starts_with('\n')) data.remove_prefix(data.front() == '\r' ? 2 : 1);
  const auto first = take_line(data);
  if (!first) return false;
  answer.invalid = !read_status_line(*first, answer);
  while (!answer.invalid) {
    const auto line = take_line(data);
    if (!line) return false;
    if (line->empty()) {
      answer.invalid = has_two_lengths(answer);
      return answer.head = !answer.invalid;
    }
    const std::size_t colon = line->find(':');
    answer.invalid = colon == std::string_view::npos || !is_token(line->substr(0, colon));
    if (!answer.invalid)
      answer.headers.emplace_back(line->substr(0, colon), parser::ascii::trimmed(line->substr(colon + 1)));
  }
  return false;
}

std::string_view header(const CheckHttpAnswer& answer, std::string_view name) {
  for (const auto& [found, value] : answer.headers)
    if (parser::ascii::same(found, name)) return value;
  return {};
}

void read_chunks(std::string_view data, CheckHttpAnswer& answer) {
  for (;;) {
    const auto line = take_line(data);
    if (!line) return;
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), size, 16);
    if (error != std::errc() || end == line->data()) {
      answer.invalid = true;
      return;
    }
    if (size == 0) {
      answer.whole = data.starts_with("\r\n") || data.starts_with("\n") ||
                     data.find("\r\n\r\n") != std::string_view::npos;
      return;
    }
    answer.body.append(data.substr(0, std::min(size, data.size())));
    if (data.size() <= size) return;
    data.remove_prefix(size);
    if (!take_line(data)) return;
  }
}

void read_body(std::string_view data, bool ended, CheckHttpAnswer& answer) {
  if (header(answer, "transfer-encoding").ends_with("chunked")) return read_chunks(data, answer);
  const std::string_view length = header(answer, "content-length");
  std::size_t size = 0;
  const auto parsed = std::from_chars(length.data(), length.data() + length.size(), size);
  if (length.empty()) {
    answer.body = data;
    answer.whole = ended;
    return;
  }
  answer.invalid = parsed.ec != std::errc();
  answer.body = data.substr(0, size);
  answer.whole = data.size() >= size;
}

}  // namespace

CheckHttpAnswer read_answer(std::string_view data, bool ended, bool bodiless) {
  CheckHttpAnswer answer;
  if (!read_head(data, answer)) {
    answer.invalid = answer.invalid || ended;
    return answer;
  }
  const bool none = bodiless || answer.status == 204 || answer.status == 304 ||
                    (answer.status >= 100 && answer.status < 200);
  if (none)
    answer.whole = true;
  else
    read_body(data, ended, answer);
  return answer;
}

}  // namespace shunt::runtime
