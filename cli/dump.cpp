// `shunt dump --stage=syntax|config|graph FILE...`: the stages of a configuration as stable text.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/findings.hpp"
#include "cli/verbs.hpp"

namespace shunt::cli {
namespace {

int refuse() {
  fmt::print(stderr, "usage: shunt dump --stage=syntax|config|graph <file|dir>...\n");
  return 1;
}

int dump_graph(const std::vector<std::string>& files) {
  const auto loaded = graph::load_files(files, {});
  print_for_people(*loaded, loaded->sink.all(), stderr);
  if (!loaded->graph) return 1;
  fmt::print("{}", graph::dump(*loaded->graph));
  return 0;
}

int print_text(const std::string& text, const parser::DiagnosticSink& sink) {
  fmt::print("{}", text);
  for (const parser::Diagnostic& diagnostic : sink.all()) fmt::print(stderr, "{}\n", diagnostic.message);
  return sink.has_errors() ? 1 : 0;
}

}  // namespace

int dump_stage(const Words& words) {
  constexpr std::string_view flag = "--stage=";
  std::string_view stage = "graph";
  std::vector<std::string> files;
  for (const std::string_view word : words)
    if (word.starts_with(flag))
      stage = word.substr(flag.size());
    else
      files.emplace_back(word);
  if (files.empty()) return refuse();
  parser::DiagnosticSink sink;
  if (stage == "graph") return dump_graph(files);
  if (stage == "config") return print_text(graph::dump_config(files, sink), sink);
  if (stage == "syntax") return print_text(graph::dump_syntax(files, sink), sink);
  return refuse();
}

}  // namespace shunt::cli
