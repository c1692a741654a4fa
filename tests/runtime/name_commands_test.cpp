#include "runtime/names/name_commands.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace shunt::runtime {
namespace {

using Words = std::vector<std::string>;

const std::vector<graph::Resolvers> sections = {{.name = "one", .servers = {{.name = "a"}, {.name = "b"}}},
                                                {.name = "empty"}};

TEST(NameCommands, CountersStandBelowEachOther) {
  const NameCounters counters = {{{.sent = 12, .too_big = 3}, {.outdated = 1}}, {}};
  const auto all = answer_name_command(Words{"show", "resolvers"}, sections, counters);
  ASSERT_TRUE(all);
  EXPECT_TRUE(
      all->starts_with("Resolvers section one\n nameserver a:\n  sent:        12\n  snd_error:   0\n"))
      << *all;
  EXPECT_NE(all->find("  too_big:     3\n  truncated:   0\n  outdated:    0\n nameserver b:\n"),
            std::string::npos);
  EXPECT_TRUE(all->ends_with("  outdated:    1\nResolvers section empty\n"));
  EXPECT_EQ(answer_name_command(Words{"show", "resolvers", "empty", "x"}, sections, counters),
            "Resolvers section empty\n");
}

TEST(NameCommands, NobodyMayHaveAskedYet) {
  const auto told = answer_name_command(Words{"show", "resolvers", "one"}, sections, {});
  ASSERT_TRUE(told);
  EXPECT_NE(told->find("  outdated:    0\n"), std::string::npos);
}

TEST(NameCommands, OthersAreLeftAlone) {
  EXPECT_EQ(answer_name_command(Words{"show", "resolvers", "two"}, sections, {}),
            "Can't find that resolvers section\n");
  EXPECT_FALSE(answer_name_command(Words{"show", "resolver"}, sections, {}));
  EXPECT_FALSE(answer_name_command(Words{"show"}, sections, {}));
}

}  // namespace
}  // namespace shunt::runtime
