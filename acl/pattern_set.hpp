// A list of patterns of one match method as an index: it returns the matching entry, not only the truth.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetchers/sample.hpp"
#include "parser/diagnostic.hpp"

namespace shunt::acl {

enum class MatchMethod : std::uint8_t {
  found,
  boolean,
  integer,
  ip,
  bin,
  len,
  str,
  beg,
  sub,
  dir,
  dom,
  end,
  reg
};
[[nodiscard]] std::string_view method_name(MatchMethod method);  // as written after -m
[[nodiscard]] std::optional<MatchMethod> find_method(std::string_view name);
// The type a sample is cast to before it is matched (any: matched as it is).
[[nodiscard]] fetchers::SampleType method_input(MatchMethod method);

// One pattern as written, with the place it came from.
struct PatternText {
  std::string text;
  parser::Span span = {};  // the word, or the file's name after -f
  std::uint32_t line = 0;  // in a pattern file, from 1
};

struct PatternOptions {
  MatchMethod method = MatchMethod::str;
  bool ignore_case = false;  // -i
  bool no_resolve = false;   // -n
  bool dotted = false;       // integers written as TLS versions are ("3.1"), for the criteria that say so
  bool index = true;         // off: patterns are compared one by one; same answers
  bool by_order = false;     // always the first entry that matches, also where HAProxy prefers the longest
};

class Regex;

// Immutable once built; safe to share between threads.
class PatternSet {
 public:
  static constexpr std::uint32_t no_entry = 0xffffffff;

  // Faults in single patterns are reported with their span; the good ones are still in the set.
  [[nodiscard]] static std::shared_ptr<const PatternSet> build(PatternOptions options,
                                                               std::vector<PatternText> patterns,
                                                               parser::DiagnosticSink& sink);
  virtual ~PatternSet() = default;

  // The entry (index in file order) that HAProxy would answer with, or no_entry. The sample already has
  // method_input's type.
  [[nodiscard]] virtual std::uint32_t match(const fetchers::Sample& sample) const = 0;

  // The expression of an entry of method `reg`; null for the others.
  [[nodiscard]] virtual const Regex* regex(std::uint32_t) const { return nullptr; }
  // How many bytes the index takes, without the entries' texts.
  [[nodiscard]] virtual std::size_t index_bytes() const { return 0; }

  [[nodiscard]] const PatternOptions& options() const { return options_; }
  [[nodiscard]] const std::vector<PatternText>& entries() const { return entries_; }

 protected:
  PatternSet(PatternOptions options, std::vector<PatternText> entries)
      : options_(options), entries_(std::move(entries)) {}

 private:
  PatternOptions options_;
  std::vector<PatternText> entries_;
};

}  // namespace shunt::acl
