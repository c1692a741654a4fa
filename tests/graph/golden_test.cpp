// Every configuration below tests/haproxy-configs and examples against its expected dumps and diagnostics.
// SHUNT_UPDATE_GOLDEN=1 rewrites the expectations; read the difference before committing it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "graph/codes.hpp"
#include "graph/load.hpp"
#include "parser/printer.hpp"
#include "tests/graph/certificates.hpp"

namespace shunt::graph {
namespace {

namespace fs = std::filesystem;

const fs::path root = SHUNT_SOURCE_DIR;
const fs::path folder = root / "tests/haproxy-configs";

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

std::vector<fs::path> configurations() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".cfg") found.push_back(entry.path());
  }
  for (const auto& entry : fs::directory_iterator(root / "examples")) {
    if (entry.path().extension() == ".cfg") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

// The configurations name certificates relative to the working directory; they are made once.
class Golden : public ::testing::TestWithParam<fs::path> {
 protected:
  static void SetUpTestSuite() {
    directory_ = new testing::TemporaryDirectory();
    testing::write_certificate(directory_->path() / "site.pem", {.common_name = "localhost"});
    testing::write_certificate(directory_->path() / "certs/a.pem",
                               {.common_name = "A.test", .alternative_names = {"*.W.test"}});
    testing::write_certificate(directory_->path() / "certs/b.pem",
                               {.common_name = "b.test", .elliptic = true});
    testing::write_file(directory_->path() / "empty.pem", "nothing\n");
    fs::current_path(directory_->path());
  }
  static void TearDownTestSuite() {
    fs::current_path(root);
    delete directory_;
    directory_ = nullptr;
  }

  // Expectations of an example lie with the others.
  static fs::path expectation(const fs::path& configuration, const std::string& extension) {
    fs::path base = configuration;
    if (base.parent_path().filename() == "examples" && base.parent_path().parent_path() == root) {
      base = folder / "examples" / base.filename();
    }
    return base.replace_extension(extension);
  }

  static void compare(const fs::path& expected, const std::string& actual) {
    if (std::getenv("SHUNT_UPDATE_GOLDEN") != nullptr) {
      if (actual.empty()) {
        fs::remove(expected);
      } else {
        testing::write_file(expected, actual);
      }
      return;
    }
    EXPECT_EQ(read(expected), actual) << expected;
  }

 private:
  static testing::TemporaryDirectory* directory_;
};
testing::TemporaryDirectory* Golden::directory_ = nullptr;

TEST_P(Golden, Matches) {
  const fs::path& path = GetParam();
  const auto loaded = load_text(path.filename(), read(path), {.local_peer = "here"});
  std::string findings;
  for (const auto& finding : loaded->sink.all()) findings += parser::human_form(finding, loaded->sources, {});
  for (const auto& finding : loaded->ignored) findings += parser::human_form(finding, loaded->sources, {});
  if (!loaded->has_listener) findings += "no listener\n";
  compare(expectation(path, ".diag"), findings);
  compare(expectation(path, ".graph"), loaded->graph ? dump(*loaded->graph) : std::string());
  parser::DiagnosticSink sink;
  compare(expectation(path, ".config"), dump_config({path}, sink));
}

// What the config dump prints is read back as the same configuration: it prints the same again and makes the
// same graph.
TEST_P(Golden, DumpOfConfigIsReadBack) {
  const auto original = load_files({GetParam()}, {.local_peer = "here"});
  if (!original->graph) GTEST_SKIP() << "only what is valid is printed completely";
  const auto left_out = [](const parser::Diagnostic& finding) {
    return finding.code == &codes::needs_http_mode;
  };
  if (std::ranges::any_of(original->sink.all(), left_out))
    GTEST_SKIP() << "lines without effect are not printed";
  parser::DiagnosticSink first, second;
  const std::string once = dump_config({GetParam()}, first);
  testing::TemporaryDirectory directory;
  const fs::path copy = directory.path() / "copy.cfg";
  testing::write_file(copy, once);
  EXPECT_EQ(dump_config({copy}, second), once);
  const auto again = load_files({copy}, {.local_peer = "here"});
  ASSERT_NE(again->graph, nullptr) << once;
  EXPECT_EQ(dump(*again->graph), dump(*original->graph)) << once;
}

INSTANTIATE_TEST_SUITE_P(All, Golden, ::testing::ValuesIn(configurations()), [](const auto& each) {
  std::string name = each.param.parent_path().filename().string() + "_" + each.param.stem().string();
  std::ranges::replace_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

}  // namespace
}  // namespace shunt::graph
