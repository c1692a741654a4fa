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

#include "acl/file_sets.hpp"
#include "acl/map_lookup.hpp"
#include "acl/pattern_files.hpp"
#include "acl/pattern_set.hpp"
#include "acl/pattern_slot.hpp"
#include "fetchers/expression.hpp"
#include "parser/diagnostic.hpp"
#include "parser/syntax.hpp"

namespace shunt::acl {

// A converter that looks values up in a file.
struct MapUse {
  std::string_view converter;  // "map_beg_int"
  std::string_view file;
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

  // The slot of the map that a converter names, loaded once for each way of reading it. nullopt: reported.
  std::optional<std::uint32_t> add_map(const MapUse& use, parser::DiagnosticSink& sink);

  [[nodiscard]] const PatternSlot& slot(std::uint32_t id) const { return *slots_[id]; }
  [[nodiscard]] std::vector<std::unique_ptr<PatternSlot>> take() { return std::move(slots_); }
  [[nodiscard]] FileSets take_file_sets() { return std::move(file_sets_); }

 private:
  // With the output of a map, or none.
  using FileKey = std::tuple<std::string, MatchMethod, bool, bool, bool, std::optional<MapOutput>>;

  // The bytes of the file that a word names, read once; null: reported.
  const std::string* load(std::string_view word, FileForm form, parser::Span span,
                          parser::DiagnosticSink& sink);
  std::uint32_t add(PatternVersion version);
  std::uint32_t add(FileSet set);
  std::uint32_t known(std::uint32_t id, const FileSet& again);
  // Without what its use says.
  [[nodiscard]] FileSet named(std::string_view word) const;

  PatternFiles files_found_;
  std::vector<std::unique_ptr<PatternSlot>> slots_;
  std::map<FileKey, std::uint32_t> files_;
  FileSets file_sets_;
  std::map<std::string, FileForm, std::less<>> forms_;
  std::map<std::string, std::string, std::less<>> bytes_;  // of files, by path
  std::set<FileKey> faulty_maps_;                          // reported already
};

// What a map converter runs. `file` and `otherwise` are its arguments. Null: faults were reported.
[[nodiscard]] std::unique_ptr<const fetchers::Lookup> make_map_lookup(
    const fetchers::UnresolvedArgument& use, const fetchers::ArgumentValue& file,
    const fetchers::ArgumentValue& otherwise, PatternStore& store, parser::DiagnosticSink& sink);

}  // namespace shunt::acl
