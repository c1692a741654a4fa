// Rules on the server's bytes: when they wait, when they decide, and how the session ends then.
#include <gtest/gtest.h>

#include "play.hpp"

namespace shunt::route {
namespace {

struct Case {
  std::string name;
  std::string rules;
  std::vector<Move> moves;  // once the server is connected, at 0
  std::string end;          // as it is logged
};
class Responses : public testing::TestWithParam<Case> {};

TEST_P(Responses, DecideWhenMeasured) {
  Stage stage(one_server + GetParam().rules);
  Client client(stage);
  client.play({accepted("connect s #1 @1000"), connected(0, "relay holding")});
  client.play(GetParam().moves);
  if (client.last().kind == Step::Kind::relay) client.finish(EndCause::done, GetParam().moves.back().at);
  EXPECT_EQ(client.log(), "l l/s 1/0/" + GetParam().end + " 1/1/0/0/0 0/0");
  client.leave();
  EXPECT_TRUE(stage.at_rest());
}

const std::string delay = "    tcp-response inspect-delay 600ms\n";
std::string rule(const std::string& action, const std::string& condition = "") {
  return "    tcp-response content " + action + (condition.empty() ? "" : " if " + condition) + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Measured, Responses,
    testing::Values(
        Case{"rejected_at_once", rule("reject"), {response(0, "", "close")}, "0 0 PD"},
        Case{"without_delay_no_byte_is_waited_for",
             rule("reject", "{ res.len ge 1 }"),
             {response(0, "", "relay")},
             "0 0 --"},
        Case{"without_delay_nothing_is_less",
             rule("reject", "{ res.len lt 3 }"),
             {response(0, "", "close")},
             "0 0 PD"},
        Case{"closed_server", rule("close"), {response(0, "", "relay closing-server")}, "0 0 --"},
        Case{"accepted_first", rule("accept") + rule("reject"), {response(0, "", "relay")}, "0 0 --"},
        Case{"forgotten_client", rule("silent-drop"), {response(0, "", "close silently")}, "0 0 PR"},
        Case{"enough_bytes_in_the_end",
             delay + rule("accept", "{ res.len ge 5 }"),
             {response(0, "", "relay holding @600"), response(100, "he", "relay holding @600"),
              response(350, "hello", "relay")},
             "350 0 --"},
        Case{"enough_to_refuse",
             delay + rule("reject", "{ res.len ge 5 }"),
             {response(0, "", "relay holding @600"), response(350, "hello", "close")},
             "350 0 PD"},
        Case{"never_enough",
             delay + rule("accept", "{ res.len ge 5 }"),
             {response(0, "", "relay holding @600"), deadline(600, "relay")},
             "600 0 --"},
        Case{"undecided_becomes_false_before_its_mark",
             delay + rule("reject", "!{ res.len ge 5 }"),
             {response(0, "", "relay holding @600"), deadline(600, "close")},
             "600 0 PD"},
        Case{"the_end_of_input_ends_the_wait",
             delay + rule("reject", "!{ res.len ge 5 }"),
             {response(0, "", "relay holding @600"), response(250, "he", "close", true)},
             "250 0 PD"},
        Case{"wait_end",
             delay + rule("reject", "WAIT_END"),
             {response(0, "", "relay holding @600"), response(250, "he", "relay holding @600"),
              deadline(600, "close")},
             "600 0 PD"}),
    [](const auto& each) { return each.param.name; });

TEST(Responses, TheClientsEndsNameTheSessionWhileBytesAreHeld) {
  for (const auto& [cause, letters] :
       {std::pair(EndCause::client_reset, "CD"), std::pair(EndCause::stopped, "KC")}) {
    Stage stage(one_server + delay + rule("accept", "{ res.len ge 5 }"));
    Client client(stage);
    client.play({accepted("connect s #1 @1000"), connected(0, "relay holding"),
                 response(0, "", "relay holding @600")});
    client.finish(cause, 300);
    EXPECT_EQ(client.log(), std::string("l l/s 1/0/300 0 ") + letters + " 1/1/0/0/0 0/0");
  }
}

TEST(Responses, ASilentLineIsNotWritten) {
  Stage stage(one_server + rule("set-log-level silent"));
  Client client(stage);
  client.play({accepted("connect s #1 @1000"), connected(0, "relay holding"), response(0, "", "relay")});
  client.finish(EndCause::done, 5);
  EXPECT_EQ(client.log(), "");
}

}  // namespace
}  // namespace shunt::route
