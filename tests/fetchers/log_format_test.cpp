// Log lines and computed names, byte by byte as HAProxy prints them.
#include <gtest/gtest.h>

#include "fetchers/codes.hpp"
#include "fetchers/log_aliases.hpp"
#include "harness.hpp"

namespace shunt::fetchers::test {
namespace {

class LogBench : public Bench {
 public:
  LogBench() {
    context.log = &record;
    record.client = client.from;
    record.client_destination = client.to;
    record.accept_date = std::chrono::system_clock::time_point(std::chrono::milliseconds(1795253601007));
    record.frontend = "fe";
    record.backend = "be";
    record.server_name = "s1";
    record.queue_ms = 1;
    record.connect_ms = 0;
    record.total_ms = 7;
    record.bytes_to_client = 5;
    record.actconn = record.feconn = 1;
    record.pid = 30906;
  }

  std::string line(const std::string& text, Place place = Place::fe_log_end) {
    const auto tree = parser::parse_log_format(word(text), sink);
    const auto format = tree ? compile_log_format(*tree, place, pool, sink) : std::nullopt;
    if (!format) return "ERROR " + first_message();
    std::string out;
    write(*format, pool, context, out);
    return out;
  }

  LogRecord record;
};

struct Line {
  std::string_view format;
  std::string_view text;
};
class LogLine : public testing::TestWithParam<Line> {};

TEST_P(LogLine, EqualsHaproxys) {
  setenv("TZ", "UTC", 1);
  LogBench bench;
  Sample text;
  text.set_string("a\"b\\c]d");
  std::string error;
  bench.variables.set(*parse_variable("txn.p", bench.pool.variable_names(), error), text);
  EXPECT_EQ(bench.line(std::string(GetParam().format)), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Measured, LogLine,
    testing::Values(
        Line{tcplog_format, "192.0.2.1:1234 [21/Nov/2026:09:33:21.007] fe be/s1 1/0/7 5 -- 1/1/0/0/0 0/0"},
        Line{"T%T|Tl%Tl|Ts%Ts|ms%ms",
             "T21/Nov/2026:09:33:21 +0000|Tl21/Nov/2026:09:33:21 +0000|Ts1795253601|ms007"},
        Line{"%{+X}Ts|%{+X}ms|%{+X}pid|%{+X}rt", "6B016561|07|78BA|0000"},
        Line{"%bi|%bp|%si|%sp|%{+Q}si|%{+X}bi|%{+X}bp", "-|-|-|-|\"\"|-|-"},
        Line{"%{+X}ci|%{+X}cp|%{+Q}ci|%{+Q}cp|%{+Q,+X}ci", "C0000201|04D2|\"192.0.2.1\"|1234|C0000201"},
        Line{"%ID|%{+Q}ID|%sslv|%H|%lc", "-|\"\"|-|-|0"},
        Line{"%{+Q}f|%{+Q}ts|%{+Q}B|%{+Q}t", "\"fe\"|--|5|21/Nov/2026:09:33:21.007"},
        Line{"%hr|%hs|%{+Q}hrl|", "|||"}, Line{"%Th|%Tu|%Td|%U|%ST|%tsc", "0|7|7|0|0|----"},
        Line{"%r|%HM|%HV|%CC|%TR|%Ti|%Tr|%Ta|%{+Q}HU",
             "<BADREQ>|<BADREQ>|<BADREQ>|-|-1|-1|-1|7|\"<BADREQ>\""},
        Line{"%[var(txn.p)] %{+Q}[var(txn.p)]", "a\"b\\c]d \"a\"b\\c]d\""},
        Line{"%{+E}[var(txn.p)] %{+Q,+E}[var(txn.p)]", "a\\\"b\\\\c\\]d \"a\\\"b\\\\c\\]d\""},
        Line{"%[var(txn.none)] %{+Q}[var(txn.none)] %{+M}[var(txn.none)] %[str()] %{+Q}[str()]",
             "- \"\" - - \"\""},
        Line{"%[src] %{+Q}[src] %{+X}[src] %[int(255)] %{+X}[int(255)] %[always_true]",
             "192.0.2.1 \"192.0.2.1\" 192.0.2.1 255 255 1"},
        Line{"%{+Q}o %ci|%cp|%[src]|%f|%{-Q}f|%f|%ID",
             "\"192.0.2.1\"|1234|\"192.0.2.1\"|\"fe\"|fe|\"fe\"|\"\""},
        Line{"%{+Q,-Q}f %{Q}f %{+Q+X}f %{+Qfoo}f", "fe fe \"fe\" \"fe\""},
        Line{"  a  b  %% %f  ", "a b % fe "}, Line{"a %hr b %{+Q}o c|%hr %hr|%{+Q}hr ", "a b c| | "}));

TEST(LogFormat, UnixClientsHaveTheListenerAsPort) {
  LogBench bench;
  bench.record.client = bench.record.client_destination = {.family = Family::unix_socket};
  bench.record.listener_id = 2;
  EXPECT_EQ(bench.line("%ci:%cp %fi:%fp %{+Q}ci"), "unix:2 unix:2 \"unix\"");
}

TEST(LogFormat, MarksWhatIsNotFinal) {
  LogBench bench;
  bench.record.as_soon_as_possible = bench.record.redispatched = bench.record.frontend_tls = true;
  EXPECT_EQ(bench.line("%Tw/%Tc/%Tt %B %U %rc %ft"), "1/0/+7 +5 0 +0 fe~");
}

TEST(LogFormat, ControlBytesCannotForgeLines) {
  LogBench bench;
  bench.context.request.data = std::string_view("a\n\x1b[1m\x7f\x80 b");
  EXPECT_EQ(bench.line("%[req.payload(0,0)]", Place::fe_tcp_content),
            "a\n\x1b[1m\x7f\x80 b");  // a value, not a line
  Sample text;
  text.set_string("a\n\x1b[1m\x7f b");
  std::string error;
  bench.variables.set(*parse_variable("txn.x", bench.pool.variable_names(), error), text);
  EXPECT_EQ(bench.line("%[var(txn.x)]"), "a#0A#1B[1m#7F b");
}

TEST(LogFormat, ComputedNamesHaveNoDash) {
  LogBench bench;
  EXPECT_EQ(bench.line("be_%[var(txn.none)]", Place::fe_set_backend), "be_");
}

TEST(LogFormat, WrongOnesAreRefusedInHaproxysWords) {
  const std::pair<const char*, const char*> cases[] = {
      {"%foo",
       "ERROR no such format variable 'foo'. If you wanted to emit the '%' character verbatim, you need to "
       "use '%%'"},
      {"%[nope]", "ERROR unknown fetch method 'nope'"},
  };
  for (const auto& [format, message] : cases) {
    LogBench bench;
    EXPECT_EQ(bench.line(format), message);
  }
  LogBench bench;
  bench.line("%[req.len]");
  EXPECT_TRUE(bench.sink.has_errors());
}

TEST(LogFormat, EveryAliasWrites) {
  for (const LogAliasRow& row : log_aliases()) {
    LogBench bench;
    const std::string line = bench.line("%" + std::string(row.name));
    EXPECT_FALSE(line.starts_with("ERROR")) << row.name;
  }
}

}  // namespace
}  // namespace shunt::fetchers::test
