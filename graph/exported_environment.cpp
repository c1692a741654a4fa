// The keywords that change the environment, once more, on the process itself.
#include "graph/exported_environment.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "parser/host_name.hpp"
#include "parser/process_environment.hpp"

namespace shunt::graph {
namespace {

namespace env = parser::process_environment;
using Words = std::span<const parser::Word>;

void set_always(Words words) {
  if (words.size() >= 3) env::set(std::string(words[1].value), std::string(words[2].value));
}
void set_if_absent(Words words) {
  if (words.size() >= 3 && !env::get(std::string(words[1].value).c_str())) set_always(words);
}
void unset(Words words) {
  for (const parser::Word& word : words.subspan(1)) env::unset(std::string(word.value));
}
void keep_only(Words words) {
  const auto kept = words.subspan(1);
  for (const std::string& name : env::names())
    if (std::ranges::find(kept, std::string_view(name), &parser::Word::value) == kept.end()) env::unset(name);
}

struct Keyword {
  std::string_view name;
  void (*apply)(Words words);
};
constexpr std::array keywords = {Keyword{"setenv", set_always}, Keyword{"presetenv", set_if_absent},
                                 Keyword{"unsetenv", unset}, Keyword{"resetenv", keep_only}};

}  // namespace

void export_environment(const parser::Syntax& syntax, const parser::Environment& read) {
  for (const parser::Section& section : syntax.sections) {
    if (section.head.words.empty() || section.head.words[0].value != "global") continue;
    for (const parser::Line& line : section.lines)
      for (const Keyword& keyword : keywords)
        if (!line.words.empty() && line.words[0].value == keyword.name) keyword.apply(line.words);
  }
  if (const auto peer = read.get(parser::local_peer_variable))
    env::set(std::string(parser::local_peer_variable), std::string(*peer));
}

}  // namespace shunt::graph
