// Compiles and searches regular expressions with PCRE2.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "fetchers/regex.hpp"

#include <fmt/core.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <memory>

namespace shunt::fetchers {
namespace {

struct FreeMatch {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

// Scratch of the matcher, one per thread: an expression is shared, and a search must not allocate.
pcre2_match_data* match_data() {
  thread_local const std::unique_ptr<pcre2_match_data, FreeMatch> data(
      pcre2_match_data_create(Regex::groups, nullptr));
  return data.get();
}

}  // namespace

std::string regex_fault(std::string_view text) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  const std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, &error, &offset, nullptr),
      &pcre2_code_free);
  if (code) return {};
  std::array<PCRE2_UCHAR, 256> message = {};
  pcre2_get_error_message(error, message.data(), message.size());
  return fmt::format("regex '{}' is invalid at {}: {}", text, offset,
                     reinterpret_cast<const char*>(message.data()));
}

std::shared_ptr<const Regex> Regex::compile(std::string_view text, bool ignore_case) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                   ignore_case ? PCRE2_CASELESS : 0, &error, &offset, nullptr);
  if (code == nullptr) return nullptr;
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // without it PCRE2 interprets; slower, same answers
  return std::shared_ptr<const Regex>(new Regex(code));
}

Regex::~Regex() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

bool Regex::search(std::string_view text, bool continued, Match& match) const {
  const int count =
      pcre2_match(static_cast<const pcre2_code*>(code_), reinterpret_cast<PCRE2_SPTR>(text.data()),
                  text.size(), 0, continued ? PCRE2_NOTBOL : 0, match_data(), nullptr);
  if (count < 0) return false;
  const std::size_t known = count == 0 ? groups : static_cast<std::size_t>(count);
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(match_data());
  match = {};
  for (std::size_t i = 0; i < std::min(known, groups); ++i)
    if (offsets[2 * i] != PCRE2_UNSET) match[i] = {offsets[2 * i], offsets[2 * i + 1]};
  // A lookahead with \K can end before it begins.
  return match[0].begin <= match[0].end;
}

}  // namespace shunt::fetchers
