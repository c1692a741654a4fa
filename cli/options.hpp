// The command line in HAProxy's form: every flag of HAProxy is read, unknown ones are refused.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/load.hpp"
#include "parser/result.hpp"
#include "runtime/process.hpp"

namespace shunt::cli {

// What was asked for by flags; fields without an effect in this build are kept for the list that -V prints.
struct Options {
  std::vector<std::string> files;  // -f, -- (files or directories, in order)
  runtime::RunOptions run;
  bool check = false;                           // -c
  graph::Target target = graph::Target::shunt;  // --target
  bool assume_files = false;                    // --assume-files
  bool zero_warning = false;                    // -dW
  bool ignore_unresolved = false;               // -dr
  int version = 0;                              // -v 1, -vv 2
  std::optional<std::string> directory;         // -C
  std::string local_peer;                       // -L
  bool diagnostics = false;                     // -dD
  std::string keyword_classes;                  // -dK
  std::optional<std::string> condition;         // -cc
  std::optional<std::string> master_socket;     // -S
  std::string fault;                            // of a flag's value
  std::vector<std::string> without_effect;      // flags that were given and do nothing here, as written
};

struct UsageError {
  std::string message;
  bool in_line_form = false;  // said as a finding of its own, without the usage text
};

// `words`: without the program's name.
[[nodiscard]] Result<Options, UsageError> parse_options(const std::vector<std::string_view>& words);

// How the files are to be read.
[[nodiscard]] graph::LoadOptions load_options(const Options& options);

[[nodiscard]] std::string usage();
[[nodiscard]] std::string flag_names();  // with a blank behind each

}  // namespace shunt::cli
