// Loads files for those verbs that ask what would happen, and don't run anything.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "graph/load.hpp"

namespace shunt::cli {

// With a graph also where this build can't run every line. Null: errors, which were printed.
[[nodiscard]] std::unique_ptr<graph::Loaded> load_for_simulation(const std::vector<std::string>& files,
                                                                 bool assume_files);

}  // namespace shunt::cli
