// Feeds arbitrary bytes to the PROXY protocol reader; what it accepts must be written and read back
// unchanged.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fetchers/wire/proxy_header.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shunt::fetchers;
  using namespace shunt::fetchers::wire;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto read = read_proxy_header(input);
  if (!read) return message(read.error()).empty() ? 1 : 0;
  const ProxyHeader& header = read.value();
  if (header.size > size) std::abort();
  if (header.local) return 0;
  for (const std::string& written : {write_proxy_v1(header.source, header.destination),
                                     write_proxy_v2(header.source, header.destination)}) {
    const auto again = read_proxy_header(written);
    if (!again || again.value().source != header.source || again.value().destination != header.destination)
      std::abort();
  }
  return 0;
}
