// Words as views where nothing had to be unquoted, as copies with origins elsewhere.
#include "parser/word_builder.hpp"

#include <algorithm>
#include <cstring>

namespace shunt::parser {
namespace {

constexpr std::string_view blanks = " \t\v\f\r\n";

template <class T>
T* copy_to(std::pmr::memory_resource& storage, const T* from, std::size_t count) {
  T* made = static_cast<T*>(storage.allocate(count * sizeof(T), alignof(T)));
  std::memcpy(made, from, count * sizeof(T));
  return made;
}

}  // namespace

void WordBuilder::touch(const char* begin, const char* end) {
  if (!started_) span_begin_ = offset(begin);
  span_end_ = offset(end);
  started_ = true;
}

void WordBuilder::materialize() {
  if (copied_) return;
  copied_ = true;
  copy_source(run_begin_, run_end_);
}

void WordBuilder::copy_source(const char* begin, const char* end) {
  bytes_.append(begin, end);
  for (const char* at = begin; at != end; ++at) {
    origins_.push_back(offset(at));
    ends_.push_back(offset(at) + 1);
  }
}

void WordBuilder::source(const char* begin, const char* end) {
  touch(begin, end);
  if (!copied_ && run_begin_ == run_end_) {
    run_begin_ = begin;
    run_end_ = end;
    return;
  }
  if (!copied_ && run_end_ == begin) {
    run_end_ = end;
    return;
  }
  materialize();
  copy_source(begin, end);
}

void WordBuilder::made(std::string_view bytes, const char* begin, const char* end) {
  touch(begin, end);
  materialize();
  bytes_.append(bytes);
  origins_.insert(origins_.end(), bytes.size(), offset(begin));
  ends_.insert(ends_.end(), bytes.size(), offset(end));
}

void WordBuilder::mark(const char* begin, const char* end) { touch(begin, end); }

void WordBuilder::list(std::string_view value, const char* begin, const char* end) {
  touch(begin, end);
  from_list_ = true;
  while (!value.empty()) {
    const std::size_t cut = std::min(value.find_first_of(blanks), value.size());
    if (cut != 0) made(value.substr(0, cut), begin, end);
    value.remove_prefix(cut);
    if (value.empty()) break;
    value.remove_prefix(std::min(value.find_first_not_of(blanks), value.size()));
    end_word();
    touch(begin, end);
    from_list_ = true;
  }
}

std::string_view WordBuilder::value() const {
  if (copied_) return bytes_;
  return run_begin_ == nullptr
             ? std::string_view{}
             : std::string_view(run_begin_, static_cast<std::size_t>(run_end_ - run_begin_));
}

Word WordBuilder::finished() const {
  Word word;
  word.value = value();
  word.span = {file_, span_begin_, span_end_};
  const std::size_t size = word.value.size();
  if (size == 0) return word;
  if (copied_) {
    word.value = {copy_to(storage_, bytes_.data(), size), size};
    word.origin = {copy_to(storage_, origins_.data(), size), size};
    word.origin_ends = copy_to(storage_, ends_.data(), size);
  } else if (offset(run_begin_) !=
             span_begin_) {  // quoted as a whole: the bytes are there, but not at the span's begin
    auto* origins =
        static_cast<std::uint32_t*>(storage_.allocate(size * sizeof(std::uint32_t), alignof(std::uint32_t)));
    for (std::size_t i = 0; i < size; ++i) origins[i] = offset(run_begin_) + static_cast<std::uint32_t>(i);
    word.origin = {origins, size};
  }
  return word;
}

void WordBuilder::end_word() {
  if (!started_) return;
  if (!from_list_ || !value().empty()) words_.push_back(finished());
  started_ = from_list_ = copied_ = false;
  run_begin_ = run_end_ = nullptr;
  bytes_.clear();
  origins_.clear();
  ends_.clear();
}

void WordBuilder::reset() {
  end_word();
  words_.clear();
}

}  // namespace shunt::parser
