// The verbs of the `shunt` command: one file each; every one returns the exit status.
#pragma once
#include <string_view>
#include <vector>

#include "cli/options.hpp"

namespace shunt::cli {

using Words = std::vector<std::string_view>;

int run_configuration(const Options& options);   // -f ... : start
int check_like_haproxy(const Options& options);  // -c
int check_for_people(const Words& words);        // --check, check
int evaluate_condition(const Options& options);  // -cc
int dump_stage(const Words& words);              // dump
int print_version(int detail);                   // -v, -vv
int format_files(const Words& words);            // fmt
int explain_keywords(const Words& words);        // keywords
int explain_codes(const Words& words);           // codes
int print_completion(const Words& words);        // completion
int evaluate_typed(const Words& words);          // eval
int explain_connection(const Words& words);      // explain
int draw_graph(const Words& words);              // graph
int diff_files(const Words& words);              // diff
int test_routing(const Words& words);            // test
int demo_backend(const Words& words);            // demo-backend: the server behind `make run`

[[nodiscard]] std::string test_flags();
[[nodiscard]] std::string diff_flags();
[[nodiscard]] std::string explain_flags();  // the options' names, a blank between them

}  // namespace shunt::cli
