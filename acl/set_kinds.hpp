// The kinds of pattern sets; pattern_set.cpp chooses one for each method. Nothing else includes this.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "acl/address_pattern.hpp"
#include "acl/number_pattern.hpp"
#include "acl/pattern_set.hpp"
#include "acl/regex.hpp"

namespace shunt::acl {

// Entries whose text was understood, each with what it means.
template <class Value>
struct ReadPatterns {
  std::vector<PatternText> entries;
  std::vector<Value> values;
};

using SetPointer = std::shared_ptr<const PatternSet>;

// `options.index` chooses between an index and comparing one by one.
[[nodiscard]] SetPointer make_truth_set(PatternOptions options, std::vector<PatternText> entries);
[[nodiscard]] SetPointer make_number_set(PatternOptions options, ReadPatterns<NumberRange> patterns);
[[nodiscard]] SetPointer make_address_set(PatternOptions options, ReadPatterns<Network> patterns);
// The values are trimmed and folded; for `bin` they are the bytes.
[[nodiscard]] SetPointer make_text_set(PatternOptions options, ReadPatterns<std::string> patterns);
[[nodiscard]] SetPointer make_regex_set(PatternOptions options, ReadPatterns<Regex> patterns);

}  // namespace shunt::acl
