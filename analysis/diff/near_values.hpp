// Values at the borders of patterns: one that matches, and its neighbours on both sides.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/pattern_set.hpp"
#include "fetchers/endpoint.hpp"

namespace shunt::analysis {

// Texts for a pattern of a text method; the first one matches, unless the pattern can't.
// `bin`: the pattern is in hexadecimal digits, the texts are bytes.
[[nodiscard]] std::vector<std::string> texts_near(acl::MatchMethod method, std::string_view pattern);
// "10:20" -> 10, 20, 15, 9, 21.
[[nodiscard]] std::vector<std::int64_t> numbers_near(std::string_view pattern);
// First and last of a network, one before, one after; without ports. Host names give nothing.
[[nodiscard]] std::vector<fetchers::Endpoint> addresses_near(std::string_view pattern);
// A text that the regular expression probably matches; nothing where its syntax is beyond this.
[[nodiscard]] std::optional<std::string> text_of_regex(std::string_view expression);

}  // namespace shunt::analysis
