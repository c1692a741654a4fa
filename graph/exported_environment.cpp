// The keywords that change the environment, once more, on the process itself.
#include "graph/exported_environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "parser/host_name.hpp"

namespace shunt::graph {
namespace {

using Words = std::span<const parser::Word>;

void set(Words words, int overwrite) {
  if (words.size() < 3) return;
  ::setenv(std::string(words[1].value).c_str(), std::string(words[2].value).c_str(), overwrite);
}
void set_always(Words words) { set(words, 1); }
void set_if_absent(Words words) { set(words, 0); }
void unset(Words words) {
  for (const parser::Word& word : words.subspan(1)) ::unsetenv(std::string(word.value).c_str());
}
void keep_only(Words words) {
  std::vector<std::string> names;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view text = *each;
    names.emplace_back(text.substr(0, text.find('=')));
  }
  const auto kept = words.subspan(1);
  for (const std::string& name : names)
    if (std::ranges::find(kept, std::string_view(name), &parser::Word::value) == kept.end())
      ::unsetenv(name.c_str());
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
    ::setenv(std::string(parser::local_peer_variable).c_str(), std::string(*peer).c_str(), 1);
}

}  // namespace shunt::graph
