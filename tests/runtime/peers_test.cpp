// The peers protocol without sockets: bytes as HAProxy sends them, and two sessions that talk to each other.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <random>

#include "runtime/peers/peer_bytes.hpp"
#include "runtime/peers/peer_hello.hpp"
#include "runtime/peers/peer_session.hpp"
#include "runtime/peers/table_inheritance.hpp"

namespace shunt::runtime {
namespace {

using fetchers::SampleType;
using fetchers::TableData;
using route::StickTable;

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += hex[i] == ' ' ? 1 : 2)
    if (hex[i] != ' ') bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}
std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[static_cast<std::uint8_t>(byte) >> 4];
    hex += digits[static_cast<std::uint8_t>(byte) & 15];
  }
  return hex;
}

// ---- integers

TEST(PeerBytes, IntegersAreAsHaproxyWritesThem) {
  struct Case {
    std::uint64_t value;
    const char* hex;
  };
  for (const auto& [value, hex] :
       {Case{0, "00"}, Case{239, "ef"}, Case{240, "f000"}, Case{2287, "ff7f"}, Case{2288, "f08000"},
        Case{10000, "f0e203"}, Case{60000, "f0971c"}, Case{3600000, "f0d9dc0c"}, Case{70000, "f08821"}}) {
    std::string bytes;
    append_integer(bytes, value);
    EXPECT_EQ(to_hex(bytes), hex);
    PeerBytes back(bytes);
    EXPECT_EQ(back.integer(), value);
    EXPECT_FALSE(back.broken());
    EXPECT_TRUE(back.rest().empty());
  }
}

TEST(PeerBytes, EveryWidthComesBack) {
  for (unsigned bit = 0; bit < 62; ++bit)
    for (const std::uint64_t value : {(std::uint64_t{1} << bit) - 1, std::uint64_t{1} << bit}) {
      std::string bytes;
      append_integer(bytes, value);
      PeerBytes back(bytes);
      EXPECT_EQ(back.integer(), value);
      PeerBytes cut(std::string_view(bytes).substr(0, bytes.size() - 1));
      static_cast<void>(cut.integer());
      EXPECT_TRUE(cut.broken());
    }
}

// ---- definitions

graph::StickTable table_spec(std::string name, SampleType type, std::uint32_t length,
                             std::initializer_list<std::pair<TableData, graph::StoredData>> stored,
                             std::int64_t expire = 0) {
  graph::StickTable spec{
      .name = std::move(name), .type = type, .key_length = length, .size = 1000, .peers = "p"};
  if (expire != 0) spec.expire = std::chrono::milliseconds(expire);
  for (const auto& [data, how] : stored) spec.stored[static_cast<std::size_t>(data)] = how;
  return spec;
}

TEST(PeerDefinition, BytesAreThoseOfHaproxy) {
  const auto hex = [](const graph::StickTable& spec, std::uint32_t number) {
    return to_hex(definition_bytes(definition_of(spec, number)));
  };
  EXPECT_EQ(
      hex(table_spec(
              "p/t1", SampleType::ipv4, 4,
              {{TableData::gpc0, {1, 0}}, {TableData::gpc0_rate, {1, 10000}}, {TableData::conn_cur, {1, 0}}},
              100000),
          1),
      "01032f743104044cf0db2f03f0e203");
  EXPECT_EQ(hex(table_spec("tstr", SampleType::str, 20,
                           {{TableData::server_id, {1, 0}},
                            {TableData::server_key, {1, 0}},
                            {TableData::gpt, {3, 0}},
                            {TableData::gpc, {4, 0}},
                            {TableData::gpc_rate, {2, 9000}}}),
                3),
            "0304747374720615f1f1fe7000160317041802f8a303");
}

TEST(PeerDefinition, IsReadBack) {
  const auto spec = table_spec("b", SampleType::bin, 8,
                               {{TableData::gpc_rate, {2, 5000}}, {TableData::bytes_in_cnt, {1, 0}}}, 7000);
  const auto back = parse_definition(definition_bytes(definition_of(spec, 300)));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->number, 300u);
  EXPECT_EQ(back->name, "b");
  EXPECT_EQ(back->key_size, 8u);
  EXPECT_EQ(back->expire, 7000u);
  ASSERT_EQ(back->columns.size(), 2u);
  EXPECT_EQ(back->columns[1].stored, (graph::StoredData{2, 5000}));
  EXPECT_FALSE(parse_definition("\x01\x7fxx"));
}

