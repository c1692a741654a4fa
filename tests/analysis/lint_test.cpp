// Every lint has a file that triggers it and a near miss that doesn't, in tests/analysis/lint: CODE.cfg with
// its findings in CODE.findings, and CODE.near.cfg. SHUNT_UPDATE_GOLDEN=1 rewrites the findings.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "analysis/lint.hpp"
#include "analysis/lint/codes.hpp"
#include "graph/load.hpp"
#include "tests/graph/certificates.hpp"

namespace shunt::analysis {
namespace {

namespace fs = std::filesystem;
using graph::testing::write_certificate;

const fs::path root = SHUNT_SOURCE_DIR;
const fs::path folder = root / "tests/analysis/lint";

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

struct Linted {
  std::unique_ptr<graph::Loaded> loaded;
  std::vector<parser::Diagnostic> findings;

  [[nodiscard]] bool has(const parser::Code& code) const {
    return std::ranges::any_of(findings, [&](const auto& each) { return each.code == &code; });
  }
  [[nodiscard]] std::string text() const {
    std::vector<std::string> lines;
    for (const auto& each : findings) {
      const auto at = loaded->sources.locate(each.span);
      std::ostringstream line;
      line << at.line << ':' << at.column << ' ' << each.code->name << ": " << each.message << '\n';
      lines.push_back(std::move(line).str());
    }
    std::ranges::sort(lines);
    std::string all;
    for (const std::string& line : lines) all += line;
    return all;
  }
};

Linted lint_of(std::string name, std::string text) {
  Linted result{.loaded = graph::load_text(std::move(name), std::move(text),
                                           {.resolve_names = false, .keep_config = true}),
                .findings = {}};
  for (const auto& each : result.loaded->sink.all()) {
    EXPECT_TRUE(each.severity != parser::Severity::error || each.code->about_build) << each.message;
    EXPECT_FALSE(each.code->lint) << "found without --check";
  }
  result.findings = lint(*result.loaded->config, result.loaded->sources,
                         {.now = std::time(nullptr), .read_certificates = true});
  return result;
}

class Lint : public ::testing::TestWithParam<const parser::Code*> {
 protected:
  static void SetUpTestSuite() {
    directory_ = new graph::testing::TemporaryDirectory();
    const fs::path& at = directory_->path();
    write_certificate(at / "site.pem", {.common_name = "localhost", .days = 300});
    write_certificate(at / "elliptic.pem", {.common_name = "localhost", .elliptic = true, .days = 300});
    write_certificate(at / "weak.pem", {.common_name = "localhost", .days = 300, .rsa_bits = 1024});
    write_certificate(at / "expired.pem", {.common_name = "localhost", .days = -10});
    write_certificate(at / "expiring.pem", {.common_name = "localhost", .days = 10});
    fs::current_path(at);
  }
  static void TearDownTestSuite() {
    fs::current_path(root);
    delete directory_;
    directory_ = nullptr;
  }
  static fs::path file(const std::string& ending) {
    return folder / (std::string(GetParam()->name) + ending);
  }

 private:
  static graph::testing::TemporaryDirectory* directory_;
};
graph::testing::TemporaryDirectory* Lint::directory_ = nullptr;

TEST_P(Lint, IsFound) {
  const fs::path path = file(".cfg");
  ASSERT_TRUE(fs::exists(path)) << path;
  const Linted linted = lint_of(path.filename(), read(path));
  EXPECT_TRUE(linted.has(*GetParam()));
  for (const auto& each : linted.findings) EXPECT_TRUE(each.span.known()) << each.message;
  const fs::path expected = file(".findings");
  if (std::getenv("SHUNT_UPDATE_GOLDEN") != nullptr) std::ofstream(expected) << linted.text();
  EXPECT_EQ(read(expected), linted.text());
}

TEST_P(Lint, LeavesTheNearMissAlone) {
  const fs::path path = file(".near.cfg");
  ASSERT_TRUE(fs::exists(path)) << path;
  const Linted linted = lint_of(path.filename(), read(path));
  EXPECT_FALSE(linted.has(*GetParam())) << linted.text();
}

TEST_P(Lint, SaysWhatToDo) {
  EXPECT_TRUE(GetParam()->lint);
  EXPECT_FALSE(GetParam()->summary.empty());
  EXPECT_FALSE(GetParam()->remedy.empty());
  EXPECT_NE(GetParam()->severity, parser::Severity::error);
}

std::string test_name(const ::testing::TestParamInfo<const parser::Code*>& code) {
  std::string name(code.param->name);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Lint, ::testing::ValuesIn(codes::lints().begin(), codes::lints().end()),
                         test_name);

// No file without a lint.
TEST(LintFiles, BelongToCodes) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::string name = entry.path().filename();
    name = name.substr(0, name.find('.'));
    EXPECT_TRUE(std::ranges::any_of(codes::lints(), [&](const parser::Code* code) {
      return code->name == name;
    })) << name;
  }
}

TEST(LintExamples, AreClean) {
  for (const auto& entry : fs::directory_iterator(root / "examples")) {
    if (entry.path().extension() != ".cfg") continue;
    const auto loaded = graph::load_text(entry.path().filename(), read(entry.path()),
                                         {.resolve_names = false, .assume_files = true, .keep_config = true});
    ASSERT_NE(loaded->config, nullptr);
    for (const auto& each : lint(*loaded->config, loaded->sources, {}))
      ADD_FAILURE() << entry.path() << ':' << loaded->sources.locate(each.span).line << ' ' << each.message;
  }
}

}  // namespace
}  // namespace shunt::analysis
