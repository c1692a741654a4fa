// The witnesses of one configuration with what is foretold for them: for those who try them on real programs.
#pragma once
#include <string>
#include <vector>

#include "analysis/diff/witnesses.hpp"
#include "graph/load.hpp"

namespace shunt::analysis {

struct ForetoldWitness {
  ClientDescription client = {};
  Scenario scenario = {};
  std::vector<Alternative> fates = {};  // more than one: a race
};

struct Foretold {
  std::vector<ForetoldWitness> witnesses = {};
  bool limited = false;  // there were more than the limit
};

[[nodiscard]] Foretold foretell(const graph::Loaded& loaded, std::size_t limit);
// docs/diff.md has the schema.
[[nodiscard]] std::string json_form(const Foretold& foretold, const graph::Loaded& loaded);

}  // namespace shunt::analysis
