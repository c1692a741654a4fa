// getenv(3) and its kin.
#include "parser/process_environment.hpp"

#include <unistd.h>

#include <cstdlib>

namespace shunt::parser::process_environment {

// NOLINTBEGIN(concurrency-mt-unsafe)
std::optional<std::string_view> get(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? std::optional<std::string_view>(value) : std::nullopt;
}

void set(const std::string& name, const std::string& value) { ::setenv(name.c_str(), value.c_str(), 1); }

void unset(const std::string& name) { ::unsetenv(name.c_str()); }
// NOLINTEND(concurrency-mt-unsafe)

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view text = *each;
    found.emplace_back(text.substr(0, text.find('=')));
  }
  return found;
}

}  // namespace shunt::parser::process_environment
