// Fuzzes converters: the first line of the input chooses a chain, what follows is the value that goes through
// it.
#include <cstdint>
#include <cstdlib>
#include <memory_resource>
#include <string>
#include <string_view>

#include "analysis/described_connection.hpp"
#include "fetchers/expression.hpp"
#include "parser/syntax.hpp"

using namespace shunt;

namespace {

// Arguments for every kind of converter; a converter that takes none of them is tried without.
constexpr std::string_view arguments[] = {"",
                                          "()",
                                          "(1)",
                                          "(-1)",
                                          "(0)",
                                          "(a)",
                                          "(txn.a)",
                                          "(1,.)",
                                          "(-2,/,0)",
                                          "(\\\"a*\\\",x,g)",
                                          "(:,2)",
                                          "($.a)",
                                          "($.a,int)",
                                          "(utf8s)",
                                          "(sha256)",
                                          "(sha256,a2V5)",
                                          "(connect,username)",
                                          "(35)",
                                          "(24,64)",
                                          "(%Y%N)"};

// One byte chooses the converter, the next one its arguments. What doesn't compile is left out.
std::string chain_of(std::string_view choices) {
  std::string text = "req.payload(0,0)";
  const auto rows = fetchers::converter_rows();
  for (std::size_t at = 0; at + 1 < choices.size() && at < 16; at += 2) {
    const auto first = static_cast<std::uint8_t>(choices[at]),
               second = static_cast<std::uint8_t>(choices[at + 1]);
    text += ',';
    text += rows[(first + 256u * (second / std::size(arguments))) % rows.size()].name;
    text += arguments[second % std::size(arguments)];
  }
  return text;
}

struct Compiled {
  explicit Compiled(const std::string& text) {
    parser::SourceSet sources;
    parser::DiagnosticSink sink;
    parser::Environment environment;
    std::pmr::monotonic_buffer_resource storage;
    const parser::FileId file = sources.add("f", text);
    const auto words = parser::split_words(sources, {file, 0, static_cast<std::uint32_t>(text.size())},
                                           environment, storage, sink);
    if (words.size() != 1) return;
    auto tree = parser::parse_expression(words.front(), sink);
    while (tree && !tree->converters.empty()) {
      parser::DiagnosticSink faults;
      id = pool.compile(*tree, fetchers::Place::fe_tcp_content, faults);
      if (id) return;
      tree->converters.pop_back();
    }
  }
  fetchers::ExpressionPool pool;
  std::optional<fetchers::ExpressionId> id;
};

// The same input has the same value, and its text can be read.
std::string value_of(const Compiled& compiled, std::string_view bytes) {
  analysis::ConnectionDescription description;
  description.request = {std::string(bytes), true};
  analysis::DescribedConnection connection(std::move(description));
  fetchers::Sample sample;
  const auto fetched =
      compiled.pool.evaluate(*compiled.id, connection.context(), fetchers::SampleType::bin, sample);
  if (!fetched.found) return "none";
  return std::string(sample.text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const Compiled compiled(chain_of(input.substr(0, line)));
  if (!compiled.id) return 0;
  const std::string_view bytes = input.substr(std::min(line + 1, input.size()));
  if (value_of(compiled, bytes) != value_of(compiled, bytes)) std::abort();
  return 0;
}
