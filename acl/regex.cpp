// PCRE2 with its just-in-time compiler.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "acl/regex.hpp"

#include <fmt/core.h>
#include <pcre2.h>

#include <array>
#include <tuple>

namespace shunt::acl {
namespace {

struct FreeMatch {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

// Scratch of the matcher, one per thread: a match must not allocate, and an expression is shared between
// threads.
template <std::uint32_t Pairs>
pcre2_match_data* scratch() {
  thread_local const std::unique_ptr<pcre2_match_data, FreeMatch> data(
      pcre2_match_data_create(Pairs, nullptr));
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

  // How many pairs of offsets were set (0: there were more than fit), negative: no match.
  [[nodiscard]] int match(std::string_view text, pcre2_match_data* data) const {
    const auto run = quick ? &pcre2_jit_match : &pcre2_match;
    return run(code, units(text), text.size(), 0, 0, data, nullptr);
  }

  pcre2_code* code;
  // Without JIT (no executable memory) PCRE2 interprets; slower, same answers.
  bool quick = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
};

Result<Regex, PatternError> Regex::compile(std::string_view pattern, bool ignore_case) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(units(pattern), pattern.size(), ignore_case ? PCRE2_CASELESS : 0, &error,
                                   &offset, nullptr);
  if (code == nullptr) return describe(error, offset);
  return Regex(std::make_shared<const Code>(code));
}

bool Regex::matches(std::string_view text) const { return code_->match(text, scratch<1>()) >= 0; }

bool Regex::match(std::string_view text, Groups& groups) const {
  constexpr std::uint32_t most = std::tuple_size_v<decltype(groups.ranges)>;
  pcre2_match_data* data = scratch<most>();
  const int count = code_->match(text, data);
  if (count < 0) return false;
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data);
  const std::size_t set = count == 0 ? most : static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < set; ++i)
    if (offsets[2 * i] != PCRE2_UNSET) groups.ranges[i] = {offsets[2 * i], offsets[2 * i + 1]};
  return true;
}

}  // namespace shunt::acl
