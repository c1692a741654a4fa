// Fuzzes what is asked of a file that was read: lint, the drawings, and the comparison with itself, which finds no difference.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "analysis/diff/comparison.hpp"
#include "analysis/drawing/writers.hpp"
#include "analysis/lint.hpp"
#include "graph/load.hpp"

namespace {

namespace drawing = shunt::analysis::drawing;

void draw_all(const shunt::graph::Loaded& loaded) {
  const drawing::Drawing whole = drawing::draw(*loaded.graph, loaded.sources, loaded.sink.all());
  for (const std::size_t limit : {std::size_t{0}, std::size_t{2}, std::size_t{12}}) {
    const drawing::Sheet sheet = drawing::fold(whole, drawing::Light{}, {.limit = limit});
    (void)drawing::dot(sheet);
    (void)drawing::mermaid(sheet);
    (void)drawing::frames_of(sheet);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shunt;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto loaded = graph::load_text(
      "fuzz.cfg", text,
      {.resolve_names = false, .assume_files = true, .despite_unsupported = true, .keep_config = true});
  if (!loaded->config) return 0;
  (void)analysis::lint(*loaded->config, loaded->sources, {.now = 1790000000});
  if (!loaded->graph) return 0;
  draw_all(*loaded);
  if (analysis::compare(*loaded, *loaded, {.limit = 200}).differs()) std::abort();
  return 0;
}
