// Parts of a text, separated by semicolons, each but the first behind its key.
#include "graph/read/name_options.hpp"

#include <algorithm>

namespace shunt::graph::name_options {
namespace {

std::string_view take(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(';'), rest.size());
  const std::string_view found = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return found;
}

bool has_key(std::string_view part, std::string_view key) {
  return part.size() > key.size() && part.starts_with(key) && part[key.size()] == '=';
}

}  // namespace

std::string_view part(std::string_view text, std::string_view key) {
  const std::string_view first = take(text);
  if (key == initially) return first;
  while (!text.empty())
    if (const std::string_view found = take(text); has_key(found, key)) return found.substr(key.size() + 1);
  return {};
}

std::string with_part(std::string_view text, std::string_view key, std::string_view value) {
  std::string made(take(text));
  if (key == initially) made = value;
  while (!text.empty())
    if (const std::string_view kept = take(text); !has_key(kept, key)) made.append(";").append(kept);
  if (key != initially) made.append(";").append(key).append("=").append(value);
  return made;
}

}  // namespace shunt::graph::name_options
