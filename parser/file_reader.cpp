// Files as one configuration: lines, sections, and the environment changes of `global`.
#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "parser/codes.hpp"
#include "parser/directives.hpp"
#include "parser/line_lexer.hpp"
#include "parser/syntax.hpp"

namespace shunt::parser {
namespace {

void set_environment(std::span<const Word> words, Environment& environment) {
  if (words.size() >= 3) environment.set(words[1].value, words[2].value);
}

void preset_environment(std::span<const Word> words, Environment& environment) {
  if (words.size() >= 3 && !environment.get(words[1].value)) environment.set(words[1].value, words[2].value);
}

void unset_environment(std::span<const Word> words, Environment& environment) {
  for (const Word& word : words.subspan(1)) environment.unset(word.value);
}

void reset_environment(std::span<const Word> words, Environment& environment) {
  std::vector<std::string_view> kept;
  for (const Word& word : words.subspan(1)) kept.push_back(word.value);
  environment.keep_only(kept);
}

void name_local_peer(std::span<const Word> words, Environment& environment) {
  if (words.size() >= 2) environment.name_local_peer(words[1].value);
}

// Whether their arguments are right is judged with all other keywords later; here a wrong line has no effect.
struct EnvironmentKeyword {
  std::string_view name;
  void (*apply)(std::span<const Word>, Environment&);
};
constexpr EnvironmentKeyword environment_keywords[] = {{"setenv", set_environment},
                                                       {"presetenv", preset_environment},
                                                       {"unsetenv", unset_environment},
                                                       {"resetenv", reset_environment},
                                                       {"localpeer", name_local_peer}};

// One line's place in its file; `last` is set when no line end follows.
struct RawLine {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t number = 0;
  bool last = false;
};

const DirectiveFacts no_facts;

class FileReader {
 public:
  FileReader(const SourceSet& sources, FileId file, const SyntaxOptions& options, Syntax& syntax,
             DiagnosticSink& sink)
      : sources_(sources),
        file_(file),
        options_(options),
        syntax_(syntax),
        sink_(sink),
        directives_(sources, options.facts != nullptr ? *options.facts : no_facts, sink),
        lexer_(sources, file, *syntax.storage, sink) {}

  void read();

 private:
  bool read_line(const RawLine& raw);
  void place_line(const RawLine& raw, std::span<const Word> words);
  [[nodiscard]] std::span<const Word> keep(std::span<const Word> words) const;
  [[nodiscard]] bool opens_section(const Word& word) const;
  [[nodiscard]] std::string_view section_name() const;
  void apply_to_environment(std::span<const Word> words);

  const SourceSet& sources_;
  FileId file_;
  const SyntaxOptions& options_;
  Syntax& syntax_;
  DiagnosticSink& sink_;
  Directives directives_;
  LineLexer lexer_;
  // No section of a file goes on into the next one; lines below a head that could not be read are skipped.
  enum class State { outside, inside, skipping } state_ = State::outside;
};

void FileReader::read() {
  const std::string_view bytes = sources_.bytes(file_);
  std::size_t at = 0;
  for (std::uint32_t number = 1; at < bytes.size(); ++number) {
    const std::size_t line_end = bytes.find('\n', at);
    const bool last = line_end == std::string_view::npos;
    const std::size_t end = last ? bytes.size() : line_end;
    const RawLine raw{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end), number, last};
    if (!read_line(raw)) break;
    at = end + 1;
  }
  const auto size = static_cast<std::uint32_t>(bytes.size());
  directives_.finish({file_, size, size});
}

// False: the rest of the file is not read. HAProxy stops at a NUL byte and ignores an unfinished line.
bool FileReader::read_line(const RawLine& raw) {
  const std::string_view bytes = sources_.bytes(file_).substr(raw.begin, raw.end - raw.begin);
  const std::size_t nul = bytes.find('\0');
  const bool whole = nul == std::string_view::npos;
  const std::uint32_t end = whole ? raw.end : raw.begin + static_cast<std::uint32_t>(nul);
  const LinePlace place{sources_.name(file_), raw.number, section_name()};
  // Lines that are skipped are cut into words all the same, so that an open quote is found.
  const bool lenient = directives_.skipping() || options_.empty_word_ends_line;
  lexer_.set_empty_words(lenient ? EmptyWords::end_line : EmptyWords::fault);
  const auto words = lexer_.split(raw.begin, end, *options_.environment, place);
  const bool opens = !words.empty() && !directives_.skipping() && opens_section(words.front());
  if (!words.empty() && lexer_.sound()) place_line(raw, words);
  // Lines below an unreadable head belong to nothing; blaming each of them would hide the cause.
  if (opens && !lexer_.sound()) state_ = State::skipping;
  if (!whole)
    sink_.report(codes::stray_nul, {file_, end, end + 1}, "Stray NUL character");
  else if (raw.last)
    sink_.report(codes::missing_final_newline, {file_, end, end},
                 "Missing LF on last line, file might have been truncated");
  return whole;
}

std::span<const Word> FileReader::keep(std::span<const Word> words) const {
  std::pmr::polymorphic_allocator<Word> allocator(syntax_.storage.get());
  Word* kept = allocator.allocate(words.size());
  std::uninitialized_copy(words.begin(), words.end(), kept);
  return {kept, words.size()};
}

bool FileReader::opens_section(const Word& word) const {
  return std::find(options_.section_names.begin(), options_.section_names.end(), word.value) !=
         options_.section_names.end();
}

std::string_view FileReader::section_name() const {
  if (state_ != State::inside || syntax_.sections.empty()) return {};
  const auto words = syntax_.sections.back().head.words;
  return words.size() > 1 ? words[1].value : words[0].value;
}

void FileReader::place_line(const RawLine& raw, std::span<const Word> words) {
  const Word& keyword = words.front();
  if (keyword.value.starts_with('.')) return directives_.read(words, *options_.environment);
  if (directives_.skipping()) return;
  const bool opens = opens_section(keyword);
  if (!opens && state_ == State::outside) {
    sink_.report(codes::keyword_outside_section, keyword.span,
                 fmt::format("unknown keyword '{}' out of section.", keyword.value));
    return;
  }
  if (!opens && state_ == State::skipping) return;
  const Line line{keep(words), cover(words.front().span, words.back().span), raw.number};
  if (opens) {
    syntax_.sections.push_back({line, {}});
    state_ = State::inside;
    return;
  }
  syntax_.sections.back().lines.push_back(line);
  apply_to_environment(line.words);
}

void FileReader::apply_to_environment(std::span<const Word> words) {
  if (syntax_.sections.back().head.keyword().value != "global") return;
  for (const EnvironmentKeyword& row : environment_keywords)
    if (words.front() == row.name) row.apply(words, *options_.environment);
}

}  // namespace

Syntax parse_files(const SourceSet& sources, std::span<const FileId> files, const SyntaxOptions& options,
                   DiagnosticSink& sink) {
  Syntax syntax;
  for (const FileId file : files) {
    if (sources.bytes(file).size() >= no_file) {
      sink.report(codes::file_too_large, {file, 0, 0}, "the file is too large to be a configuration");
      continue;
    }
    FileReader(sources, file, options, syntax, sink).read();
  }
  return syntax;
}

}  // namespace shunt::parser
