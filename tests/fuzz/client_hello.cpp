// Feeds arbitrary bytes to the readers of TLS hellos and RDP cookies; what they return must lie inside the
// input.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "fetchers/wire/rdp_cookie.hpp"
#include "fetchers/wire/tls_hello.hpp"

namespace {

using shunt::fetchers::wire::ReadState;

void inside(std::string_view input, std::string_view part) {
  if (!part.empty() &&
      (part.data() < input.data() || part.data() + part.size() > input.data() + input.size()))
    std::abort();
}

// What was certain about a prefix stays true of the whole.
template <class Read>
void settled(std::string_view input, Read read) {
  const auto half = read(input.substr(0, input.size() / 2));
  const auto whole = read(input);
  if (half.state != ReadState::incomplete && half.state != whole.state) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shunt::fetchers::wire;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  inside(input, hello_sni(input).value);
  inside(input, hello_alpn(input).value);
  for (const auto read :
       {hello_suites, hello_groups, hello_signatures, hello_key_shares, hello_groups_extension}) {
    inside(input, read(input).value);
    settled(input, read);
  }
  settled(input, hello_ticket);
  if (const auto fields = hello_fields(input)) {
    inside(input, fields->suites);
    inside(input, fields->extensions);
    for (const std::uint32_t type : {10u, 11u, 13u, 43u})
      inside(input, hello_extension(fields->extensions, type).value_or(std::string_view()));
  }
  const std::string_view shares = hello_key_shares(input).value;
  std::vector<char> groups(shares.size() / 2);
  if (const auto used = key_share_groups(shares, groups); used && *used > groups.size()) std::abort();
  inside(input, read_rdp_cookie(input, "mstshash").value);
  settled(input, hello_type);
  settled(input, hello_version);
  settled(input, hello_sni);
  settled(input, [](std::string_view bytes) { return hello_alpn(bytes); });
  settled(input, [](std::string_view bytes) { return read_rdp_cookie(bytes, {}); });
  return 0;
}
