// Evaluates one test as the rule program does, and once more with fewer bytes.
#include "analysis/test_seen.hpp"

#include "analysis/byte_text.hpp"
#include "fetchers/expression.hpp"

namespace shunt::analysis {
namespace {

using acl::MatchMethod;
using acl::Truth;
using fetchers::Context;
using fetchers::Fetched;
using fetchers::Sample;
using fetchers::SampleType;

struct Look {
  Truth truth = Truth::no;
  Fetched fetched = {};
  std::optional<std::string> value = {};
};

std::string text_of(Sample sample, fetchers::Scratch& scratch) {
  constexpr std::size_t longest = 60;
  if (sample.type == SampleType::bin) return encode_hex(sample.text.substr(0, longest / 2));
  if (sample.type == SampleType::boolean) return sample.integer != 0 ? "true" : "false";
  if (!cast(sample, SampleType::str, scratch)) return "?";
  return encode_bytes(sample.text.substr(0, longest));
}

bool matches(const graph::Graph& graph, const acl::AclTest& test, const Sample& sample) {
  if (test.method == MatchMethod::found) return true;
  if (test.method == MatchMethod::boolean) return sample.integer != 0;
  for (const std::uint32_t set : test.pattern_sets)
    if (graph.program.pattern_set(set).match(sample) != acl::PatternSet::no_entry) return true;
  return false;
}

// A fetch with several values matches if one of them does.
Look look_at(const graph::Graph& graph, const acl::AclTest& test, Context& context) {
  const fetchers::ExpressionPool& pool = graph.program.expressions();
  const SampleType input = acl::method_input(test.method);
  Look look;
  context.value_index = 0;
  bool matched = false;
  do {
    Sample sample;
    look.fetched = input == SampleType::any ? pool.evaluate(test.expression, context, sample)
                                            : pool.evaluate(test.expression, context, input, sample);
    matched = look.fetched.found && matches(graph, test, sample);
    if (look.fetched.found) look.value = text_of(sample, *context.scratch);
    ++context.value_index;
  } while (look.fetched.more && !matched);
  context.value_index = 0;
  const bool open = look.fetched.may_change && !context.final;
  look.truth = matched ? Truth::yes : open ? Truth::unknown : Truth::no;
  return look;
}

// The fewest bytes with which the test comes to the same; what is decided stays decided, so it can be halved.
std::optional<std::size_t> bytes_needed(const graph::Graph& graph, const acl::AclTest& test,
                                        const Context& context, const Look& whole) {
  if (!context.request.available || whole.truth == Truth::unknown) return std::nullopt;
  Context less = context;
  less.final = false;
  less.request.complete = false;
  const auto decided = [&](std::size_t size) {
    less.request.data = context.request.data.substr(0, size);
    const Look look = look_at(graph, test, less);
    return look.truth == whole.truth && look.value == whole.value;
  };
  std::size_t low = 0, high = context.request.data.size();
  if (decided(0) || !decided(high)) return std::nullopt;
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (decided(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

TestSeen see_test(const graph::Graph& graph, const acl::AclTest& test, Context& context) {
  const fetchers::ExpressionPool& pool = graph.program.expressions();
  TestSeen seen{.expression = pool.text(test.expression)};
  seen.unsupported = !pool[test.expression].runs;
  seen.hidden = pool[test.expression].purity == fetchers::Purity::writes_state;
  if (seen.unsupported || seen.hidden) return seen;
  Look look = look_at(graph, test, context);
  seen.truth = look.truth;
  seen.may_change = look.fetched.may_change && !context.final;
  if (pool[test.expression].purity == fetchers::Purity::pure)
    seen.needed = bytes_needed(graph, test, context, look);
  seen.value = std::move(look.value);
  return seen;
}

}  // namespace shunt::analysis
