// Walks words as all verbs have it.
#include "cli/option_words.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "parser/suggest.hpp"

namespace shunt::cli {

bool OptionWords::next() { return ++at_ < words_.size(); }

bool OptionWords::is_file() const {
  return only_files_ || !word().starts_with(least_ == Dashes::one ? "-" : "--");
}

std::size_t OptionWords::size_of_name() const {
  return word().starts_with("--") ? std::min(word().find('='), word().size()) : word().size();
}

std::optional<std::string_view> OptionWords::value(bool takes_one) {
  const std::size_t size = size_of_name();
  if (size < word().size()) return word().substr(size + 1);
  if (!takes_one) return std::string_view();
  if (at_ + 1 == words_.size()) return std::nullopt;
  return words_[++at_];
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const auto near = parser::nearest(word, known);
  return near ? fmt::format("; did you mean '{}'?", *near) : std::string();
}

std::string unknown_option(std::string_view name, std::span<const std::string_view> known) {
  return fmt::format("unknown option '{}'{}", name, did_you_mean(name, known));
}

std::string missing_value(std::string_view name, std::string_view expected) {
  return fmt::format("option '{}' needs {} behind it", name, expected);
}

std::string refused_value(std::string_view name, std::string_view expected, std::string_view given) {
  return fmt::format("option '{}' takes {}, not '{}'", name, expected, given);
}

std::string with_value(std::string_view name, std::string_view value) {
  return value.empty() ? std::string(name) : fmt::format("{} {}", name, value);
}

}  // namespace shunt::cli
