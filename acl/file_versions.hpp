// What the bytes of a pattern file or a map mean, at a load and when they have changed. Nothing outside this
// room includes this.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "acl/file_sets.hpp"
#include "parser/diagnostic.hpp"

namespace shunt::acl {

// Reads `bytes` as `set` says. Faults are reported at `span`: patterns then lack the faulty ones, of a map
// there is nothing.
[[nodiscard]] std::optional<PatternVersion> read_version(const FileSet& set, std::string_view bytes,
                                                         parser::Span span, parser::DiagnosticSink& sink);

// A line of a map file.
struct MapLine {
  std::string_view key;
  std::string_view value;
  std::uint32_t number = 0;  // from 1
};
[[nodiscard]] std::vector<MapLine> split_map_file(std::string_view bytes);

// The patterns in a file's bytes: leading blanks, empty lines and lines that begin with # are dropped,
// trailing blanks stay.
[[nodiscard]] std::vector<PatternText> split_pattern_file(std::string_view bytes, FileForm form,
                                                          parser::Span span);

}  // namespace shunt::acl
