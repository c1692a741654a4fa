// Source text: files with ids, byte spans into them, and lines and columns computed when needed.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace shunt::parser {

using FileId = std::uint32_t;
inline constexpr FileId no_file = 0xffffffff;

// Half-open byte range in one file. Everything made from the text carries one.
struct Span {
  FileId file = no_file;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] bool known() const { return file != no_file; }
  friend bool operator==(const Span&, const Span&) = default;
};

// The smallest span that covers both (same file; an unknown one is ignored).
[[nodiscard]] Span cover(Span first, Span last);

// Both count from 1; the column counts bytes.
struct Location {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// Owns the bytes of all files that were read; addresses stay valid as long as the set lives.
class SourceSet {
 public:
  FileId add(std::string name, std::string bytes);

  [[nodiscard]] std::size_t size() const { return files_.size(); }
  [[nodiscard]] std::string_view name(FileId file) const { return files_[file].name; }
  [[nodiscard]] std::string_view bytes(FileId file) const { return files_[file].bytes; }
  [[nodiscard]] std::string_view text(Span span) const;
  [[nodiscard]] Location locate(FileId file, std::uint32_t offset) const;
  [[nodiscard]] Location locate(Span span) const { return locate(span.file, span.begin); }
  // The line's bytes without its line end; lines count from 1.
  [[nodiscard]] std::string_view line(FileId file, std::uint32_t number) const;

 private:
  struct File {
    std::string name;
    std::string bytes;
    std::vector<std::uint32_t> line_starts;
  };
  std::deque<File> files_;
};

}  // namespace shunt::parser
