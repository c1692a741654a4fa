// Everything shunt says about each line of tests/differential/lines/*.txt, against lines/golden/AREA.txt.
// SHUNT_UPDATE_GOLDEN=1 rewrites the expectations; read the difference before committing it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/graph/certificates.hpp"
#include "tests/graph/lines.hpp"

namespace shunt::graph {
namespace {

using testing::JudgedLine;

std::string block(const JudgedLine& each) {
  std::string head = each.section;
  for (const char c : each.head) head += c == '\n' ? '|' : c;
  return (each.newer ? "!" : "") + head + ": " + each.line + "\n" +
         (each.findings.empty() ? "  ok\n" : each.findings);
}

// The first block that differs says more than two long texts.
std::string first_difference(const std::string& expected, const std::string& actual) {
  const auto same = std::ranges::mismatch(expected, actual);
  const auto at = static_cast<std::size_t>(same.in2 - actual.begin());
  const auto begin = actual.rfind('\n', actual.rfind("\n  ", at)) + 1;
  return "expected ...\n" + expected.substr(begin, 600) + "\nactual ...\n" + actual.substr(begin, 600);
}

TEST(Lines, FindingsAreTheGoldenOnes) {
  const bool update = std::getenv("SHUNT_UPDATE_GOLDEN") != nullptr;
  for (const auto& file : testing::judged_lines()) {
    const auto path = testing::lines_folder() / "golden" / (file.area + ".txt");
    std::string actual;
    for (const auto& each : file.lines) actual += block(each);
    if (update) testing::write_file(path, actual);
    const std::string expected = testing::read_text(path);
    EXPECT_TRUE(expected == actual) << path << '\n' << first_difference(expected, actual);
  }
}

}  // namespace
}  // namespace shunt::graph
