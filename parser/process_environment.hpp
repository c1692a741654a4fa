// The environment of this process. It is changed only while no other thread runs.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shunt::parser::process_environment {

[[nodiscard]] std::optional<std::string_view> get(const char* name);
void set(const std::string& name, const std::string& value);
void unset(const std::string& name);
[[nodiscard]] std::vector<std::string> names();

}  // namespace shunt::parser::process_environment
