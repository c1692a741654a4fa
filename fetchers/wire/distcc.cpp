// Walks from token to token.
#include "fetchers/wire/distcc.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace shunt::fetchers::wire {
namespace {

constexpr std::size_t head_size = 12;
constexpr std::array<std::string_view, 5> without_body = {"ARGC", "DIST", "DONE", "NFIL", "STAT"};

}  // namespace

ReadState find_distcc_token(std::string_view bytes, std::string_view name, std::int64_t occurrence,
                            DistccToken& token) {
  for (std::int64_t seen = 0;;) {
    if (bytes.size() < head_size) return ReadState::incomplete;
    const std::string_view word = bytes.substr(0, 4);
    std::uint32_t parameter = 0;
    const char* const end = bytes.data() + head_size;
    const auto [stop, fault] = std::from_chars(bytes.data() + 4, end, parameter, 16);
    if (fault != std::errc{} || stop != end) return ReadState::absent;
    bytes.remove_prefix(head_size);
    const std::size_t size = std::ranges::find(without_body, word) == without_body.end() ? parameter : 0;
    if (word == name && ++seen >= occurrence) {
      token = {.parameter = parameter, .body = bytes.substr(0, size), .whole = bytes.size() >= size};
      return ReadState::found;
    }
    if (bytes.size() < size) return ReadState::incomplete;
    bytes.remove_prefix(size);
  }
}

}  // namespace shunt::fetchers::wire