// ---- hellos

std::optional<PeerStatus> hear(std::string_view text, std::size_t piece = 1000) {
  PeerHelloReader reader;
  std::optional<PeerStatus> status;
  while (!status && !text.empty()) {
    std::string_view part = text.substr(0, piece);
    text.remove_prefix(part.size());
    status = reader.take(part, "A");
  }
  return status;
}

TEST(PeerHello, IsJudgedAsHaproxyDoes) {
  EXPECT_EQ(hear("HAProxyS 2.1\nA\nB 1 1\n"), PeerStatus::succeeded);
  EXPECT_EQ(hear("HAProxyS 2.1\nA\nB 1 1\n", 1), PeerStatus::succeeded);
  EXPECT_EQ(hear("HAProxyS 02.01\r\nA\r\nB x\r\n"), PeerStatus::succeeded);
  for (const char* bad :
       {"GET / HTTP/1.0\n", "\n", "HAProxyS\n", "haproxys 2.0\n", "HAProxySS 2.0\n", "HAProxyS 2.0\nA\nB\n"})
    EXPECT_EQ(hear(bad), PeerStatus::protocol_error) << bad;
  for (const char* bad : {"HAProxyS 1.0\n", "HAProxyS 2.9\n", "HAProxyS 3.0\n", "HAProxyS 2\n",
                          "HAProxyS 2.0 \n", "HAProxyS  2.0\n", "HAProxyS 2.-1\n", "HAProxyS 2.256\n"})
    EXPECT_EQ(hear(bad), PeerStatus::bad_version) << bad;
  for (const char* bad : {"HAProxyS 2.1\na\n", "HAProxyS 2.1\nA \n", "HAProxyS 2.1\n\n"})
    EXPECT_EQ(hear(bad), PeerStatus::wrong_name) << bad;
  EXPECT_EQ(hear("HAProxyS 2.1\nA\nB"), std::nullopt);
}

// ---- two that talk to each other

class Node final : public PeerSessionOwner {
 public:
  explicit Node(const std::vector<graph::StickTable>& specs, bool timed = true) : specs_(specs) {
    for (const graph::StickTable& spec : specs_) {
      states_.push_back(std::make_unique<StickTable>(spec));
      shared_.push_back({.spec = &spec,
                         .state = states_.back().get(),
                         .definition = definition_of(spec, static_cast<std::uint32_t>(shared_.size() + 1))});
    }
    progress_.resize(specs_.size());
    timed_ = timed;
    connect();
  }
  void connect() { session_.emplace(shared_, progress_, timed_, *this); }
  void lesson_ended(bool complete) override { ended_ = complete ? "complete" : "partial"; }
  void lesson_confirmed() override { confirmed_ = true; }
  [[nodiscard]] bool knows_all() const override { return knows_all_; }

  PeerSession& session() { return *session_; }
  StickTable& table(std::size_t i = 0) { return *states_[i]; }

  std::vector<graph::StickTable> specs_;
  std::vector<std::unique_ptr<StickTable>> states_;
  std::vector<SharedTable> shared_;
  std::vector<PeerProgress> progress_;
  std::optional<PeerSession> session_;
  bool timed_ = true, knows_all_ = true, confirmed_ = false;
  std::string ended_;
};

// Until nobody has anything to say. Bytes go over in pieces.
void exchange(Node& one, Node& other, route::TableTime now, std::size_t piece = 7) {
  for (bool quiet = false; !quiet;) {
    quiet = true;
    for (auto [from, to] : {std::pair(&one, &other), std::pair(&other, &one)}) {
      const bool more = from->session().fill(1000, now);
      const std::string said = std::exchange(from->session().output(), {});
      for (std::size_t at = 0; at < said.size(); at += piece)
        ASSERT_TRUE(to->session().receive(std::string_view(said).substr(at, piece), now));
      quiet = quiet && said.empty() && !more;
    }
  }
}

