// Fuzzes lists of patterns of every method: the index must answer with the same entry as comparing one by
// one.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "acl/pattern_set.hpp"

namespace {

using namespace shunt;
using acl::MatchMethod;
using fetchers::Sample;
using fetchers::SampleType;

std::string_view one_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// The bytes of a line as what the method compares; what it reads from them does not matter.
Sample sample_of(MatchMethod method, std::string_view line) {
  Sample sample;
  std::uint64_t number = 0;
  for (const char c : line.substr(0, 8)) number = number << 8 | static_cast<unsigned char>(c);
  if (method == MatchMethod::integer || method == MatchMethod::boolean) {
    sample.set_integer(static_cast<std::int64_t>(number) - (line.size() % 2 != 0 ? 200 : 0));
  } else if (method == MatchMethod::ip) {
    sample.type = line.size() > 4 ? SampleType::ipv6 : SampleType::ipv4;
    std::copy_n(line.begin(), std::min<std::size_t>(line.size(), 16), sample.address.begin());
  } else {
    sample.set_string(line);
  }
  return sample;
}

}  // namespace

// First byte: the method; second: the flags. Then patterns, an empty line, values.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3 || size > 2048) return 0;
  const auto method = static_cast<MatchMethod>(data[0] % 13);
  const acl::PatternOptions options{.method = method,
                                    .ignore_case = (data[1] & 1) != 0,
                                    .no_resolve = true,
                                    .dotted = (data[1] & 2) != 0,
                                    .by_order = (data[1] & 4) != 0};
  std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);
  std::vector<acl::PatternText> patterns;
  // A regular expression of some length can take a very long time to fail; that is PCRE2's own matter.
  const std::size_t longest = method == MatchMethod::reg ? 24 : 512;
  while (!text.empty()) {
    const std::string_view line = one_line(text);
    if (line.empty()) break;
    if (line.size() <= longest) patterns.push_back({.text = std::string(line)});
  }
  parser::DiagnosticSink sink;
  acl::PatternOptions plain = options;
  plain.index = false;
  const auto quick = acl::PatternSet::build(options, patterns, sink),
             slow = acl::PatternSet::build(plain, patterns, sink);
  while (!text.empty()) {
    const Sample sample = sample_of(method, one_line(text));
    if (quick->match(sample) != slow->match(sample)) std::abort();
  }
  return 0;
}
