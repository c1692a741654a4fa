// The words of agents: what each means, what counts when several do, and what is nothing.
#include "runtime/agent_answer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shunt::runtime {
namespace {

using Order = AgentAnswer::Order;

std::string shown(const AgentAnswer& answer) {
  std::string text;
  if (answer.order)
    text += *answer.order == Order::ready ? "ready " : *answer.order == Order::drain ? "drain " : "maint ";
  if (answer.percent) text += std::to_string(*answer.percent) + "% ";
  if (answer.maxconn) text += "max" + std::to_string(*answer.maxconn) + " ";
  if (answer.up) text += (*answer.up ? "UP " : "DOWN ") + agent_info(answer, answer.remark());
  return text;
}

struct Case {
  std::string_view line, meaning;
};
class AgentWords : public testing::TestWithParam<Case> {};

TEST_P(AgentWords, MeanWhatWasMeasured) {
  EXPECT_EQ(shown(read_agent_answer(GetParam().line)), GetParam().meaning);
}

INSTANTIATE_TEST_SUITE_P(
    Measured, AgentWords,
    testing::Values(
        Case{"", ""}, Case{"up", "UP via agent : up"}, Case{"UP,Ready", "ready UP via agent : UP"},
        Case{"drain maint", "maint "}, Case{"maint\tdrain", "drain "},
        Case{"up down up fail stopped", "DOWN via agent : stopped"},
        Case{"down #hey you", "DOWN via agent : down (hey you)"}, Case{"down#hey", ""}, Case{"#down", ""},
        Case{"up  # ", "UP via agent : up"}, Case{"down # one # two", "DOWN via agent : down (one # two)"},
        Case{"foo bar up", "UP via agent : up (foo)"},
        Case{"foo up #  de  sc ", "UP via agent : up (de  sc)"}, Case{"75%", "75% "}, Case{"75% 50%", "50% "},
        Case{"75%x", ""}, Case{"%", ""}, Case{"-5%", ""}, Case{"100", ""},
        Case{"99999999999%", "4294967295% "},
        Case{"0.5% up", "UP via agent : up (Trailing garbage in weight string)"}, Case{"maxconn:7", "max7 "},
        Case{"MAXCONN:0", "max0 "},
        Case{"maxconn:x down", "DOWN via agent : down (maxconn string empty or preceded by garbage)"},
        Case{"maxconn: up", "UP via agent : up (Require <3C>maxconn<3E>.<0A>)"},
        Case{"0.5% foo up", "UP via agent : up (foo)"},
        Case{"maxconn:x 0.5% up", "UP via agent : up (Trailing garbage in weight string)"},
        Case{"maxconn: 8 up", "UP via agent : up (8)"},
        Case{"maxconn:9x up", "UP via agent : up (Trailing garbage in maxconn string)"},
        Case{"down #\x01\xc3\xa9", "DOWN via agent : down (<01><C3><A9>)"}));

// However the bytes arrive, the line is what stands before the first CR or LF.
TEST(AgentLine, IsCutOutOfAnyBeginning) {
  const std::string bytes = "up 50%\r\ndown\n";
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const auto line = agent_line(std::string_view(bytes).substr(0, size));
    ASSERT_EQ(line.has_value(), size > 6) << size;
    EXPECT_EQ(line.value_or("up 50%"), "up 50%");
  }
  EXPECT_EQ(agent_line("\nup\n"), "");
}

}  // namespace
}  // namespace shunt::runtime
