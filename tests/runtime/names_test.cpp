// Names at run time without sockets: messages, rounds of questions, and which server takes what.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/load.hpp"
#include "runtime/names/server_names.hpp"

namespace shunt::runtime {
namespace {

using fetchers::Family;
using std::chrono::milliseconds;

fetchers::Endpoint four(std::uint8_t last, std::uint16_t port = 0) {
  fetchers::Endpoint made{.family = Family::ipv4, .port = port};
  made.address = {127, 0, 0, last};
  return made;
}

// ---- messages

std::string name_bytes(std::string_view name) {
  std::string bytes;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('.'), name.size());
    bytes += static_cast<char>(end);
    bytes += name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return bytes + '\0';
}

std::string number16(unsigned value) {
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

std::string record(std::string_view owner, unsigned type, const std::string& data) {
  return name_bytes(owner) + number16(type) + number16(1) + std::string(4, '\0') +
         number16(static_cast<unsigned>(data.size())) + data;
}

struct Message {
  unsigned flags = 0x8180;
  std::string name = "app.test";
  unsigned type = 1;
  std::vector<std::string> answers = {}, additional = {};

  [[nodiscard]] std::string bytes() const {
    std::string made = number16(7) + number16(flags) + number16(1) +
                       number16(static_cast<unsigned>(answers.size())) + number16(0) +
                       number16(static_cast<unsigned>(additional.size())) + name_bytes(name) +
                       number16(type) + number16(1);
    for (const std::string& each : answers) made += each;
    for (const std::string& each : additional) made += each;
    return made;
  }
};

const std::string ip = {127, 0, 0, 9};

TEST(DnsMessage, QuestionsAreMade) {
  const auto query = make_query("app.test", RecordType::aaaa, 0x1234, 4096);
  ASSERT_TRUE(query);
  EXPECT_EQ(message_id(*query), 0x1234);
  EXPECT_EQ(query->substr(12, 10), name_bytes("app.test"));
  EXPECT_EQ(query->substr(22, 4), number16(28) + number16(1));
  EXPECT_EQ(query->substr(query->size() - 8, 2), number16(4096)) << "what EDNS announces";
}

TEST(DnsMessage, WhatIsNoNameIsNotAsked) {
  for (const std::string& name : {std::string(), std::string("a..b"), std::string(64, 'x') + ".test",
                                  std::string("a\0b", 3), std::string(300, '.')})
    EXPECT_FALSE(make_query(name, RecordType::a, 1, 512)) << name;
}

TEST(DnsMessage, AnAddressIsRead) {
  const DnsAnswer answer =
      read_answer(Message{.answers = {record("APP.test", 1, ip)}}.bytes(), "app.test", RecordType::a);
  ASSERT_EQ(answer.status, AnswerStatus::valid);
  ASSERT_EQ(answer.records.size(), 1u);
  EXPECT_EQ(answer.records[0].address, four(9));
}

TEST(DnsMessage, AliasesAreFollowedInTheirOrder) {
  const std::string alias = record("app.test", 5, name_bytes("real.test"));
  const std::string real = record("real.test", 1, ip);
  EXPECT_EQ(read_answer(Message{.answers = {alias, real}}.bytes(), "app.test", RecordType::a).status,
            AnswerStatus::valid);
  EXPECT_EQ(read_answer(Message{.answers = {real, alias}}.bytes(), "app.test", RecordType::a).status,
            AnswerStatus::other);
  EXPECT_EQ(read_answer(Message{.answers = {alias}}.bytes(), "app.test", RecordType::a).status,
            AnswerStatus::other);
}

TEST(DnsMessage, ServicesBringTheirHosts) {
  const std::string data = number16(1) + number16(300) + number16(81) + name_bytes("h1.test");
  const DnsAnswer answer = read_answer(Message{.name = "_db._tcp.test",
                                               .type = 33,
                                               .answers = {record("_db._tcp.test", 33, data)},
                                               .additional = {record("h1.test", 1, ip)}}
                                           .bytes(),
                                       "_db._tcp.test", RecordType::srv);
  ASSERT_EQ(answer.records.size(), 1u);
  EXPECT_EQ(answer.records[0].host, "h1.test");
  EXPECT_EQ(answer.records[0].port, 81);
  EXPECT_EQ(weight_of(answer.records[0].weight), 2u);
  ASSERT_EQ(answer.additional.size(), 1u);
  EXPECT_EQ(answer.additional[0].address, four(9));
}

struct Status {
  unsigned flags;
  AnswerStatus expected;
};
class DnsStatus : public testing::TestWithParam<Status> {};
TEST_P(DnsStatus, IsThatOfTheHeader) {
  const Message message{.flags = GetParam().flags, .answers = {record("app.test", 1, ip)}};
  EXPECT_EQ(read_answer(message.bytes(), "app.test", RecordType::a).status, GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(All, DnsStatus,
                         testing::Values(Status{0x8180, AnswerStatus::valid},
                                         Status{0x8183, AnswerStatus::nx},
                                         Status{0x8185, AnswerStatus::refused},
                                         Status{0x8182, AnswerStatus::other},
                                         Status{0x8380, AnswerStatus::other},  // cut
                                         // That it is an answer is not asked for [seen].
                                         Status{0x0180, AnswerStatus::valid}));

struct Found {
  const char* name;
  std::string bytes;  // behind the id
  AnswerFinding expected;
};
const std::string question = name_bytes("app.test") + number16(1) + number16(1);
std::string counts(unsigned questions, unsigned answers) {
  return number16(questions) + number16(answers) + number16(0) + number16(0);
}
class DnsFinding : public testing::TestWithParam<Found> {};
TEST_P(DnsFinding, IsWhatIsCounted) {
  EXPECT_EQ(read_answer(number16(7) + GetParam().bytes, "app.test", RecordType::a).finding,
            GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    All, DnsFinding,
    testing::Values(
        Found{"OnlyTheId", "", AnswerFinding::invalid},
        Found{"HalfACode", number16(0x8183), AnswerFinding::nx},
        Found{"HalfAHeader", number16(0x8180) + number16(1), AnswerFinding::invalid},
        Found{"OtherCode", number16(0x8182), AnswerFinding::error},
        Found{"RefusedWithoutQuestion", number16(0x8185) + counts(0, 0), AnswerFinding::refused},
        Found{"NoQuestion", number16(0x8180) + counts(0, 0), AnswerFinding::invalid},
        Found{"TwoQuestions", number16(0x8180) + counts(2, 1) + question + question, AnswerFinding::invalid},
        Found{"NoRecords", number16(0x8180) + counts(1, 0), AnswerFinding::empty},
        Found{"NoRecordsAndCut", number16(0x8380) + counts(1, 0), AnswerFinding::empty},
        Found{"Cut", number16(0x8380) + counts(1, 1) + question, AnswerFinding::cut},
        Found{"RecordsMissing", number16(0x8180) + counts(1, 1) + question, AnswerFinding::invalid},
        Found{"Alias",
              number16(0x8180) + counts(1, 1) + question + record("app.test", 5, name_bytes("real.test")),
              AnswerFinding::alias_alone},
        Found{"OtherType", number16(0x8180) + counts(1, 1) + question + record("app.test", 16, "\3abc"),
              AnswerFinding::valid},
        Found{"OtherOwner", number16(0x8180) + counts(1, 1) + question + record("b.test", 1, ip),
              AnswerFinding::invalid}),
    [](const auto& found) { return std::string(found.param.name); });

TEST(DnsMessage, WhatIsCutAnywhereIsNoAnswer) {
  const std::string whole = Message{.answers = {record("app.test", 1, ip)}}.bytes();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(read_answer(whole.substr(0, size), "app.test", RecordType::a).status, AnswerStatus::valid)
        << size;
}

TEST(DnsMessage, NamesThatPointAtThemselvesEnd) {
  std::string loop = Message{}.bytes();
  loop[7] = 1;  // one answer, whose name is a pointer to itself
  loop += number16(0xc000u | static_cast<unsigned>(loop.size())) + std::string(14, '\0');
  EXPECT_EQ(read_answer(loop, "app.test", RecordType::a).status, AnswerStatus::other);
}

// ---- rounds

graph::Resolvers section(std::size_t servers = 1) {
  graph::Resolvers made{.name = "dns", .retry = milliseconds(300), .retries = 2};
  made.servers.resize(servers);
  made.hold.nx = milliseconds(2000);
  return made;
}

DnsAnswer says(std::initializer_list<std::uint8_t> addresses) {
  DnsAnswer answer{.status = AnswerStatus::valid};
  for (const std::uint8_t last : addresses) answer.records.push_back({.address = four(last)});
  return answer;
}
DnsAnswer fails(AnswerStatus status) { return {.status = status}; }

struct Rounds : testing::Test {
  graph::Resolvers settings = section();
  NameTime now = NameTime(std::chrono::hours(1));
  Resolution resolution{settings, {.name = "app.test", .preferred = Family::ipv4}};
};

TEST_F(Rounds, TheOtherTypeIsTriedBeforeTheNextTry) {
  EXPECT_EQ(resolution.begin(now).ask, RecordType::a);
  EXPECT_EQ(resolution.heard(now, fails(AnswerStatus::nx)).ask, RecordType::aaaa);
  const auto pause = resolution.heard(now, fails(AnswerStatus::nx));
  EXPECT_FALSE(pause.ask || pause.ended);
  EXPECT_EQ(resolution.due(), now + settings.retry);
  now = resolution.due();
  EXPECT_EQ(resolution.waited(now).ask, RecordType::a);
  EXPECT_EQ(resolution.heard(now, fails(AnswerStatus::nx)).ask, RecordType::aaaa);
  EXPECT_TRUE(resolution.heard(now, fails(AnswerStatus::nx)).ended);
  EXPECT_EQ(resolution.status(), AnswerStatus::nx);
  EXPECT_EQ(resolution.due(), now + settings.resolve);
}

TEST_F(Rounds, SilenceIsATimeout) {
  EXPECT_EQ(resolution.begin(now).ask, RecordType::a);
  EXPECT_EQ(resolution.waited(now += settings.retry).ask, RecordType::a);
  EXPECT_TRUE(resolution.waited(now += settings.retry).ended);
  EXPECT_EQ(resolution.status(), AnswerStatus::timeout);
}

TEST_F(Rounds, AnAnswerEndsTheRoundWhateverOthersSay) {
  settings.servers.resize(3);
  EXPECT_EQ(resolution.begin(now).ask, RecordType::a);
  EXPECT_FALSE(resolution.heard(now, fails(AnswerStatus::nx)).ended);
  EXPECT_TRUE(resolution.heard(now, says({1})).ended);
  EXPECT_FALSE(resolution.heard(now, fails(AnswerStatus::nx)).ended) << "too late";
  EXPECT_EQ(resolution.status(), AnswerStatus::valid);
}

TEST_F(Rounds, WhatWasKnownIsHeld) {
  static_cast<void>(resolution.begin(now));
  static_cast<void>(resolution.heard(now, says({1})));
  const NameTime known = now;
  const auto fail_at = [&](NameTime when) {
    static_cast<void>(resolution.begin(when));
    for (int i = 0; i < 2; ++i) static_cast<void>(resolution.heard(when, fails(AnswerStatus::nx)));
    static_cast<void>(resolution.waited(when));
    for (int i = 0; i < 2; ++i) static_cast<void>(resolution.heard(when, fails(AnswerStatus::nx)));
  };
  fail_at(known + milliseconds(1999));
  EXPECT_FALSE(resolution.lost(known + milliseconds(1999)));
  fail_at(known + milliseconds(2000));
  EXPECT_TRUE(resolution.lost(known + milliseconds(2000)));
}

TEST_F(Rounds, RecordsThatAreMissingGoAfterTheirTime) {
  settings.hold.obsolete = milliseconds(1000);
  const auto answer = [&](std::initializer_list<std::uint8_t> addresses) {
    static_cast<void>(resolution.begin(now));
    static_cast<void>(resolution.heard(now, says(addresses)));
  };
  answer({1, 2});
  now += milliseconds(999);
  answer({2});
  EXPECT_EQ(std::ranges::count(resolution.records(), true, &KnownRecord::gone), 0);
  now += milliseconds(1);
  answer({2});
  EXPECT_EQ(std::ranges::count(resolution.records(), true, &KnownRecord::gone), 1);
  resolution.sweep();
  ASSERT_EQ(resolution.records().size(), 1u);
  EXPECT_EQ(resolution.records()[0].record.address, four(2));
}

// ---- servers

struct Told final : ServerChanges {
  std::vector<std::string> lines;
  void moved(graph::ServerId server, const fetchers::Endpoint& to, std::string_view by) override {
    say(server,
        "is at " + fetchers::to_string(to) + ":" + std::to_string(to.port) + " by " + std::string(by));
  }
  void lost(graph::ServerId server, std::string_view why) override {
    say(server, "is lost: " + std::string(why));
  }
  void found(graph::ServerId server, std::string_view host, bool answered) override {
    say(server, "is back as " + std::string(host) + (answered ? " (answered)" : ""));
  }
  void hosted(graph::ServerId server, std::string_view host) override {
    say(server, "is on " + std::string(host));
  }
  void weighs(graph::ServerId server, std::uint32_t weight) override {
    say(server, "weighs " + std::to_string(weight));
  }
  void look_up(graph::ServerId server, const std::string& host) override { say(server, "looks for " + host); }
  void stop_looking(graph::ServerId) override {}
  void say(graph::ServerId server, const std::string& what) {
    lines.push_back(std::to_string(server) + " " + what);
  }
  std::vector<std::string> take() { return std::exchange(lines, {}); }
};

using Lines = std::vector<std::string>;

std::unique_ptr<graph::Loaded> load(const std::string& backends) {
  return graph::load_text("test.cfg",
                          "resolvers dns\n nameserver ns 127.0.0.1:53\n"
                          "defaults\n mode tcp\n timeout connect 1s\n timeout server 1s\n"
                          " default-server resolvers dns init-addr none\n" +
                              backends,
                          {.resolve_names = false});
}

struct Servers : testing::Test {
  std::unique_ptr<graph::Loaded> loaded;
  graph::Resolvers settings = section();
  Told told;
  std::optional<ServerNames> names;
  NameTime now = NameTime(std::chrono::hours(1));
  Resolution resolution{settings, {.name = "app.test", .preferred = Family::ipv4}};

  void begin(const std::string& backends) {
    loaded = load(backends);
    ASSERT_TRUE(loaded->graph);
    names.emplace(*loaded->graph, told);
    for (const graph::Server& server : loaded->graph->servers) {
      ASSERT_NE(loaded->graph->name_of(server.id), nullptr);
      names->begin(server.id, server.endpoint, loaded->graph->name_of(server.id)->without_address, "");
    }
  }
  void answer(std::initializer_list<std::uint8_t> addresses, std::span<const graph::ServerId> users) {
    now += milliseconds(1000);
    static_cast<void>(resolution.begin(now));
    static_cast<void>(resolution.heard(now, says(addresses)));
    names->answered(resolution, users, "dns/ns");
    resolution.sweep();
  }
};

TEST_F(Servers, EachTakesAnAddressOfItsOwn) {
  begin("backend b\n server-template s 2 app.test:80\nbackend c\n server s app.test:80\n");
  const graph::ServerId users[] = {0, 1, 2};
  answer({2, 3}, users);
  EXPECT_EQ(told.take(), (Lines{"0 is at 127.0.0.2:80 by dns/ns", "0 is back as app.test (answered)",
                                "1 is at 127.0.0.3:80 by DNS cache", "1 is back as app.test (answered)",
                                "2 is at 127.0.0.2:80 by DNS cache", "2 is back as app.test (answered)"}));
  answer({3}, users);
  EXPECT_EQ(told.take(), (Lines{"0 is lost: No IP for server ", "2 is at 127.0.0.3:80 by DNS cache"}));
  answer({3, 4}, users);
  EXPECT_EQ(told.take(), (Lines{"0 is at 127.0.0.4:80 by dns/ns", "0 is back as app.test (answered)"}));
}

TEST_F(Servers, AddressesMayBeShared) {
  begin("backend b\n server-template s 2 app.test:80 resolve-opts allow-dup-ip\n");
  const graph::ServerId users[] = {0, 1};
  answer({2}, users);
  EXPECT_EQ(told.take().size(), 4u);
  answer({2, 3}, users);
  EXPECT_EQ(told.take(), Lines{}) << "nobody leaves what it has";
}

TEST_F(Servers, NearAddressesComeFirst) {
  begin("backend b\n server s app.test:80 resolve-net 10.0.0.0/8,127.0.0.8/31\n");
  const graph::ServerId users[] = {0};
  answer({2, 3, 4, 5, 6, 7, 9}, users);
  EXPECT_EQ(told.take().front(), "0 is at 127.0.0.9:80 by dns/ns");
}

TEST_F(Servers, AllAreLostWithTheName) {
  begin("backend b\n server s app.test:80\n");
  const graph::ServerId users[] = {0};
  answer({2}, users);
  told.take();
  settings.hold.nx = milliseconds(0);
  static_cast<void>(resolution.begin(now));
  for (int i = 0; i < 2; ++i) static_cast<void>(resolution.heard(now, fails(AnswerStatus::nx)));
  static_cast<void>(resolution.waited(now));
  for (int i = 0; i < 2; ++i) static_cast<void>(resolution.heard(now, fails(AnswerStatus::nx)));
  names->failed(resolution, users, now);
  names->failed(resolution, users, now);
  EXPECT_EQ(told.take(), (Lines{"0 is lost: DNS NX status"}));
}

struct Services : Servers {
  Resolution service{settings, {.name = "_db._tcp.test", .service = true, .preferred = Family::ipv4}};
  std::vector<ServiceGroup> groups{{.backend = 0}};

  void SetUp() override {
    begin("backend b\n server-template s 3 _db._tcp.test\n");
    for (graph::ServerId id = 0; id < 3; ++id) {
      groups[0].servers.push_back(id);
      groups[0].free.push_back(id);
    }
  }
  static DnsRecord at(const std::string& host, std::uint16_t port, std::uint16_t weight) {
    return {.type = RecordType::srv, .host = host, .port = port, .weight = weight};
  }
  void say(std::vector<DnsRecord> records, std::vector<DnsRecord> additional = {}) {
    now += milliseconds(1000);
    static_cast<void>(service.begin(now));
    static_cast<void>(service.heard(
        now,
        {.status = AnswerStatus::valid, .records = std::move(records), .additional = std::move(additional)}));
    names->answered(service, groups);
  }
};

TEST_F(Services, HostsAreGivenToServersInTurn) {
  say({at("h1.test", 81, 10)}, {{.address = four(2), .host = "h1.test"}});
  EXPECT_EQ(told.take(), (Lines{"0 weighs 1", "0 is at 127.0.0.2:81 by DNS additional record",
                                "0 is on h1.test", "0 is back as h1.test"}));
  say({at("h2.test", 82, 65535)});
  EXPECT_EQ(told.take(), (Lines{"0 is lost: entry removed from SRV record", "1 weighs 256", "1 is on h2.test",
                                "1 looks for h2.test"}));
  say({at("h2.test", 82, 0)}, {{.address = four(3), .host = "h2.test"}});
  EXPECT_EQ(told.take(),
            (Lines{"1 weighs 0", "1 is at 127.0.0.3:82 by DNS additional record", "1 is back as h2.test"}));
}

}  // namespace
}  // namespace shunt::runtime