std::vector<graph::StickTable> rich_tables() {
  return {table_spec("t", SampleType::ipv4, 4,
                     {{TableData::server_id, {1, 0}},
                      {TableData::gpc0, {1, 0}},
                      {TableData::gpc0_rate, {1, 10000}},
                      {TableData::conn_cur, {1, 0}},
                      {TableData::bytes_in_cnt, {1, 0}},
                      {TableData::server_key, {1, 0}},
                      {TableData::gpt, {3, 0}}},
                     60000),
          table_spec("n", SampleType::sint, 4, {{TableData::gpc0, {1, 0}}}),
          table_spec("s", SampleType::str, 20, {{TableData::gpc0, {1, 0}}})};
}

TEST(PeerSession, ValuesArriveAsTheyAre) {
  Node a(rich_tables()), b(rich_tables());
  {
    StickTable::Access entry = a.table().find_or_make(std::string("\x01\x02\x03\x04", 4), 5000);
    entry.set(TableData::server_id, 3);
    entry.set(TableData::gpc0, 300);
    entry.add(TableData::gpc0_rate, 7);
    entry.set(TableData::conn_cur, 9);
    entry.set(TableData::bytes_in_cnt, 5'000'000'000);
    entry.set(TableData::server_key, a.table().names().number("s1"));
    entry.set(TableData::gpt, 4, 2);
    entry.touch();
  }
  exchange(a, b, 5000);
  const StickTable::Access entry = b.table().find(std::string("\x01\x02\x03\x04", 4), 5000);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry.read(TableData::server_id), 3u);
  EXPECT_EQ(entry.read(TableData::gpc0), 300u);
  EXPECT_EQ(entry.read(TableData::gpc0_rate), 7u);
  EXPECT_EQ(entry.read(TableData::conn_cur), 0u);  // everybody's own
  EXPECT_EQ(entry.read(TableData::bytes_in_cnt), 5'000'000'000u);
  EXPECT_EQ(b.table().names().name(static_cast<std::uint32_t>(entry.read(TableData::server_key))), "s1");
  EXPECT_EQ(entry.read(TableData::gpt, 2), 4u);
}

void count(StickTable& table, const std::string& key, std::uint64_t value, route::TableTime now = 0) {
  StickTable::Access entry = table.find_or_make(key, now);
  entry.set(TableData::gpc0, value);
  entry.touch();
}
std::uint64_t counted(StickTable& table, const std::string& key) {
  const StickTable::Access entry = table.find(key, 0);
  return entry ? entry.read(TableData::gpc0) : 0;
}

TEST(PeerSession, ThousandsTravelBothWays) {
  Node a(rich_tables()), b(rich_tables());
  std::vector<graph::StickTable> large = rich_tables();
  for (Node* node : {&a, &b})
    for (graph::StickTable& spec : node->specs_)
      spec.size = 100000, node->table(static_cast<std::size_t>(&spec - node->specs_.data())).obey(spec);
  for (std::uint32_t i = 1; i <= 10000; ++i) {
    count(a.table(2), "a" + std::to_string(i), i);
    count(b.table(2), "b" + std::to_string(i), i);
  }
  exchange(a, b, 0, 1000);
  for (std::uint32_t i = 1; i <= 10000; ++i) {
    EXPECT_EQ(counted(b.table(2), "a" + std::to_string(i)), i);
    EXPECT_EQ(counted(a.table(2), "b" + std::to_string(i)), i);
  }
}

// What was confirmed isn't told again; what wasn't is.
TEST(PeerSession, ANewConnectionGoesOnWhereTheOldOneWasConfirmed) {
  Node a(rich_tables()), b(rich_tables());
  count(a.table(2), "old", 1);
  exchange(a, b, 0);
  count(a.table(2), "lost", 2);
  a.session().fill(1000, 0);  // and the connection breaks
  a.connect();
  b.connect();
  EXPECT_TRUE(b.table(2).find("old", 0).erase());
  exchange(a, b, 0);
  EXPECT_EQ(counted(b.table(2), "lost"), 2u);
  EXPECT_EQ(counted(b.table(2), "old"), 0u);
}

TEST(PeerSession, LessonsTellEverythingAndHowCompleteThatIs) {
  for (const bool timed : {true, false}) {
    Node a(rich_tables(), timed), b(rich_tables(), timed), c(rich_tables(), timed);
    count(a.table(2), "x", 1);
    exchange(a, b, 0);  // b has only learned it
    b.knows_all_ = timed;
    c.session().ask_for_lesson();
    b.connect();
    exchange(b, c, 0);
    EXPECT_EQ(counted(c.table(2), "x"), 1u);
    EXPECT_EQ(c.ended_, timed ? "complete" : "partial");
    EXPECT_TRUE(b.confirmed_);
  }
}

TEST(PeerSession, TimedEntriesKeepTheirAge) {
  Node a(rich_tables()), b(rich_tables());
  const std::string key("\x01\x02\x03\x04", 4);
  count(a.table(), key, 1, 1000);
  b.session().ask_for_lesson();
  exchange(a, b, 41000);
  EXPECT_EQ(b.table().find(key, 41000).remaining(), 20000);
}

// A reload made the table anew, since its data changed.
TEST(InheritEntries, WhatBothStoreStaysWithItsAgeAndWhatWasChangedHereIsTold) {
  Node before(rich_tables());
  Node after({table_spec("t", SampleType::ipv4, 4,
                         {{TableData::gpc0, {1, 0}},
                          {TableData::gpc0_rate, {1, 10000}},
                          {TableData::conn_cur, {1, 0}},
                          {TableData::conn_cnt, {1, 0}},
                          {TableData::server_key, {1, 0}},
                          {TableData::gpt, {2, 0}}},
                         50000)});
  const std::string key("\x01\x02\x03\x04", 4);
  const std::string learned("\x01\x02\x03\x05", 4);
  {
    StickTable::Access entry = before.table().find_or_make(key, 1000);
    entry.set(TableData::server_id, 3);
    entry.set(TableData::gpc0, 300);
    entry.add(TableData::gpc0_rate, 7);
    entry.set(TableData::conn_cur, 9);
    entry.set(TableData::server_key, before.table().names().number("s1"));
    entry.set(TableData::gpt, 4, 1);
    entry.set(TableData::gpt, 5, 2);
    entry.touch();
  }
  {
    StickTable::Access entry = before.table().find_or_make(learned, 1000);
    entry.set(TableData::gpc0, 1);
    entry.learned(-1);
  }
  inherit_entries(before.shared_[0], after.shared_[0], 21000);
  {
    const StickTable::Access entry = after.table().find(key, 21000);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry.remaining(), 40000);
    EXPECT_EQ(entry.read(TableData::gpc0), 300u);
    EXPECT_EQ(entry.rate(TableData::gpc0_rate).current, 7u);
    EXPECT_EQ(entry.read(TableData::conn_cur), 0u);  // those that are open end there
    EXPECT_EQ(entry.read(TableData::conn_cnt), 0u);
    EXPECT_EQ(entry.read(TableData::gpt, 1), 4u);
    EXPECT_EQ(after.table().names().name(static_cast<std::uint32_t>(entry.read(TableData::server_key))),
              "s1");
  }
  EXPECT_EQ(after.table().find(learned, 21000).read(TableData::gpc0), 1u);
  Node other({after.specs_[0]});
  exchange(after, other, 21000);
  EXPECT_TRUE(other.table().find(key, 21000));
  EXPECT_FALSE(other.table().find(learned, 21000));
}

