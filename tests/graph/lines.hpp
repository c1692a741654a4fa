// The lines of tests/differential/lines/*.txt and what shunt says about each in the surroundings that
// lines.py uses.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "graph/target.hpp"

namespace shunt::graph::testing {

struct JudgedLine {
  std::string head;     // the head line(s) of its section, or empty
  std::string section;  // else the kind of its surroundings
  std::string line;
  bool newer = false;            // marked '!': not compared with HAProxy 2.6
  std::string findings;          // one line each, for the language of 3.5; empty: none
  bool accepted = false;         // by 3.5
  bool accepted_in_2_6 = false;  // false for a newer one
  // The line in its file, and where errors begin in it, of both versions.
  std::string text;
  std::vector<std::size_t> errors;
};

struct LineFile {
  std::string area;  // "rules" of rules.txt
  std::vector<JudgedLine> lines;
};

// Every file in order of its name; read and judged once.
[[nodiscard]] const std::vector<LineFile>& judged_lines();
[[nodiscard]] std::filesystem::path lines_folder();
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

}  // namespace shunt::graph::testing
