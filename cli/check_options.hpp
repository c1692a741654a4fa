// The words behind `shunt check` (and `--check`).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/load.hpp"
#include "parser/diagnostic.hpp"
#include "parser/result.hpp"

namespace shunt::cli {

enum class ReportFormat : std::uint8_t { text, json, sarif, github };

struct CheckOptions {
  std::vector<std::string> files;
  ReportFormat format = ReportFormat::text;
  parser::Severity fail_on = parser::Severity::error;  // the least severity that makes the exit status 1
  graph::LoadOptions load;
};

// The error is a sentence for the user. Options may stand before, between and behind the files, with their
// value as the next word or behind "=".
[[nodiscard]] Result<CheckOptions, std::string> parse_check_options(
    const std::vector<std::string_view>& words);

[[nodiscard]] std::string check_usage();

}  // namespace shunt::cli
