// HTTP/1 as health checks speak it: the text of a request, and what has come of the answer.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shunt::runtime {

struct CheckHttpRequest {
  std::string_view method = {}, uri = {}, version = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // names in lower case
  std::string body = {};
  bool formatted = false;  // the body is a log-format: of an empty one HTTP/1.1 makes chunks [seen]
};
// Adds what the message needs to be understood: its length, the end of the connection. An address in the URI
// becomes that of the Host header.
[[nodiscard]] std::string write_request(const CheckHttpRequest& request);

// An answer as far as it came. It is read anew from its first byte whenever more came.
struct CheckHttpAnswer {
  bool invalid = false;
  bool head = false;   // status and headers are whole
  bool whole = false;  // nothing is missing
  std::int64_t status = 0;
  std::string_view reason = {};
  std::vector<std::pair<std::string_view, std::string>> headers = {};
  std::string body = {};
};
// `ended`: the server has closed. `bodiless`: the request was one that has no body in its answer (HEAD).
[[nodiscard]] CheckHttpAnswer read_answer(std::string_view data, bool ended, bool bodiless);

}  // namespace shunt::runtime
