// Log lines as they go onto the wire: every expectation is a line that HAProxy 2.6 wrote.
#include "runtime/log_framing.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace shunt::runtime {
namespace {

using graph::LogFacility;
using graph::LogLevel;
using graph::LogTarget;
using graph::LogWireFormat;
using namespace std::chrono_literals;

class LogFraming : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    clock.set(std::chrono::system_clock::from_time_t(1795252438) + 51495us);  // 2026-11-21 09:13:58
  }
  std::string line(const LogTarget& target, LogLevel level, std::string_view text,
                   std::string_view host = "") {
    std::string out = "left over";
    frame_log_line(target, level, {host, "haproxy", 20937}, clock, text, out);
    return out;
  }
  LogClock clock;
};

struct FormatCase {
  LogWireFormat format;
  std::string_view expected, with_host;
};

class LogFormats : public LogFraming, public testing::WithParamInterface<FormatCase> {};

TEST_P(LogFormats, WriteTheSameLineAsHaproxy) {
  LogTarget target;
  target.format = GetParam().format;
  EXPECT_EQ(line(target, LogLevel::alert, "text"), GetParam().expected);
  EXPECT_EQ(line(target, LogLevel::alert, "text", "foo.bar"), GetParam().with_host);
}

INSTANTIATE_TEST_SUITE_P(
    All, LogFormats,
    testing::Values(FormatCase{LogWireFormat::rfc3164,
                               "<129>Nov 21 09:13:58 localhost haproxy[20937]: text\n",
                               "<129>Nov 21 09:13:58 foo.bar haproxy[20937]: text\n"},
                    FormatCase{LogWireFormat::local, "<129>Nov 21 09:13:58 haproxy[20937]: text\n",
                               "<129>Nov 21 09:13:58 haproxy[20937]: text\n"},
                    FormatCase{LogWireFormat::rfc5424,
                               "<129>1 2026-11-21T09:13:58.051495+00:00 - haproxy 20937 - - text\n",
                               "<129>1 2026-11-21T09:13:58.051495+00:00 foo.bar haproxy 20937 - - text\n"},
                    FormatCase{LogWireFormat::priority, "<129>text\n", "<129>text\n"},
                    FormatCase{LogWireFormat::short_, "<1>text\n", "<1>text\n"},
                    FormatCase{LogWireFormat::timed, "<1>2026-11-21T09:13:58.051495+00:00 text\n",
                               "<1>2026-11-21T09:13:58.051495+00:00 text\n"},
                    FormatCase{LogWireFormat::iso, "2026-11-21T09:13:58.051495+00:00 text\n",
                               "2026-11-21T09:13:58.051495+00:00 text\n"},
                    FormatCase{LogWireFormat::raw, "text\n", "text\n"}));

TEST_F(LogFraming, PriorityIsFacilityTimesEightPlusLevel) {
  LogTarget target;
  target.format = LogWireFormat::priority;
  target.facility = LogFacility::local7;
  EXPECT_EQ(line(target, LogLevel::alert, ""), "<185>\n");
  target.facility = LogFacility::daemon;
  EXPECT_EQ(line(target, LogLevel::emerg, ""), "<24>\n");
  target.facility = LogFacility::kern;
  EXPECT_EQ(line(target, LogLevel::debug, ""), "<7>\n");
}

struct LengthCase {
  LogTarget::Kind kind;
  LogWireFormat format;
  std::size_t bytes;  // of the whole line with `len 90`, as measured
};

class LogLengths : public LogFraming, public testing::WithParamInterface<LengthCase> {};

TEST_P(LogLengths, AreCutWhereHaproxyCuts) {
  LogTarget target;
  target.kind = GetParam().kind;
  target.format = GetParam().format;
  target.length = 90;
  const std::string out = line(target, LogLevel::alert, std::string(500, 'x'));
  EXPECT_EQ(out.size(), GetParam().bytes);
  EXPECT_TRUE(out.ends_with("xx\n"));
}

using Kind = LogTarget::Kind;
INSTANTIATE_TEST_SUITE_P(Measured, LogLengths,
                         testing::Values(LengthCase{Kind::udp, LogWireFormat::rfc3164, 91},
                                         LengthCase{Kind::udp, LogWireFormat::local, 91},
                                         LengthCase{Kind::udp, LogWireFormat::rfc5424, 91},
                                         LengthCase{Kind::udp, LogWireFormat::priority, 91},
                                         LengthCase{Kind::udp, LogWireFormat::short_, 91},
                                         LengthCase{Kind::udp, LogWireFormat::timed, 91},
                                         LengthCase{Kind::udp, LogWireFormat::iso, 91},
                                         LengthCase{Kind::udp, LogWireFormat::raw, 90},
                                         LengthCase{Kind::descriptor, LogWireFormat::rfc3164, 90},
                                         LengthCase{Kind::descriptor, LogWireFormat::raw, 90},
                                         LengthCase{Kind::descriptor, LogWireFormat::short_, 90}));

TEST_F(LogFraming, HeaderLongerThanTheLengthIsCutToo) {
  LogTarget target;
  target.format = graph::LogWireFormat::rfc3164;
  target.length = 80;
  const std::string out = line(target, LogLevel::alert, "text", std::string(200, 'h'));
  EXPECT_EQ(out.size(), 80U);
  EXPECT_EQ(out.find("text"), std::string::npos);
}

struct LevelCase {
  LogLevel most_verbose, least_verbose, level;
  std::optional<LogLevel> logged;
};

class LogLevels : public testing::TestWithParam<LevelCase> {};

TEST_P(LogLevels, AreFilteredAndRaised) {
  LogTarget target;
  target.most_verbose = GetParam().most_verbose;
  target.least_verbose = GetParam().least_verbose;
  EXPECT_EQ(admitted_level(target, GetParam().level), GetParam().logged);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LogLevels,
    testing::Values(LevelCase{LogLevel::debug, LogLevel::emerg, LogLevel::info, LogLevel::info},
                    LevelCase{LogLevel::notice, LogLevel::emerg, LogLevel::info, std::nullopt},
                    LevelCase{LogLevel::notice, LogLevel::emerg, LogLevel::notice, LogLevel::notice},
                    LevelCase{LogLevel::debug, LogLevel::err, LogLevel::alert, LogLevel::err},
                    LevelCase{LogLevel::debug, LogLevel::err, LogLevel::info, LogLevel::info},
                    LevelCase{LogLevel::emerg, LogLevel::emerg, LogLevel::emerg, LogLevel::emerg}));

TEST_F(LogFraming, ClockFollowsTheSecondAndTheZone) {
  clock.set(std::chrono::system_clock::from_time_t(1767323045) + 999999us);
  EXPECT_EQ(clock.rfc3164(), "Jan  2 03:04:05");
  EXPECT_EQ(clock.iso(), "2026-01-02T03:04:05.999999+00:00");
  ::setenv("TZ", "XXX-05:30", 1);
  ::tzset();
  clock.set(std::chrono::system_clock::from_time_t(1767323046) + 7us);
  EXPECT_EQ(clock.iso(), "2026-01-02T08:34:06.000007+05:30");
  ::setenv("TZ", "XXX3", 1);
  ::tzset();
  clock.set(std::chrono::system_clock::from_time_t(1767323047));
  EXPECT_EQ(clock.iso(), "2026-01-02T00:04:07.000000-03:00");
}

}  // namespace
}  // namespace shunt::runtime
