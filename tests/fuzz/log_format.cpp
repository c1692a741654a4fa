// Fuzzes the reader of log formats; input: one configuration line whose words are read.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "parser/log_format_tree.hpp"
#include "parser/printer.hpp"

using namespace shunt::parser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SourceSet sources;
  const FileId file = sources.add("f", std::string(reinterpret_cast<const char*>(data), size));
  Environment environment;
  std::pmr::monotonic_buffer_resource storage;
  DiagnosticSink sink;
  const Span line{file, 0, static_cast<std::uint32_t>(size)};
  const auto words = split_words(sources, line, environment, storage, sink);
  for (const Word& word : words)
    if (const auto tree = parse_log_format(word, sink)) (void)dump(*tree);
  for (const Diagnostic& finding : sink.all())
    if (finding.span.end > size || human_form(finding, sources, {}).empty()) std::abort();
  return 0;
}
