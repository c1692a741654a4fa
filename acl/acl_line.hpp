// Reads what stands after the name of an `acl` line, or between the braces of an anonymous ACL.
#pragma once
#include <optional>
#include <span>

#include "acl/pattern_store.hpp"
#include "acl/program.hpp"

namespace shunt::acl {

// What a line compiles into.
struct LineTarget {
  fetchers::ExpressionPool& pool;
  PatternStore& patterns;
  parser::DiagnosticSink& sink;
};

// `words`: criterion, flags, patterns. `span`: where a missing criterion is reported. nullopt: faults were
// reported.
[[nodiscard]] std::optional<AclTest> compile_line(std::span<const parser::Word> words, parser::Span span,
                                                  const LineTarget& target);

}  // namespace shunt::acl
