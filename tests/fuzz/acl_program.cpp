// Fuzzes ACL lines and rule conditions, then evaluates them while a payload arrives: all optimisations must
// agree with none.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "acl/program.hpp"
#include "parser/condition_tree.hpp"

namespace {

using namespace shunt;
using Words = std::vector<parser::Word>;

// No input may read files or ask the resolver: -f lines are skipped, -n is put behind every criterion.
Words split(std::string_view line) {
  Words words;
  const bool is_acl = line.starts_with("acl ");
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    if (end > at) words.push_back({line.substr(at, end - at), {0, 0, 0}, {}});
    const std::size_t size = words.size();
    if (end > at && ((size > 1 && words[size - 2].value.ends_with('{')) || (is_acl && size == 3)))
      words.push_back({"-n", {0, 0, 0}, {}});
    at = end + 1;
  }
  return words;
}

// Lines `acl ...` define, lines `if ...` and `unless ...` are rules.
acl::Program build(std::string_view text, const acl::Optimisations& optimisations) {
  acl::ProgramBuilder builder;
  const acl::ScopeId scope = builder.new_scope();
  parser::DiagnosticSink sink;
  std::vector<acl::Rule> rules;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Words words = split(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (words.size() < 2 || std::ranges::any_of(words, [](const auto& word) { return word.value == "-f"; }))
      continue;
    if (words[0].value == "acl") {
      builder.define(scope, words[1], std::span(words).subspan(2), sink);
    } else if (words[0].value == "if" || words[0].value == "unless") {
      const auto tree = parser::parse_condition(words, sink);
      const auto id =
          tree ? builder.compile(scope, *tree, fetchers::Place::fe_tcp_content, sink) : std::nullopt;
      if (id) rules.push_back({.condition = *id});
    }
  }
  (void)builder.add_list(std::move(rules));
  return std::move(builder).finish(optimisations);
}

// True: the same step from every rule.
bool agree(const acl::Program& a, const acl::Program& b, fetchers::Context& context) {
  for (std::uint32_t from = 0; from < a.rules(0).size(); ++from) {
    const acl::ListStep left = a.next(0, from, context), right = b.next(0, from, context);
    if (left.kind != right.kind || left.rule != right.rule) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t gap = std::min(input.find("\n\n"), input.size());
  const std::string_view text = input.substr(0, gap), payload = input.substr(std::min(gap + 2, input.size()));
  const acl::Program plain = build(text, acl::Optimisations::none()), quick = build(text, {});
  (void)acl::dump(quick);
  fetchers::Scratch scratch;
  const std::size_t most = std::min<std::size_t>(payload.size(), 64);
  for (std::size_t arrived = 0; arrived <= most; arrived += arrived < 8 ? 1 : 14) {
    for (const bool final : {false, true}) {
      fetchers::Context context{.scratch = &scratch};
      context.request = {.data = payload.substr(0, arrived), .complete = final, .available = true};
      context.final = final;
      if (!agree(plain, quick, context)) std::abort();
      scratch.reset();
    }
  }
  return 0;
}
