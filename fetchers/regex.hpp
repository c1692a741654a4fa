// Regular expressions among the arguments of converters.
#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace shunt::fetchers {

// Why the text is no regular expression; empty: it is one.
[[nodiscard]] std::string regex_fault(std::string_view text);

// Immutable; may be used by several threads at once.
class Regex {
 public:
  static constexpr std::size_t groups = 10;

  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  using Match = std::array<Part, groups>;  // the whole and groups 1 ... 9; one without part is empty

  // Null: it is none (regex_fault).
  [[nodiscard]] static std::shared_ptr<const Regex> compile(std::string_view text, bool ignore_case);
  // The first match in the text. `continued`: the text doesn't begin a line.
  [[nodiscard]] bool search(std::string_view text, bool continued, Match& match) const;

  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;
  ~Regex();

 private:
  explicit Regex(void* code) : code_(code) {}
  void* code_;
};

}  // namespace shunt::fetchers
