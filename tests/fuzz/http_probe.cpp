// Feeds arbitrary bytes to the HTTP probe; an answer other than "incomplete" must not change when more bytes
// come.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fetchers/wire/http_probe.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shunt::fetchers::wire;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const ReadState whole = probe_http_request(input);
  const ReadState half = probe_http_request(input.substr(0, size / 2));
  if (half != ReadState::incomplete && half != whole) std::abort();
  return 0;
}
