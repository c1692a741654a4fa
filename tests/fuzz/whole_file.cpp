// Fuzzes the whole way from text to graph: whatever the file says, it ends in findings or a graph, and the dumps hold.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "graph/load.hpp"
#include "parser/printer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shunt;
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Pattern files and certificates would make the input read the machine's files.
  for (const char* word : {"-f", "-M", "crt", "user", "group"}) {
    if (text.find(word) != std::string::npos) return 0;
  }
  const auto loaded = graph::load_text("fuzz.cfg", text, {.resolve_names = false});
  if (loaded->graph && loaded->sink.has_errors()) std::abort();
  if (!loaded->graph && !loaded->sink.has_errors()) std::abort();
  for (const auto& finding : loaded->sink.all()) (void)parser::human_form(finding, loaded->sources, {});
  if (loaded->graph) (void)graph::dump(*loaded->graph);
  return 0;
}
