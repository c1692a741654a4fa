// Sessions that wait for a slot: which line they stand in, when their turn comes, what is logged of it.
#include <gtest/gtest.h>

#include "play.hpp"

namespace shunt::route {
namespace {

std::string listen(const std::string& lines, const std::string& servers) {
  return R"(
defaults
    mode tcp
    timeout connect 1s
    timeout client 9s
    timeout server 5s
    timeout queue 300ms
listen l
    bind 127.0.0.1:8000
)" + lines +
         servers;
}
const std::string one = "    server s1 127.0.0.1:9001 maxconn 1\n";

// A session that holds a slot until end() is called.
class Holder {
 public:
  explicit Holder(Stage& stage) : client_(stage) {
    client_.play({accepted("connect s1 #1 @1000"), connected(0)});
  }
  void end(std::int64_t at) { client_.finish(EndCause::done, at); }

 private:
  Client client_;
};

TEST(Queue, TheBackendsLineWhereAnyServerWillDo) {
  Stage stage(listen("    balance roundrobin\n", one));
  Holder holder(stage);
  Client late(stage);
  late.play({accepted("line @300"), deadline(300, "close")});
  EXPECT_EQ(late.log(), "l l/<NOSRV> 301/-1/300 0 sQ 2/2/1/0/0 0/1");
}

TEST(Queue, TheServersLineWhereAHashChoseIt) {
  Stage stage(listen("    balance source\n", one));
  Holder holder(stage);
  Client late(stage);
  late.play({accepted("line @300"), deadline(300, "close")});
  EXPECT_EQ(late.log(), "l l/s1 301/-1/300 0 sQ 2/2/1/1/0 1/0");
}

TEST(Queue, AFreedSlotIsGivenToTheFirstInLine) {
  Stage stage(listen("    balance roundrobin\n", one));
  Client second(stage), third(stage);
  {
    Holder holder(stage);
    second.play({accepted("line @300")});
    third.play({accepted("line @300")});
    holder.end(100);
  }
  EXPECT_EQ(stage.rings(), 1);
  second.play({turn(120, "connect s1 #1 @1120"), connected(125)});
  second.finish(EndCause::done, 200);
  EXPECT_EQ(second.log(), "l l/s1 121/5/200 0 -- 2/2/1/0/0 0/1");
  second.leave();
  third.play({turn(200, "connect s1 #1 @1200")});
}

// The wake-up may come later than the deadline that it forestalled.
TEST(Queue, AGivenSlotIsTakenWhateverComesFirst) {
  Stage stage(listen("    balance roundrobin\n", one));
  Client second(stage);
  {
    Holder holder(stage);
    second.play({accepted("line @300")});
    holder.end(299);
  }
  second.play({deadline(300, "connect s1 #1 @1300")});
}

TEST(Queue, WhoLeavesGivesBackWhatWasGiven) {
  Stage stage(listen("    balance roundrobin\n", one));
  {
    Client second(stage), third(stage);
    {
      Holder holder(stage);
      second.play({accepted("line @300")});
      third.play({accepted("line @300")});
      holder.end(10);
    }
    second.leave();
    third.play({turn(20, "connect s1 #1 @1020")});
  }
  EXPECT_TRUE(stage.at_rest());
}

TEST(Queue, AClientThatEndsWithoutAByteGivesUp) {
  Stage stage(listen("    balance roundrobin\n", one));
  Holder holder(stage);
  Client late(stage);
  late.play({accepted("line @300"), fin(50, "", "close")});
  EXPECT_EQ(late.log(), "l l/<NOSRV> 51/-1/50 0 CQ 2/2/1/0/0 0/1");
}

TEST(Queue, AClientThatEndsWithBytesStaysUnlessAbortoncloseIsSet) {
  for (const bool aborts : {false, true}) {
    Stage stage(listen(aborts ? "    option abortonclose\n" : "", one));
    Holder holder(stage);
    Client late(stage);
    late.play({accepted("line @300"), fin(50, "x", aborts ? "close" : "line @300")});
  }
}

TEST(Queue, AFullLineRefuses) {
  Stage stage(listen("    balance source\n", "    server s1 127.0.0.1:9001 maxconn 1 maxqueue 1\n"));
  Holder holder(stage);
  Client second(stage), third(stage);
  second.play({accepted("line @300")});
  third.play({accepted("close")});
  EXPECT_EQ(third.log(), "l l/s1 -1/-1/0 0 SQ 3/3/2/1/0 0/0");
}

TEST(Queue, ADeadServersLineChoosesAgainWithRedispatch) {
  Stage stage(
      listen("    balance source\n    option redispatch\n", one + "    server s2 127.0.0.1:9002 backup\n"));
  Holder holder(stage);
  Client late(stage);
  late.play({accepted("line @300")});
  stage.maintenance("s1", true);
  late.play({turn(10, "connect s2 #1 @1010"), connected(10)});
  late.finish(EndCause::done, 20);
  EXPECT_EQ(late.log(), "l l/s2 11/0/20 0 -- 2/2/1/0/+0 1/0");
}

TEST(Queue, ADeadServersLineStaysWithoutRedispatch) {
  Stage stage(listen("    balance source\n", one + "    server s2 127.0.0.1:9002 backup\n"));
  Holder holder(stage);
  Client late(stage);
  late.play({accepted("line @300")});
  stage.maintenance("s1", true);
  late.play({deadline(300, "close")});
}

// minconn grows with the load of the backend: vector 4a of 3.x, as (served, in the backend's line).
TEST(Queue, DynamicLimitsGrowWithTheLoad) {
  Stage stage(listen("    balance roundrobin\n    fullconn 10\n",
                     "    server s1 127.0.0.1:9001 minconn 2 maxconn 8\n"));
  std::vector<std::unique_ptr<Client>> clients;
  std::string seen;
  for (int i = 0; i < 14; ++i) {
    clients.push_back(std::make_unique<Client>(stage));
    std::ignore = clients.back()->step({.kind = EventKind::accepted, .at = Client::time(i)});
    seen += std::to_string(stage.state().server(0).served) + "," +
            std::to_string(stage.state().proxy(0).queued) + " ";
  }
  EXPECT_EQ(seen, "1,0 2,0 2,1 3,1 4,1 4,2 5,2 6,2 7,2 8,2 8,3 8,4 8,5 8,6 ");
}

}  // namespace
}  // namespace shunt::route