TEST(InheritEntries, OtherKeysLeaveTheTableEmpty) {
  Node before(rich_tables());
  Node after({table_spec("s", SampleType::str, 21, {{TableData::gpc0, {1, 0}}})});
  count(before.table(2), "k", 1);
  inherit_entries(before.shared_[2], after.shared_[0], 0);
  EXPECT_EQ(after.table().used(0), 0u);
}

TEST(PeerSession, OtherTablesAreNotListenedTo) {
  for (const auto& [type, length] : {std::pair(SampleType::str, 21U), std::pair(SampleType::bin, 21U)}) {
    Node a({table_spec("s", SampleType::str, 20, {{TableData::gpc0, {1, 0}}}),
            table_spec("both", SampleType::sint, 4, {{TableData::gpc0, {1, 0}}})});
    Node b({table_spec("s", type, length, {{TableData::gpc0, {1, 0}}}),
            table_spec("both", SampleType::sint, 4, {{TableData::gpc0, {1, 0}}})});
    count(a.table(0), "k", 1);
    count(a.table(1), "1234", 5);
    exchange(a, b, 0);
    EXPECT_EQ(b.table(0).used(0), 0u);
    EXPECT_EQ(counted(b.table(1), "1234"), 5u);
  }
}

TEST(PeerSession, ManyServerNamesGoThroughTheDictionary) {
  const auto specs = std::vector{table_spec("s", SampleType::str, 20, {{TableData::server_key, {1, 0}}})};
  Node a(specs), b(specs);
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 300; ++i) {
      StickTable::Access entry = a.table().find_or_make(std::to_string(i), 0);
      entry.set(TableData::server_key, a.table().names().number("srv" + std::to_string(i)));
      entry.touch();
      entry = {};
      if (i % 3 == 0) exchange(a, b, 0);
    }
  exchange(a, b, 0);
  for (int i = 0; i < 300; ++i)
    EXPECT_EQ(b.table().names().name(static_cast<std::uint32_t>(
                  b.table().find(std::to_string(i), 0).read(TableData::server_key))),
              "srv" + std::to_string(i));
}

