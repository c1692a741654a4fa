// Compares the tables with the lists of names that HAProxy 2.6 and 3.5 print (../shared/reference).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "fetchers/rows.hpp"

namespace shunt::fetchers::test {
namespace {

struct Reference {
  const char* file;
  int language;
};
struct Names {
  std::map<std::string, std::string> fetches, converters;  // name -> the whole entry
};

std::optional<Names> read_names(const std::string& file) {
  const auto folder = std::filesystem::path(SHUNT_SOURCE_DIR) / "../shared/reference";
  std::ifstream in(folder / file);
  if (!in) return std::nullopt;
  Names names;
  std::map<std::string, std::string>* list = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# List of registered"))
      list = line.find("sample converter") != std::string::npos ? &names.converters
             : line.find("sample fetch") != std::string::npos   ? &names.fetches
                                                                : nullptr;
    if (list == nullptr || line.empty() || line[0] == '#') continue;
    if (line[0] == '[') line = line.substr(line.find(']') + 2);
    list->emplace(line.substr(0, line.find_first_of("(: ")), line);
  }
  return names;
}

class ReferenceNames : public testing::TestWithParam<Reference> {};

TEST_P(ReferenceNames, AreAllRows) {
  const auto names = read_names(GetParam().file);
  if (!names) GTEST_SKIP() << "the reference lists are not there: " << GetParam().file;
  EXPECT_GT(names->fetches.size(), 400u);
  EXPECT_GT(names->converters.size(), 120u);
  for (const auto& [name, entry] : names->fetches)
    EXPECT_NE(find_fetch(name, GetParam().language), nullptr) << entry;
  for (const auto& [name, entry] : names->converters)
    EXPECT_NE(find_converter(name, GetParam().language), nullptr) << entry;
  for (const FetchRow& row : fetch_rows()) {
    if (is_known(row, GetParam().language)) {
      EXPECT_TRUE(names->fetches.contains(std::string(row.name))) << row.name << " is not in the list";
    }
  }
  for (const ConverterRow& row : converter_rows()) {
    if (is_known(row, GetParam().language)) {
      EXPECT_TRUE(names->converters.contains(std::string(row.name))) << row.name << " is not in the list";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, ReferenceNames,
                         testing::Values(Reference{"haproxy-2.6-keywords.txt", 206},
                                         Reference{"haproxy-3.5-keywords.txt", 305}));

}  // namespace
}  // namespace shunt::fetchers::test
