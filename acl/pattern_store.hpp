// The pattern sets of a program while it is built: inline lists and files, each file loaded once for each way
// of reading it.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "acl/pattern_set.hpp"
#include "parser/diagnostic.hpp"
#include "parser/syntax.hpp"

namespace shunt::acl {

// How a file is read: lines are patterns, or (-M) a key and a value.
enum class FileForm : std::uint8_t { patterns, map };

class PatternStore {
 public:
  // Faults are reported; the set then lacks the faulty patterns.
  std::uint32_t add(const PatternOptions& options, std::vector<PatternText> patterns,
                    parser::DiagnosticSink& sink);
  // `file` is the word after -f, opt@PATH and virt@NAME included. nullopt: it can't be used, which was
  // reported.
  std::optional<std::uint32_t> add_file(const PatternOptions& options, const parser::Word& file,
                                        FileForm form, parser::DiagnosticSink& sink);

  [[nodiscard]] std::vector<std::shared_ptr<const PatternSet>> take() { return std::move(sets_); }

 private:
  using FileKey = std::tuple<std::string, MatchMethod, bool, bool, bool>;

  std::vector<std::shared_ptr<const PatternSet>> sets_;
  std::map<FileKey, std::uint32_t> files_;
  std::map<std::string, FileForm, std::less<>> forms_;
};

// The patterns in a file's bytes: leading blanks, empty lines and lines that begin with # are dropped,
// trailing blanks stay.
[[nodiscard]] std::vector<PatternText> split_pattern_file(std::string_view bytes, FileForm form,
                                                          parser::Span span);

}  // namespace shunt::acl
