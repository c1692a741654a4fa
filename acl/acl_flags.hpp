// The flags of an `acl` line: -i -n -M -m METHOD -f FILE -u ID -- before the first pattern.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "acl/pattern_store.hpp"
#include "parser/syntax.hpp"

namespace shunt::acl {

struct PatternFileUse {
  const parser::Word* file = nullptr;  // null: -f was the last word
  bool ignore_case = false;            // the flags that stand before this -f
  bool no_resolve = false;
  FileForm form = FileForm::patterns;
};

struct AclFlags {
  bool ignore_case = false;
  bool no_resolve = false;
  FileForm form = FileForm::patterns;
  std::optional<MatchMethod> method;
  std::vector<PatternFileUse> files;
  std::size_t size = 0;  // how many words are flags
  bool faulty = false;
};

// `words` begins behind the criterion. Faults are reported and reading goes on.
[[nodiscard]] AclFlags read_flags(std::span<const parser::Word> words, parser::DiagnosticSink& sink);

}  // namespace shunt::acl
