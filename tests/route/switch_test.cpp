// use_backend and default_backend: which backend a session comes to.
#include <gtest/gtest.h>

#include "play.hpp"

namespace shunt::route {
namespace {

std::string with_switches(const std::string& lines) {
  return R"(
defaults
    mode tcp
    timeout connect 1s
    timeout client 5s
    timeout server 5s
frontend fe
    bind 127.0.0.1:8000
)" + lines +
         R"(
backend red
    server r 127.0.0.1:9001
backend blue
    server b 127.0.0.1:9002
)";
}

struct Case {
  std::string name, lines, bytes, step, log;
};
class Switch : public testing::TestWithParam<Case> {};

TEST_P(Switch, ChoosesTheBackend) {
  Stage stage(with_switches(GetParam().lines));
  Client client(stage);
  client.play({accepted(GetParam().step, GetParam().bytes)});
  client.finish(EndCause::stopped, 0);
  EXPECT_TRUE(GetParam().log.empty() || client.log() == GetParam().log) << client.log();
  client.leave();
  EXPECT_TRUE(stage.at_rest());
}

const std::string nobody = "fe fe/<NOSRV> -1/-1/0 0 SC 1/1/0/0/0 0/0";

INSTANTIATE_TEST_SUITE_P(
    All, Switch,
    testing::Values(
        Case{"nothing", "", "", "close", nobody},
        Case{"default_only", "    default_backend blue\n", "", "connect b #1 @1000", ""},
        Case{"first_true_rule",
             "    use_backend red if { src 9.9.9.9 }\n    use_backend blue\n    use_backend red\n", "",
             "connect b #1 @1000", ""},
        Case{"unknown_is_false_at_once",
             "    tcp-request inspect-delay 1s\n    use_backend red if { req.len ge 3 }\n"
             "    default_backend blue\n",
             "ab", "connect b #1 @1000", ""},
        Case{"bytes_that_are_there_count",
             "    use_backend red if { req.len ge 3 }\n    default_backend blue\n", "abc",
             "connect r #1 @1000", ""},
        Case{"negated_unknown_is_true",
             "    use_backend red if !{ req.len ge 3 }\n    default_backend blue\n", "", "connect r #1 @1000",
             ""},
        Case{"computed", "    use_backend %[str(red)]\n    default_backend blue\n", "", "connect r #1 @1000",
             ""},
        Case{"computed_unknown_ends_the_list",
             "    use_backend %[str(green)]\n    use_backend red\n    default_backend blue\n", "",
             "connect b #1 @1000", ""},
        Case{"computed_unknown_without_default", "    use_backend %[str(green)]\n    use_backend red\n", "",
             "close", nobody},
        Case{"computed_but_false", "    use_backend %[str(green)] if { src 9.9.9.9 }\n    use_backend red\n",
             "", "connect r #1 @1000", ""}),
    [](const testing::TestParamInfo<Case>& row) { return row.param.name; });

TEST(Switch, ListenIsItsOwnBackend) {
  Stage stage(R"(
listen l
    mode tcp
    timeout connect 1s
    timeout client 5s
    timeout server 5s
    bind 127.0.0.1:8000
    use_backend other if { src 10.0.0.1 }
    server s 127.0.0.1:9000
backend other
    mode tcp
    timeout server 5s
    timeout connect 2s
    server o 127.0.0.1:9001
)");
  Client own(stage);
  own.play({accepted("connect s #1 @1000")});
  Client other(stage, "10.0.0.1");
  other.play({accepted("connect o #1 @2000")});
  EXPECT_EQ(other.session().backend()->name, "other");
  EXPECT_EQ(stage.state().proxy(stage.proxy("l")).backend_connections, 1u);
  EXPECT_EQ(stage.state().proxy(stage.proxy("other")).backend_connections, 1u);
  EXPECT_EQ(stage.state().proxy(stage.proxy("l")).frontend_connections, 2u);
}

}  // namespace
}  // namespace shunt::route
