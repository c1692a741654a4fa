// Commands about large tables: they take their time in pieces.
#include "runtime/table_commands.hpp"

#include <gtest/gtest.h>

#include "route/table_clock.hpp"
#include "tests/runtime/empty_graph.hpp"

namespace shunt::runtime {
namespace {

constexpr std::uint32_t many = 10'000;

class LargeTable : public testing::Test {
 protected:
  LargeTable() : graph_(one_table()), state_(graph_) {
    for (std::uint32_t i = 0; i < many; ++i) {
      const std::string_view key(reinterpret_cast<const char*>(&i), sizeof(i));
      EXPECT_TRUE(table().find_or_make(key, now()));
    }
  }

  static graph::Graph one_table() {
    graph::Graph graph = empty_graph();
    graph.tables.push_back({.name = "t", .size = many});
    graph.tables[0].stored[static_cast<std::size_t>(fetchers::TableData::gpc0)].elements = 1;
    return graph;
  }
  static route::TableTime now() { return route::table_time(route::Clock::now()); }
  route::StickTable& table() { return state_.table(0); }
  std::unique_ptr<TableReply> begin(std::string_view command) {
    words_ = command_words(command);
    return answer_table_command(
        {.words = words_, .level = graph::AdminLevel::admin, .graph = graph_, .state = state_});
  }

  graph::Graph graph_;
  route::State state_;
  std::vector<std::string> words_;
};

TEST_F(LargeTable, IsSearchedInPieces) {
  const auto reply = begin("show table t data.gpc0 gt 0");
  std::string out;
  int pieces = 1;
  while (reply->next(out)) ++pieces;
  EXPECT_GE(pieces, 4);
  EXPECT_EQ(out, "# table: t, type: ip, size:10000, used:10000\n");
}

TEST_F(LargeTable, IsClearedInPieces) {
  const auto reply = begin("clear table t");
  std::string out;
  EXPECT_TRUE(reply->next(out));
  EXPECT_LT(table().used(now()), many);
  EXPECT_GT(table().used(now()), many / 2);
  while (reply->next(out)) continue;
  EXPECT_EQ(table().used(now()), 0u);
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace shunt::runtime
