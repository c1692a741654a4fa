// What actions of rules change of a session, as far as it shows without sockets.
#include <gtest/gtest.h>

#include "play.hpp"

namespace shunt::route {
namespace {

std::string listen(const std::string& rules, const std::string& server = "server s 127.0.0.1:9000") {
  return "defaults\n    mode tcp\n    timeout connect 1s\n    timeout client 5s\n    timeout server 5s\n"
         "listen l\n    bind 127.0.0.1:8000\n" +
         rules + "    " + server + "\n";
}
std::string content(const std::string& action) { return "    tcp-request content " + action + "\n"; }

// A rule that changes an address changes what the next one sees, whatever was made of both when they were
// compiled.
TEST(Actions, RulesBelowSeeTheNewAddress) {
  Stage stage(listen(content("accept if { src 10.0.0.1 }") +
                     content("set-src str(10.0.0.1) if { src 10.0.0.2 }") +
                     content("reject if { src 10.0.0.1 }") + content("reject if { src 10.0.0.3 }")));
  for (const auto& [source, step] :
       {std::pair("10.0.0.1", "connect s #1 @1000"), std::pair("10.0.0.2", "close"),
        std::pair("10.0.0.3", "close"), std::pair("10.0.0.4", "connect s #1 @1000")}) {
    Client client(stage, source);
    client.play({accepted(step)});
  }
}

TEST(Actions, TheDestinationOfTheClientIsTheServerWithoutAddress) {
  Stage stage(
      listen(content("set-dst str(192.0.2.9)") + content("set-dst-port int(77)"), "server s 0.0.0.0:0"));
  Client client(stage);
  client.play({accepted("connect s #1 @1000")});
  EXPECT_EQ(fetchers::to_string(client.last().target), "192.0.2.9");
  EXPECT_EQ(client.last().target.port, 77);
}

TEST(Actions, TheSocketKeepsItsAddressUnlessARuleOfTheConnectionChangesIt) {
  Stage stage(listen(
      "    tcp-request connection set-src str(192.0.2.1)\n    tcp-request session set-src str(192.0.2.2)\n" +
      content("set-src str(192.0.2.3)")));
  Client client(stage);
  client.play({accepted("connect s #1 @1000")});
  EXPECT_EQ(fetchers::to_string(client.session().source()), "192.0.2.3");
  EXPECT_EQ(fetchers::to_string(client.session().socket_source()), "192.0.2.1");
}

TEST(Actions, MarksGoToTheServersSocket) {
  Stage stage(listen(content("set-bc-mark 5") + content("set-bc-tos int(32)")));
  Client client(stage);
  client.play({accepted("connect s #1 @1000")});
  EXPECT_EQ(client.last().marks.mark, 5u);
  EXPECT_EQ(client.last().marks.tos, 32);
}

TEST(Actions, RetriesOfARuleReplaceThoseOfTheFile) {
  Stage stage(listen("    retries 3\n" + content("set-retries 1 if { src 10.0.0.1 }")));
  Client few(stage, "10.0.0.1");
  few.play({accepted("connect s #1 @1000"), refused(0, "retry @1000"), deadline(1000, "connect s #2 @2000"),
            refused(1000, "close")});
  Client many(stage, "10.0.0.2");
  many.play({accepted("connect s #1 @1000"), refused(0, "retry @1000"), deadline(1000, "connect s #2 @2000"),
             refused(1000, "retry @2000")});
}

TEST(Actions, ADropHasTheTtlOfItsRule) {
  Stage stage(listen(content("silent-drop rst-ttl 3 if { src 10.0.0.1 }") + content("silent-drop")));
  Client near(stage, "10.0.0.1");
  near.play({accepted("close silently")});
  EXPECT_EQ(near.last().vanish_ttl, 3);
  Client far(stage, "10.0.0.2");
  far.play({accepted("close silently")});
  EXPECT_EQ(far.last().vanish_ttl, std::nullopt);
  EXPECT_EQ(far.log(), "l l/<NOSRV> -1/-1/0 0 PR 2/2/0/0/0 0/0");
}

TEST(Actions, HeadersAreExpectedFromWhomRulesSay) {
  Stage stage(
      listen("    tcp-request connection expect-proxy layer4 if { src 10.0.0.1 }\n"
             "    tcp-request connection expect-netscaler-cip layer4 if { src 10.0.0.2 }\n"));
  Client proxy(stage, "10.0.0.1");
  proxy.play({accepted("proxy_header @5000")});
  Client netscaler(stage, "10.0.0.2");
  netscaler.play({accepted("netscaler_header @5000")});
  Client plain(stage, "10.0.0.3");
  plain.play({accepted("connect s #1 @1000")});
}

}  // namespace
}  // namespace shunt::route
