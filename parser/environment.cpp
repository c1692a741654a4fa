// The environment variables that a configuration may expand and change.
#include <unistd.h>  // environ

#include <algorithm>
#include <string>
#include <utility>

#include "parser/host_name.hpp"
#include "parser/syntax.hpp"

namespace shunt::parser {

Environment Environment::of_process() {
  Environment made;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    // getenv(3) returns the first of several entries of one name.
    if (equals != std::string_view::npos)
      made.values_.emplace(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
  }
  return made;
}

std::optional<std::string_view> Environment::get(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

void Environment::set(std::string_view name, std::string_view value) {
  values_.insert_or_assign(std::string(name), std::string(value));
}

void Environment::unset(std::string_view name) {
  const auto found = values_.find(name);
  if (found != values_.end()) values_.erase(found);
}

void Environment::keep_only(std::span<const std::string_view> names) {
  std::erase_if(values_, [&](const auto& entry) {
    return std::find(names.begin(), names.end(), std::string_view(entry.first)) == names.end();
  });
}

void Environment::name_local_peer(std::string_view name, bool for_good) {
  if (peer_is_given_) return;
  local_peer_ = name;
  peer_is_given_ = for_good;
  set(local_peer_variable, name);
}

}  // namespace shunt::parser
