// The words behind a verb, one by one: which are options, with what value, and which are files.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shunt::cli {

// What an option begins with; other words are files.
enum class Dashes : std::uint8_t { one, two };

class OptionWords {
 public:
  // They must outlive it.
  explicit OptionWords(std::span<const std::string_view> words, Dashes least = Dashes::one)
      : words_(words), least_(least) {}

  // To the first word, then from each to the next one; false: there is none.
  [[nodiscard]] bool next();
  [[nodiscard]] bool is_file() const;
  [[nodiscard]] std::string_view word() const { return words_[at_]; }
  // "--limit" of "--limit=5"; "-o=x" is one name.
  [[nodiscard]] std::string_view name() const { return word().substr(0, size_of_name()); }
  // What stands behind the "=", else the next word if the option takes a value, else "". Nothing: there is no
  // next word (missing_value() says so).
  [[nodiscard]] std::optional<std::string_view> value(bool takes_one);
  // All words behind this one, whatever they begin with.
  void only_files_follow() { only_files_ = true; }

 private:
  [[nodiscard]] std::size_t size_of_name() const;

  std::span<const std::string_view> words_;
  Dashes least_;
  std::size_t at_ = static_cast<std::size_t>(-1);
  bool only_files_ = false;
};

// "unknown option '--formt'; did you mean '--format'?"
[[nodiscard]] std::string unknown_option(std::string_view name, std::span<const std::string_view> known);
// "; did you mean 'x'?" of the nearest one, or "".
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);
// "option '--limit' needs N behind it"
[[nodiscard]] std::string missing_value(std::string_view name, std::string_view expected);
// "option '--limit' takes N, not 'x'"
[[nodiscard]] std::string refused_value(std::string_view name, std::string_view expected,
                                        std::string_view given);
// "--limit N", as usage texts have it.
[[nodiscard]] std::string with_value(std::string_view name, std::string_view value);

// The names of a table of options.
template <class Rows>
[[nodiscard]] std::vector<std::string_view> names_of(const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  return names;
}

}  // namespace shunt::cli
