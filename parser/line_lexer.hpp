// Cuts lines into words; one lexer serves all lines of a file so that its buffers are reused.
#pragma once
#include <memory_resource>
#include <span>
#include <string_view>

#include "parser/syntax.hpp"
#include "parser/word_builder.hpp"

namespace shunt::parser {

// What the pseudo-variables .FILE, .LINE and .SECTION yield.
struct LinePlace {
  std::string_view file = {};
  std::uint32_t line = 0;
  std::string_view section = {};
};

// What an empty word (`""`, an unset variable) means: a fault since 3.3; before, it silently ended the line.
enum class EmptyWords : std::uint8_t { fault, end_line };

class LineLexer {
 public:
  static constexpr std::size_t max_words = 64;

  LineLexer(const SourceSet& sources, FileId file, std::pmr::memory_resource& storage, DiagnosticSink& sink);

  // The words of bytes [begin, end); valid until the next call. `sound` tells whether no fault was reported.
  [[nodiscard]] std::span<const Word> split(std::uint32_t begin, std::uint32_t end,
                                            const Environment& environment, const LinePlace& place);
  void set_empty_words(EmptyWords meaning) { empty_words_ = meaning; }
  [[nodiscard]] bool sound() const { return sound_; }

 private:
  [[nodiscard]] bool lex(std::uint32_t begin, std::uint32_t end, const Environment& environment,
                         const LinePlace& place);
  void cut_at_nul();
  void check_count();
  void check_empty();
  void report(const Code& code, Span span, std::string message);

  std::string_view bytes_;
  FileId file_;
  DiagnosticSink& sink_;
  WordBuilder builder_;
  std::uint32_t line_begin_ = 0;
  bool sound_ = true;
  EmptyWords empty_words_ = EmptyWords::fault;
  bool gap_at_limit_ = false;  // blanks behind the last word that a line may have
};

}  // namespace shunt::parser
