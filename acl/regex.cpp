// PCRE2 with its just-in-time compiler.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "acl/regex.hpp"

#include <fmt/format.h>
#include <pcre2.h>

#include <array>

namespace shunt::acl {
namespace {

struct FreeMatch {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

// Scratch of the matcher, one per thread: a match must not allocate, and an expression is shared between
// threads.
pcre2_match_data* scratch() {
  thread_local const std::unique_ptr<pcre2_match_data, FreeMatch> data(pcre2_match_data_create(1, nullptr));
  return data.get();
}

PatternError describe(int error, std::size_t offset) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return {fmt::format("{}, erroffset={}", reinterpret_cast<const char*>(text.data()), offset)};
}

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

struct Regex::Code {
  explicit Code(pcre2_code* compiled) : code(compiled) {}
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() { pcre2_code_free(code); }
  pcre2_code* code;
};

Result<Regex, PatternError> Regex::compile(std::string_view pattern, bool ignore_case) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(units(pattern), pattern.size(), ignore_case ? PCRE2_CASELESS : 0, &error,
                                   &offset, nullptr);
  if (code == nullptr) return describe(error, offset);
  // Without JIT (no executable memory) PCRE2 interprets; slower, same answers.
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  return Regex(std::make_shared<const Code>(code));
}

bool Regex::matches(std::string_view text) const {
  return pcre2_match(code_->code, units(text), text.size(), 0, 0, scratch(), nullptr) >= 0;
}

}  // namespace shunt::acl
