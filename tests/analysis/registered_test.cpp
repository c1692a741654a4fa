// The lists of -dK against those that HAProxy 2.6 and 3.5 print (../shared/reference): names, arguments,
// types and places of every fetch and converter, ACL keywords and filters.
#include "analysis/registered.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace shunt::analysis {
namespace {

// Entries by the title of their list.
using Lists = std::map<std::string, std::set<std::string>>;

Lists lists_of(std::istream& text) {
  Lists lists;
  std::string title;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# List of")) title = line;
    // 3.x calls the type of what `debug` passes on "same": there it can be any, too.
    if (const auto same = line.find(": same =>"); same != std::string::npos) line.replace(same, 6, ": any");
    if (!line.starts_with('#')) lists[title].insert(line);
  }
  return lists;
}

struct Reference {
  const char* file;
  graph::Target target;
};

class Registered : public testing::TestWithParam<Reference> {};

TEST_P(Registered, EntriesAreThoseOfTheReference) {
  std::ifstream file(std::filesystem::path(SHUNT_SOURCE_DIR) / "../shared/reference" / GetParam().file);
  if (!file) GTEST_SKIP() << "the reference lists are not there: " << GetParam().file;
  const Lists reference = lists_of(file);
  std::istringstream text(*registered_keywords("acl,cnv,flt,smp", GetParam().target));
  const Lists own = lists_of(text);
  ASSERT_EQ(own.size(), 4u);
  for (const auto& [title, entries] : own) {
    ASSERT_TRUE(reference.contains(title)) << title;
    for (const std::string& entry : reference.at(title))
      EXPECT_TRUE(entries.contains(entry)) << "missing: " << entry;
    for (const std::string& entry : entries)
      EXPECT_TRUE(reference.at(title).contains(entry)) << "not in the reference: " << entry;
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, Registered,
                         testing::Values(Reference{"haproxy-2.6-keywords.txt", graph::Target::haproxy_2_6},
                                         Reference{"haproxy-3.5-keywords.txt", graph::Target::haproxy_3_5}));

TEST(RegisteredClasses, AreChosenByName) {
  EXPECT_FALSE(registered_keywords("nosuch", graph::Target::shunt));
  EXPECT_FALSE(registered_keywords("", graph::Target::shunt));
  EXPECT_FALSE(registered_keywords("smp,nosuch", graph::Target::shunt));
  EXPECT_TRUE(registered_keywords("help", graph::Target::shunt)->find("smp: sample") != std::string::npos);
  const auto all = registered_keywords("all", graph::Target::shunt);
  for (const auto* expected :
       {"listen\n\tbind <addr> ", "\tbind <addr> accept-proxy\n", "\toption tcplog [ FE ]\n", "userlist\n"})
    EXPECT_NE(all->find(expected), std::string::npos) << expected;
}

}  // namespace
}  // namespace shunt::analysis