// Each table numbers names for itself.
TEST(PeerSession, TablesShareTheDictionaryAndNotTheNumbers) {
  const auto one = table_spec("one", SampleType::str, 20, {{TableData::server_key, {1, 0}}});
  const auto two = table_spec("two", SampleType::str, 20, {{TableData::server_key, {1, 0}}});
  Node a({one, two}), b({one, two});
  const std::array<std::array<const char*, 3>, 2> names = {{{"s1", "s2", "s3"}, {"x1", "s2", "s1"}}};
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t table = 0; table < 2; ++table) {
      StickTable::Access entry = a.table(table).find_or_make(std::to_string(i), 0);
      entry.set(TableData::server_key, a.table(table).names().number(names[table][i]));
      entry.touch();
      entry = {};
      exchange(a, b, 0);
    }
  for (std::size_t table = 0; table < 2; ++table)
    for (std::size_t i = 0; i < 3; ++i) {
      const auto number =
          static_cast<std::uint32_t>(b.table(table).find(std::to_string(i), 0).read(TableData::server_key));
      EXPECT_EQ(b.table(table).names().name(number), names[table][i]);
    }
  EXPECT_EQ(a.session().sent_names()[3], "s3");
  EXPECT_EQ(b.session().heard_names()[3], "s3");
  EXPECT_EQ(b.session().heard_names()[4], "");
}

TEST(PeerSession, WhatCantBeUnderstoodEndsIt) {
  Node a(rich_tables());
  EXPECT_FALSE(a.session().receive(from_hex("0a82 02 0105"), 0));
  EXPECT_EQ(to_hex(a.session().output()), "0100");
  Node b(rich_tables());
  EXPECT_FALSE(b.session().receive(from_hex("0a80 ffffffffff7f"), 0));
  EXPECT_EQ(to_hex(b.session().output()), "0101");
}

// Nothing that anybody sends does harm.
TEST(PeerSession, GarbageIsSurvived) {
  std::minstd_rand random(1);
  Node teacher(rich_tables());
  for (int i = 0; i < 50; ++i) count(teacher.table(2), "key" + std::to_string(i), 7);
  teacher.session().teach();
  std::string lesson;
  while (teacher.session().fill(100000, 0)) {
  }
  lesson = teacher.session().output();
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = lesson;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    Node node(rich_tables());
    for (std::size_t at = 0; at < bytes.size(); at += 50)
      if (!node.session().receive(std::string_view(bytes).substr(at, 50), 0)) break;
  }
}

}  // namespace
}  // namespace shunt::runtime
