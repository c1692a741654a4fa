// Reads the YAML of routing tests (docs/test.md has the schema).
#pragma once
#include <string>
#include <vector>

#include "analysis/routing_test.hpp"

namespace shunt::cli {

// The error names file, line and column.
[[nodiscard]] Result<std::vector<analysis::RoutingTest>, std::string> read_tests(const std::string& path);
// The same for text in memory.
[[nodiscard]] Result<std::vector<analysis::RoutingTest>, std::string> parse_tests(const std::string& path,
                                                                                  const std::string& text);

}  // namespace shunt::cli
