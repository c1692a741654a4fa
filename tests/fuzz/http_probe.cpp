// Feeds arbitrary bytes to the HTTP probe and to the reader of heads; an answer other than "incomplete" must
// not change when more bytes come, and what is taken out of a head lies within it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fetchers/wire/distcc.hpp"
#include "fetchers/wire/http_head.hpp"
#include "fetchers/wire/http_lists.hpp"
#include "fetchers/wire/http_probe.hpp"

namespace {

using namespace shunt::fetchers::wire;

void require(bool holds) {
  if (!holds) std::abort();
}

bool within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void walk(std::string_view input, const HttpHead& head) {
  HttpHeaders headers(head);
  for (HttpHeader header; headers.next(header);) {
    require(within(header.name, input) && within(header.value, input));
    HttpValues values(header.value);
    for (std::string_view value; values.next(value);) require(within(value, header.value));
    HttpCookies cookies(header.value);
    for (HttpPair pair; cookies.next(pair);)
      require(within(pair.name, header.value) && within(pair.value, header.value));
  }
  require(within(path_of(head.uri), head.uri) && within(authority_of(head.uri), head.uri));
  HttpParameters parameters(query_of(path_of(head.uri)).value_or(std::string_view()));
  for (HttpPair pair; parameters.next(pair);) require(within(pair.value, head.uri));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const ReadState whole = probe_http_request(input);
  const ReadState half = probe_http_request(input.substr(0, size / 2));
  require(half == ReadState::incomplete || half == whole);
  HttpHead head;
  require(read_http_head(input, head) == whole);
  if (whole == ReadState::found) walk(input, head);
  DistccToken token;
  if (find_distcc_token(input, "DOTI", 1, token) == ReadState::found) require(within(token.body, input));
  return 0;
}
