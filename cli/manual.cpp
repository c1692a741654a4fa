// `shunt keywords`, `shunt codes`, `shunt completion`: the tables as a manual and as words for the shell.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "analysis/manual.hpp"
#include "cli/eval_options.hpp"
#include "cli/graph_options.hpp"
#include "cli/verbs.hpp"
#include "parser/joined.hpp"

namespace shunt::cli {
namespace {

int print(const std::string& text) { return std::fputs(text.c_str(), stdout) < 0 ? 1 : 0; }

struct Verb {
  std::string_view name;
  std::string_view help;
  std::string options;
};
std::vector<Verb> completed_verbs() {
  return {
      {"check", "check files, for people", "--format --fail-on --target --assume-files"},
      {"eval", "evaluate an expression", eval_flags()},
      {"explain", "tell what becomes of a connection", explain_flags()},
      {"diff", "tell what changes between two files", diff_flags()},
      {"test", "run routing tests", test_flags()},
      {"fmt", "lay files out alike", "-l -w"},
      {"graph", "draw the ways of connections", graph_flags()},
      {"keywords", "explain names of the language", "--markdown"},
      {"codes", "explain findings", "--markdown"},
      {"dump", "show a stage of reading", "--stage=syntax --stage=config --stage=graph --passes"},
      {"completion", "words for the shell", "bash zsh"},
  };
}

std::string bash_completion() {
  std::string verbs, cases;
  for (const Verb& verb : completed_verbs()) {
    verbs += fmt::format("{} ", verb.name);
    cases += fmt::format("    {}) words='{}' ;;\n", verb.name, verb.options);
  }
  return fmt::format(
      "# bash completion of shunt: source it, or store it as /etc/bash_completion.d/shunt\n"
      "_shunt() {{\n"
      "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" words=''\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}"
      "    *) words='{}{}' ;;\n"
      "  esac\n"
      "  case \"${{COMP_WORDS[1]}}:${{COMP_WORDS[COMP_CWORD-1]}}\" in\n"
      "    graph:--format) words='svg dot mermaid html' ;;\n"
      "    check:--format) words='text json sarif github' ;;\n"
      "    *:--fail-on) words='error warning notice' ;;\n"
      "    *:--target) words='shunt haproxy-2.6 haproxy-3.5' ;;\n"
      "    keywords:*) [[ $word == -* ]] || words=$(shunt keywords --names) ;;\n"
      "    codes:*) [[ $word == -* ]] || words=$(shunt codes --names) ;;\n"
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\") $(compgen -f -- \"$word\"))\n"
      "}}\n"
      "complete -o filenames -F _shunt shunt\n",
      cases, verbs, flag_names());
}

std::string zsh_completion() {
  std::string verbs, cases;
  for (const Verb& verb : completed_verbs()) {
    verbs += fmt::format("    '{}:{}'\n", verb.name, verb.help);
    cases += fmt::format("    {}) compadd -- {} ;;\n", verb.name, verb.options);
  }
  return fmt::format(
      "#compdef shunt\n"
      "# zsh completion of shunt: store it as _shunt in a folder of $fpath\n"
      "_shunt() {{\n"
      "  local -a verbs\n"
      "  verbs=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe verb verbs\n"
      "    compadd -- {}\n"
      "    return\n"
      "  fi\n"
      "  case ${{words[CURRENT-1]}} in\n"
      "    --format) case ${{words[2]}} in graph) compadd svg dot mermaid html ;; *) compadd text json sarif "
      "github ;; "
      "esac; return ;;\n"
      "    --fail-on) compadd error warning notice; return ;;\n"
      "    --target) compadd shunt haproxy-2.6 haproxy-3.5; return ;;\n"
      "  esac\n"
      "  case ${{words[2]}} in\n{}"
      "  esac\n"
      "  _files\n"
      "}}\n"
      "_shunt \"$@\"\n",
      verbs, flag_names(), cases);
}

}  // namespace

int explain_keywords(const Words& words) {
  if (words.empty()) return print(analysis::all_names());
  if (words.front() == "--markdown") return print(analysis::keywords_document());
  if (words.front() == "--names") return print(analysis::name_list());
  const std::string name = joined(words, " ");
  const std::string page = analysis::manual_page(name);
  if (!page.empty()) return print(page);
  const std::string near = analysis::nearest_name(name);
  fmt::print(stderr, "shunt keywords: nothing is called '{}'{}\n", name,
             near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
  return 1;
}

int explain_codes(const Words& words) {
  if (words.empty() || words.front() == "--markdown") return print(analysis::codes_document());
  if (words.front() == "--names") return print(analysis::code_list());
  if (words.front() == "--lints") return print(analysis::lint_list());
  const std::string page = analysis::code_page(words.front());
  if (!page.empty()) return print(page);
  fmt::print(stderr, "shunt codes: there is no code '{}'\n", words.front());
  return 1;
}

int print_completion(const Words& words) {
  if (words.size() == 1 && words.front() == "bash") return print(bash_completion());
  if (words.size() == 1 && words.front() == "zsh") return print(zsh_completion());
  fmt::print(stderr, "usage: shunt completion bash|zsh\n");
  return 1;
}

}  // namespace shunt::cli
