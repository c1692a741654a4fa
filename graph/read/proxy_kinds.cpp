// Networks: what options of proxies are given.
#include "graph/read/proxy_kinds.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "parser/address.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph::kinds {
namespace {

using parser::Word;

bool is_mask(std::string_view mask, int bits) {
  const auto number = parser::parse_integer(mask);
  if (number) return number.value() >= 0 && number.value() <= bits;
  return bits == 32 && parser::parse_ipv4(mask).has_value();
}

std::size_t refuse(Reading& reading, const Word& word) {
  reading.report(
      codes::bad_address, word.span,
      fmt::format("{} expects an address or address/mask, not '{}'", reading.quoted(), word.value));
  return 0;
}

}  // namespace

std::size_t network(Reading& reading, std::span<const Word> words, std::string_view) {
  const std::string_view text = words[0].value;
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view host = text.substr(0, slash);
  const bool masked = slash != text.size();
  if (parser::parse_ipv4(host)) {
    if (!masked || is_mask(text.substr(slash + 1), 32)) return 1;
  } else if (parser::parse_ipv6(host)) {
    if (!masked || is_mask(text.substr(slash + 1), 128)) return 1;
  } else if (!host.empty() && !masked && parser::parse_address(host)) {
    use(reading, config::Use::Kind::address, words[0]);
    return 1;
  }
  return refuse(reading, words[0]);
}

}  // namespace shunt::graph::kinds
