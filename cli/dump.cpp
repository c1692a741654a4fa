// `shunt dump --stage=syntax|config|graph [--passes] FILE...`: the stages of a configuration as stable text.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "cli/findings.hpp"
#include "cli/haproxy_variables.hpp"
#include "cli/verbs.hpp"

namespace shunt::cli {
namespace {

int refuse() {
  fmt::print(stderr, "usage: shunt dump --stage=syntax|config|graph [--passes] <file|dir>...\n");
  return 1;
}

// `passes`: the rules' program before the first optimisation and after each one, instead of the whole graph.
int dump_graph(const std::vector<std::string>& files, bool passes) {
  set_haproxy_variables({.files = files});
  const auto loaded = graph::load_files(files, {.optimisations = {.record = passes}});
  print_for_people(*loaded, loaded->sink.all(), stderr);
  if (!loaded->graph) return 1;
  if (!passes) fmt::print("{}", graph::dump(*loaded->graph));
  for (const acl::PassText& pass : loaded->graph->program.passes())
    fmt::print("--- {}\n{}", pass.name, pass.text);
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
  bool passes = false;
  for (const std::string_view word : words)
    if (word.starts_with(flag))
      stage = word.substr(flag.size());
    else if (word == "--passes")
      passes = true;
    else
      files.emplace_back(word);
  if (files.empty()) return refuse();
  parser::DiagnosticSink sink;
  if (stage == "graph") return dump_graph(files, passes);
  if (stage == "config") return print_text(graph::dump_config(files, sink), sink);
  if (stage == "syntax") return print_text(graph::dump_syntax(files, sink), sink);
  return refuse();
}

}  // namespace shunt::cli
