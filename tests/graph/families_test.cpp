// Facts about the keyword tables as a whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "graph/codes.hpp"
#include "graph/names.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

TEST(Families, EveryNameIsFound) {
  for (const Family* family : all_families()) {
    for (const Row& row : family->rows)
      EXPECT_EQ(family->find(row.name), &row) << family->name << ' ' << row.name;
    EXPECT_EQ(family->find("no-such-name"), nullptr);
    EXPECT_EQ(family->find(""), nullptr);
  }
}

TEST(Families, EveryFamilyIsListedOnce) {
  std::set<const Family*> seen;
  for (const Family* family : all_families()) EXPECT_TRUE(seen.insert(family).second) << family->name;
  for (const Family* family : all_families()) {
    for (const Row& row : family->rows) {
      if (!row.words.given) continue;
      EXPECT_TRUE(seen.contains(row.words.family)) << row.name;
    }
  }
}

TEST(Families, DocumentationIsASentence) {
  for (const Family* family : all_families()) {
    for (const Row& row : family->rows) EXPECT_TRUE(row.documentation.ends_with('.')) << row.name;
  }
}

TEST(Families, EnumeratorsHaveRows) {
  for (const auto name : names::options) EXPECT_NE(option_family.find(name), nullptr) << name;
  for (const auto name : names::balances) EXPECT_NE(balance_family.find(name), nullptr) << name;
  for (const auto name : names::actions) EXPECT_NE(tcp_action_family.find(name), nullptr) << name;
  for (const auto name : names::kinds) EXPECT_NE(section_family.find(name), nullptr) << name;
  for (const auto name : names::disabled_versions) EXPECT_NE(bind_family.find(name), nullptr) << name;
}

TEST(Families, SuggestionsKeepToThePlace) {
  EXPECT_EQ(proxy_family.nearest("balanc", in::backend), "balance");
  EXPECT_EQ(bind_family.nearest("accept-prox", in::frontend), "accept-proxy");
  EXPECT_EQ(proxy_family.nearest("serve", in::backend), "server");
  EXPECT_NE(proxy_family.nearest("serve", in::frontend), "server");
}

TEST(Codes, NamesAreUniqueAndExplained) {
  std::set<std::string_view> names;
  for (const parser::Code* code : codes::all()) {
    EXPECT_TRUE(names.insert(code->name).second) << code->name;
    EXPECT_TRUE(code->summary.ends_with('.')) << code->name;
    EXPECT_FALSE(code->remedy.empty()) << code->name;
  }
}

}  // namespace
}  // namespace shunt::graph
