// HAProxy's command line as this program reads it.
#include "cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shunt::cli {
namespace {

Options accepted(const std::vector<std::string_view>& words) {
  const auto result = parse_options(words);
  EXPECT_TRUE(result.has_value()) << (result.has_value() ? "" : result.assume_error().message);
  return result.has_value() ? result.assume_value() : Options{};
}

std::string refused(const std::vector<std::string_view>& words) {
  const auto result = parse_options(words);
  EXPECT_FALSE(result.has_value());
  return result.has_value() ? "" : result.assume_error().message;
}

TEST(Options, DebiansUnitFile) {
  const Options o =
      accepted({"-Ws", "-f", "/etc/haproxy/haproxy.cfg", "-p", "/run/haproxy.pid", "-S", "/run/master.sock"});
  EXPECT_EQ(o.files, std::vector<std::string>{"/etc/haproxy/haproxy.cfg"});
  EXPECT_TRUE(o.run.notify);
  EXPECT_TRUE(o.run.master_worker);
  EXPECT_EQ(o.run.pidfile, "/run/haproxy.pid");
  EXPECT_EQ(o.master_socket, "/run/master.sock");
}

TEST(Options, DebiansReloadCheck) {
  const Options o = accepted({"-Ws", "-f", "a.cfg", "-c", "-q"});
  EXPECT_TRUE(o.check);
  EXPECT_TRUE(o.run.quiet);
}

TEST(Options, FilesInOrderFromBothForms) {
  EXPECT_EQ(accepted({"-f", "a", "-f", "b", "--", "c", "-d"}).files,
            (std::vector<std::string>{"a", "b", "c", "-d"}));
}

TEST(Options, VerboseOutdoesQuietInAnyOrder) {
  EXPECT_FALSE(accepted({"-q", "-V", "-f", "a"}).run.quiet);
  EXPECT_FALSE(accepted({"-V", "-q", "-f", "a"}).run.quiet);
  EXPECT_TRUE(accepted({"-q", "-f", "a"}).run.quiet);
}

TEST(Options, ProcessListsEndAtTheNextFlag) {
  EXPECT_EQ(accepted({"-sf", "1", "22", "-f", "a"}).files, std::vector<std::string>{"a"});
  EXPECT_EQ(accepted({"-f", "a", "-st"}).files, std::vector<std::string>{"a"});
}

TEST(Options, ProcessListsHoldNumbers) {
  EXPECT_EQ(accepted({"-sf", "+3", "4", "-f", "a"}).run.older.finishing, (std::vector<pid_t>{3, 4}));
  EXPECT_EQ(accepted({"-st", "5", "-f", "a"}).run.older.terminating, std::vector<pid_t>{5});
  EXPECT_THAT(refused({"-sf", "1", "abc", "-f", "a"}), ::testing::HasSubstr("{abc}"));
  EXPECT_THAT(refused({"-st", "1a", "-f", "a"}), ::testing::HasSubstr("{a}"));
  EXPECT_THAT(refused({"-sf", "99999999999999999999"}), ::testing::HasSubstr("out of range"));
  for (const std::string_view wrong : {"0", ""}) EXPECT_NE(refused({"-sf", wrong, "-f", "a"}), "") << wrong;
}

TEST(Options, DebugKeepsTheForeground) {
  EXPECT_TRUE(accepted({"-d", "-f", "a"}).run.foreground);
  EXPECT_TRUE(accepted({"-db", "-f", "a"}).run.foreground);
}

TEST(Options, EveryFlagOfHaproxyIsRead) {
  for (const std::string_view flag :
       {"-dD", "-dI", "-de", "-dp", "-dS", "-dG", "-dR", "-dL", "-dV", "-dMfail", "-dM0x50", "-dKall",
        "-dKcfg,acl", "-dr", "-dW", "-D", "-W", "-v", "-vv"})
    EXPECT_TRUE(parse_options({flag, "-f", "a"}).has_value()) << flag;
  for (const std::string_view flag : {"-n", "-N", "-m", "-C", "-L", "-p", "-S", "-x", "-cc"})
    EXPECT_TRUE(parse_options({flag, "1", "-f", "a"}).has_value()) << flag;
}

TEST(Options, ConnectionLimit) {
  EXPECT_EQ(accepted({"-n", "500", "-f", "a"}).run.maxconn, 500u);
  EXPECT_EQ(accepted({"-n", "junk", "-f", "a"}).run.maxconn, std::nullopt);
}

TEST(Options, UnknownFlagsAreRefusedWithTheNearestOne) {
  EXPECT_NE(refused({"-Wx", "-f", "a"}).find("unknown flag '-Wx'"), std::string::npos);
  EXPECT_NE(refused({"-zz"}).find("unknown flag '-zz'"), std::string::npos);
}

TEST(Options, AFileWithoutItsFlagIsRefused) {
  EXPECT_NE(refused({"-c", "a.cfg"}).find("'a.cfg'"), std::string::npos);
}

TEST(Options, AFlagWithoutItsWordIsRefused) {
  EXPECT_NE(refused({"-f"}).find("'-f'"), std::string::npos);
  EXPECT_NE(refused({"-c", "-n", "-f", "a"}).find("'-n'"), std::string::npos);
}

}  // namespace
}  // namespace shunt::cli
