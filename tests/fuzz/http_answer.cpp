// Whatever a responder sends: an answer is the same however its bytes come, it stays within its bounds, and
// URIs yield nothing that could end a request line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/http_answer.hpp"

namespace {

using shunt::runtime::HttpAnswer;
using shunt::runtime::HttpPlace;

HttpAnswer read(std::string_view bytes, std::size_t step) {
  HttpAnswer answer;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
    answer.feed(bytes.substr(0, step));
  answer.end();
  return answer;
}

bool alike(const HttpAnswer& a, const HttpAnswer& b) {
  return a.state() == b.state() && a.fault() == b.fault() &&
         (a.state() == HttpAnswer::State::bad ||
          (a.status() == b.status() && a.body() == b.body() && a.content_type() == b.content_type()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const HttpAnswer whole = read(bytes, bytes.size() + 1);
  if (whole.state() == HttpAnswer::State::wants_more || whole.body().size() > HttpAnswer::largest_body + 1)
    std::abort();
  if (!alike(whole, read(bytes, 1)) || !alike(whole, read(bytes, 7))) std::abort();
  if (const auto place = HttpPlace::read(bytes)) {
    const bool plain = (place->authority + place->path).find_first_of(" \r\n") == std::string::npos;
    if (!plain || place->host.empty() || place->port == 0 || !place->path.starts_with('/')) std::abort();
  }
  return 0;
}
