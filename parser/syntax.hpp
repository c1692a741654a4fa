// The syntax tree of configuration files: sections, lines, words. It knows how the text is cut, not what it
// means.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parser/diagnostic.hpp"
#include "parser/source.hpp"

namespace shunt::parser {

// One word after quotes, escapes and variables are resolved. `value` lives as long as the Syntax and its
// SourceSet.
struct Word {
  std::string_view value = {};
  Span span = {};  // as written, quotes included
  // Where each byte of `value` was written (file offset of its first source byte). Empty: plainly at
  // span.begin + i.
  std::span<const std::uint32_t> origin = {};
  // With `origin`: where the writing of each byte ends (escapes and variables are longer than what they
  // yield).
  const std::uint32_t* origin_ends = nullptr;

  [[nodiscard]] Span slice(std::size_t begin, std::size_t end) const;  // source of value[begin, end)
  friend bool operator==(const Word& word, std::string_view text) { return word.value == text; }
};

struct Line {
  std::span<const Word> words = {};  // never empty; words[0] is the keyword
  Span span = {};                    // first byte of the first word to the last byte of the last
  std::uint32_t number = 0;          // 1-based line in span.file

  [[nodiscard]] const Word& keyword() const { return words.front(); }
};

// A section is opened by a line whose first word is a section name ("frontend web"); `lines` are those below
// it.
struct Section {
  Line head;
  std::vector<Line> lines;
};

// The process environment as the file sees it. `setenv` and its kin in `global` change it for the lines
// below.
class Environment {
 public:
  [[nodiscard]] static Environment of_process();
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  void set(std::string_view name, std::string_view value);
  void unset(std::string_view name);
  void keep_only(std::span<const std::string_view> names);

  // Who this process is among peers. The variable of that name follows, but it decides nothing: `setenv` and
  // its kin change it alone [seen].
  [[nodiscard]] const std::string& local_peer() const { return local_peer_; }
  // `for_good`: what `localpeer` says later has no effect.
  void name_local_peer(std::string_view name, bool for_good = false);

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::string local_peer_ = {};
  bool peer_is_given_ = false;
};

struct Syntax {
  Syntax();
  std::unique_ptr<std::pmr::monotonic_buffer_resource> storage;  // words, unquoted bytes and origins
  std::vector<Section> sections;
};

struct DirectiveFacts;  // parser/directive_condition.hpp

struct SyntaxOptions {
  std::span<const std::string_view> section_names;  // words that open a section
  Environment* environment = nullptr;               // required
  bool empty_word_ends_line = false;                // as before HAProxy 3.3; else an empty word is a fault
  const DirectiveFacts* facts = nullptr;            // what `.if` is answered from; null: an empty one
};

// Reads the files in the given order as one configuration. Faults of the text (unterminated quote, missing
// final newline, line before any section, more than 64 words, ...) go to the sink; what could be read is in
// the result all the same.
[[nodiscard]] Syntax parse_files(const SourceSet& sources, std::span<const FileId> files,
                                 const SyntaxOptions& options, DiagnosticSink& sink);

// Cuts one line (no line end) into words with all lexical rules; the fuzzers' and tests' entry to the lexer.
[[nodiscard]] std::vector<Word> split_words(const SourceSet& sources, Span line,
                                            const Environment& environment,
                                            std::pmr::memory_resource& storage, DiagnosticSink& sink);

// Stable text for golden tests (`shunt dump --stage=syntax`).
[[nodiscard]] std::string dump(const Syntax& syntax, const SourceSet& sources);

}  // namespace shunt::parser
