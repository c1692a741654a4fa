// `# shunt: ignore=CODE reason` comments: findings that the writer of the file has judged.
#pragma once
#include <vector>

#include "parser/diagnostic.hpp"

namespace shunt::analysis {

// Removes warnings and notices of the codes (several: divided by commas) named by a comment on their line, or
// on a line above that holds nothing else. Errors stay: a file that HAProxy refuses can't be talked well.
void suppress(std::vector<parser::Diagnostic>& findings, const parser::SourceSet& sources);

}  // namespace shunt::analysis
