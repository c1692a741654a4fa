// The pattern sets of a program while it is built: inline lists and files, each file loaded once for each way
// of reading it.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "acl/pattern_files.hpp"
#include "acl/pattern_set.hpp"
#include "parser/diagnostic.hpp"
#include "parser/syntax.hpp"

namespace shunt::acl {

// How a file is read: lines are patterns, or (-M) a key and a value.
enum class FileForm : std::uint8_t { patterns, map };

// A converter that looks values up in a file.
struct MapUse {
  std::string_view converter;  // "map_beg_int"
  std::string_view file;
  std::optional<std::string> otherwise = {};  // what it yields where nothing matches
  parser::Span span = {};
};

class PatternStore {
 public:
  void set_files(const PatternFiles& files) { files_found_ = files; }

  // Faults are reported; the set then lacks the faulty patterns.
  std::uint32_t add(const PatternOptions& options, std::vector<PatternText> patterns,
                    parser::DiagnosticSink& sink);
  // `file` is the word after -f, opt@PATH and virt@NAME included. nullopt: it can't be used, which was
  // reported.
  std::optional<std::uint32_t> add_file(const PatternOptions& options, const parser::Word& file,
                                        FileForm form, parser::DiagnosticSink& sink);

  // Judges a map file and the default of a map converter (`map_beg_int(file,5)`).
  void check_map(const MapUse& use, parser::DiagnosticSink& sink);

  [[nodiscard]] std::vector<std::shared_ptr<const PatternSet>> take() { return std::move(sets_); }

 private:
  using FileKey = std::tuple<std::string, MatchMethod, bool, bool, bool>;

  // The bytes of the file that a word names; nullopt: reported.
  std::optional<std::string> load(std::string_view word, FileForm form, parser::Span span,
                                  parser::DiagnosticSink& sink);

  PatternFiles files_found_;
  std::vector<std::shared_ptr<const PatternSet>> sets_;
  std::map<FileKey, std::uint32_t> files_;
  std::map<std::string, FileForm, std::less<>> forms_;
  std::set<std::pair<std::string, std::string>, std::less<>> judged_maps_;  // file and converter
};

// The patterns in a file's bytes: leading blanks, empty lines and lines that begin with # are dropped,
// trailing blanks stay.
[[nodiscard]] std::vector<PatternText> split_pattern_file(std::string_view bytes, FileForm form,
                                                          parser::Span span);

}  // namespace shunt::acl
