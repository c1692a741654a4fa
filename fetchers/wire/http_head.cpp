// The probe has seen the whole head and found it right; here it is only taken apart.
#include "fetchers/wire/http_head.hpp"

#include <algorithm>

#include "fetchers/wire/http_probe.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers::wire {
namespace {

constexpr std::string_view blanks = " \t";
using parser::ascii::trimmed;

std::string_view take_line(std::string_view& rest) {
  const std::size_t feed = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, feed);
  rest.remove_prefix(std::min(feed + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  const std::size_t end = std::min(rest.find_first_of(blanks), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

// The lines up to the empty one.
std::string_view header_lines(std::string_view rest) {
  const std::string_view all = rest;
  while (!rest.empty()) {
    const std::size_t begin = all.size() - rest.size();
    if (take_line(rest).empty()) return all.substr(0, begin);
  }
  return all;
}

// "h:443" of a CONNECT is "h".
std::string_view without_default_port(std::string_view host) {
  for (const std::string_view port : {":80", ":443"})
    if (host.ends_with(port)) return host.substr(0, host.size() - port.size());
  return host;
}

}  // namespace

ReadState read_http_head(std::string_view bytes, HttpHead& head) {
  const ReadState state = probe_http_request(bytes);
  if (state != ReadState::found) return state;
  while (bytes.starts_with("\r\n") || bytes.starts_with('\n')) bytes.remove_prefix(bytes[0] == '\r' ? 2 : 1);
  std::string_view line = take_line(bytes);
  head.method = take_word(line);
  head.uri = take_word(line);
  const std::string_view version = take_word(line);
  const std::size_t slash = version.find('/');
  head.version = version.empty() ? "1.0" : version.substr(std::min(slash, version.size() - 1) + 1);
  head.headers = version.empty() ? std::string_view() : header_lines(bytes);
  return state;
}

bool HttpHeaders::take(HttpHeader& header) {
  if (rest_.empty()) return false;
  const std::string_view all = rest_;
  std::string_view line = take_line(rest_);
  const std::size_t colon = std::min(line.find(':'), line.size());
  header.name = line.substr(0, colon);
  std::size_t end = line.size();
  while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t')) {
    const std::size_t begin = all.size() - rest_.size();
    end = begin + take_line(rest_).size();
  }
  header.value = trimmed(all.substr(std::min(colon + 1, end), end - std::min(colon + 1, end)), " \t\r\n");
  return true;
}

bool HttpHeaders::next(HttpHeader& header) {
  while (take(header)) {
    const bool length = parser::ascii::same(header.name, "content-length");
    const bool host = parser::ascii::same(header.name, "host");
    if ((length && length_seen_) || (host && host_seen_)) continue;
    length_seen_ = length_seen_ || length;
    host_seen_ = host_seen_ || host;
    if (length) header.value = trimmed(header.value.substr(0, header.value.find(',')), blanks);
    if (host && connect_) header.value = without_default_port(header.value);
    return true;
  }
  return false;
}

bool HttpValues::next(std::string_view& value) {
  if (ended_) return false;
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest_.size() && (quoted || rest_[end] != ','); ++end) {
    if (quoted && rest_[end] == '\\' && end + 1 < rest_.size())
      ++end;
    else if (rest_[end] == '"')
      quoted = !quoted;
  }
  value = trimmed(rest_.substr(0, end), " \t\r\n");
  ended_ = end == rest_.size();
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  return true;
}

std::string_view path_of(std::string_view uri) {
  if (uri.starts_with('/')) return uri;
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::size_t path = uri.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view() : uri.substr(path);
}

std::string_view authority_of(std::string_view uri) {
  const std::size_t scheme = uri.find("://");
  if (uri.starts_with('/') || scheme == std::string_view::npos) return {};
  uri.remove_prefix(scheme + 3);
  return uri.substr(0, uri.find_first_of("/?#"));
}

std::string_view without_query(std::string_view path) { return path.substr(0, path.find_first_of("?#")); }

std::optional<std::string_view> query_of(std::string_view path) {
  const std::size_t mark = path.find('?');
  if (mark == std::string_view::npos) return std::nullopt;
  return path.substr(mark + 1, path.find('#', mark) == std::string_view::npos
                                   ? std::string_view::npos
                                   : path.find('#', mark) - mark - 1);
}

}  // namespace shunt::fetchers::wire
