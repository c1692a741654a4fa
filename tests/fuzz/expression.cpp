// Fuzzes the reader of sample expressions and what it compiles; input: one configuration line whose words are
// read, then the bytes of a payload that they are evaluated on.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "analysis/described_connection.hpp"
#include "fetchers/expression.hpp"
#include "parser/expression_tree.hpp"
#include "parser/printer.hpp"

using namespace shunt::parser;
namespace fetchers = shunt::fetchers;

namespace {

void evaluate(const ExpressionTree& tree, const std::string& payload) {
  DiagnosticSink faults;
  fetchers::ExpressionPool pool;
  const auto id = pool.compile(tree, fetchers::Place::fe_tcp_content, faults, fetchers::Misplaced::silent);
  if (!id) return;
  shunt::analysis::ConnectionDescription description;
  description.request.bytes = description.response.bytes = payload;
  shunt::analysis::DescribedConnection connection(std::move(description));
  fetchers::Sample sample;
  if (pool.evaluate(*id, connection.context(), fetchers::SampleType::str, sample).found &&
      sample.type != fetchers::SampleType::str)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t line_end = std::min(input.find('\n'), input.size());
  const std::string payload = input.substr(std::min(line_end + 1, input.size()));
  SourceSet sources;
  const FileId file = sources.add("f", input.substr(0, line_end));
  Environment environment;
  std::pmr::monotonic_buffer_resource storage;
  DiagnosticSink sink;
  const Span line{file, 0, static_cast<std::uint32_t>(line_end)};
  const auto words = split_words(sources, line, environment, storage, sink);
  for (const Word& word : words)
    if (const auto tree = parse_expression(word, sink)) {
      (void)dump(*tree);
      evaluate(*tree, payload);
    }
  for (const Diagnostic& finding : sink.all())
    if (finding.span.end > size || human_form(finding, sources, {}).empty()) std::abort();
  return 0;
}
