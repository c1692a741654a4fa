// Puts the words of one line together from pieces of source text, escapes and variables.
#pragma once
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "parser/syntax.hpp"

namespace shunt::parser {

// Offsets are file offsets. A word made of one untouched piece of source stays a view of it; other words are
// copied to `storage` when they end.
class WordBuilder {
 public:
  WordBuilder(FileId file, const char* file_begin, std::pmr::memory_resource& storage)
      : file_(file), file_begin_(file_begin), storage_(storage) {}

  // A piece that stands in the source as it is.
  void source(const char* begin, const char* end);
  // Bytes that [begin, end) of the source stand for.
  void made(std::string_view bytes, const char* begin, const char* end);
  // Quotes belong to the word's span but yield no byte.
  void mark(const char* begin, const char* end);
  // The pieces of a list variable; all but the last end a word.
  void list(std::string_view value, const char* begin, const char* end);
  void end_word();

  [[nodiscard]] std::vector<Word>& words() { return words_; }
  void reset();

 private:
  void touch(const char* begin, const char* end);
  void materialize();
  void copy_source(const char* begin, const char* end);
  [[nodiscard]] std::uint32_t offset(const char* at) const {
    return static_cast<std::uint32_t>(at - file_begin_);
  }
  [[nodiscard]] Word finished() const;
  [[nodiscard]] std::string_view value() const;

  FileId file_;
  const char* file_begin_;
  std::pmr::memory_resource& storage_;
  std::vector<Word> words_;

  bool started_ = false;    // something of the current word was seen
  bool from_list_ = false;  // a list variable took part: an empty result is no word
  bool copied_ = false;     // the word is in bytes_, otherwise it is [run_begin_, run_end_)
  std::uint32_t span_begin_ = 0;
  std::uint32_t span_end_ = 0;
  const char* run_begin_ = nullptr;
  const char* run_end_ = nullptr;
  std::string bytes_;
  std::vector<std::uint32_t> origins_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace shunt::parser
