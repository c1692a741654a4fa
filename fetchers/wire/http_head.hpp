// Sans-io view of an HTTP/1 request head in a buffer: request line, headers, parts of the URI. Nothing is
// copied.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "fetchers/wire/state.hpp"

namespace shunt::fetchers::wire {

struct HttpHeader {
  std::string_view name = {};   // as it was sent
  std::string_view value = {};  // without blanks around it; a continued one holds its line ends
};

struct HttpHead {
  std::string_view method = {};
  std::string_view uri = {};
  std::string_view version = {};  // "1.1", "2.0"
  std::string_view headers = {};  // lines with their ends, up to the empty one
};

// The same verdict as `req.proto_http`; `head` is set when it is found.
[[nodiscard]] ReadState read_http_head(std::string_view bytes, HttpHead& head);

// Walks over headers. Of a Content-Length and a Host that are repeated only the first one counts.
class HttpHeaders {
 public:
  explicit HttpHeaders(const HttpHead& head) : rest_(head.headers), connect_(head.method == "CONNECT") {}
  [[nodiscard]] bool next(HttpHeader& header);

 private:
  [[nodiscard]] bool take(HttpHeader& header);

  std::string_view rest_;
  bool connect_;  // then a default port is taken off Host
  bool length_seen_ = false, host_seen_ = false;
};

// Parts of a list "a, b,c": commas in quotes don't count.
class HttpValues {
 public:
  explicit HttpValues(std::string_view list) : rest_(list) {}
  [[nodiscard]] bool next(std::string_view& value);

 private:
  std::string_view rest_;
  bool ended_ = false;
};

[[nodiscard]] std::string_view path_of(std::string_view uri);       // with the query; empty: "*" or no path
[[nodiscard]] std::string_view authority_of(std::string_view uri);  // of an absolute one
[[nodiscard]] std::string_view without_query(std::string_view path);
[[nodiscard]] std::optional<std::string_view> query_of(std::string_view path);  // behind the question mark

}  // namespace shunt::fetchers::wire
