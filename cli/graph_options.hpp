// The words behind `shunt graph`.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/described_client.hpp"
#include "graph/target.hpp"
#include "parser/result.hpp"

namespace shunt::cli {

enum class PictureFormat : std::uint8_t { svg, dot, mermaid, html };

struct GraphOptions {
  std::vector<std::string> files;
  std::optional<PictureFormat> format;  // nothing: what the output's name says, else SVG
  std::string output;                   // empty: standard output
  std::vector<std::string> only;
  std::size_t fold = 12;
  std::optional<graph::Target> target;  // nothing: the first of ours, 3.5's and 2.6's that accepts the files
  bool assume_files = false;
  bool path = false;  // that of `client` is lit
  analysis::ClientDescription client = {};
};

struct WordError {
  std::string message;  // a sentence for the user
};
[[nodiscard]] Result<GraphOptions, WordError> parse_graph_options(const std::vector<std::string_view>& words);
[[nodiscard]] PictureFormat format_of(const GraphOptions& options);

[[nodiscard]] std::string graph_usage();
[[nodiscard]] std::string graph_flags();  // the options' names, a blank between them

}  // namespace shunt::cli
