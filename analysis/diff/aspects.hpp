// What an expression looks at, by the names in its text.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shunt::analysis {

// The property of a connection that a fetch looks at.
enum class Aspect : std::uint8_t {
  none,  // nothing that a client can be made to have
  sni,
  alpn,
  source,
  source_port,
  destination,
  destination_port,
  bytes,
  size,
  hello,
  version,
  http,
  cookie,
  variable,  // what a rule above has put there
  fixed      // known without a client: wait_end, a constant
};

[[nodiscard]] Aspect aspect_of(std::string_view fetch);
// A pattern still looks like the value after this converter.
[[nodiscard]] bool keeps_shape(std::string_view converter);

// "fetch(a,b),conv(c),..." without what stands in parentheses.
[[nodiscard]] std::vector<std::string> names_in(std::string_view text);
// The number that stands first in parentheses; 0: there is none.
[[nodiscard]] std::size_t first_argument(std::string_view text);

}  // namespace shunt::analysis
