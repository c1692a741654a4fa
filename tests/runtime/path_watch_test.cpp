// Watching paths over real inotify: in-place writes, renames, links of certbot's and Kubernetes' kind,
// directories; each wait is for an event and has an end.
#include "runtime/path_watch.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <filesystem>
#include <fstream>

#include "runtime/file_watcher.hpp"
#include "tests/runtime/test_directory.hpp"

namespace shunt::runtime {
namespace {

namespace fs = std::filesystem;

class PathWatchTest : public testing::Test {
 protected:
  PathWatchTest() : watch_(std::move(PathWatch::make()).value()) {}
  [[nodiscard]] std::string at(const std::string& name) const { return directory_.path() / name; }
  void write(const std::string& name, const std::string& text = "text") const {
    fs::create_directories(fs::path(at(name)).parent_path());
    std::ofstream(at(name)) << text;
  }
  void replace(const std::string& name) const {
    write("fresh-file");
    fs::rename(at("fresh-file"), at(name));
  }
  void link(const std::string& target, const std::string& name) const {
    fs::create_directories(fs::path(at(name)).parent_path());
    fs::create_symlink(target, at(name));
  }
  void turn(const std::string& target, const std::string& name) const {
    link(target, "fresh-link");
    fs::rename(at("fresh-link"), at(name));
  }
  // What changed until `wanted` has, or for five seconds.
  bool told(const std::string& wanted) {
    for (int tries = 0; tries < 50; ++tries) {
      if (watch_.take().contains(at(wanted))) return true;
      pollfd ready{.fd = watch_.descriptor(), .events = POLLIN, .revents = 0};
      ::poll(&ready, 1, 100);
    }
    return false;
  }
  // Events are in order: when a later change of a witness was told, an earlier one would have been.
  bool quiet(const std::string& path) {
    write("witness", "again");
    bool seen = false;
    for (int tries = 0; tries < 50 && !seen; ++tries) {
      const auto changed = watch_.take();
      if (changed.contains(at(path))) return false;
      seen = changed.contains(at("witness"));
      pollfd ready{.fd = watch_.descriptor(), .events = POLLIN, .revents = 0};
      if (!seen) ::poll(&ready, 1, 100);
    }
    return seen;
  }
  void add(const std::string& name) { watch_.add({at(name), at("witness")}); }

  TestDirectory directory_;
  PathWatch watch_;
};

TEST_F(PathWatchTest, WrittenInPlace) {
  write("a.pem");
  add("a.pem");
  write("a.pem", "other");
  EXPECT_TRUE(told("a.pem"));
}

TEST_F(PathWatchTest, ReplacedByRename) {
  write("a.pem");
  add("a.pem");
  for (int i = 0; i < 3; ++i) {
    replace("a.pem");
    EXPECT_TRUE(told("a.pem")) << i;
  }
}

TEST_F(PathWatchTest, AppearsAndVanishes) {
  add("a.pem");
  write("a.pem");
  EXPECT_TRUE(told("a.pem"));
  fs::remove(at("a.pem"));
  EXPECT_TRUE(told("a.pem"));
}

TEST_F(PathWatchTest, ReadingAndNeighboursAreNoChange) {
  write("a.pem");
  add("a.pem");
  write("b.pem");
  std::string text;
  std::ifstream(at("a.pem")) >> text;
  EXPECT_TRUE(quiet("a.pem"));
}

// certbot: live/site/cert.pem -> ../../archive/site/cert1.pem
TEST_F(PathWatchTest, LinkIsTurned) {
  write("archive/site/cert1.pem");
  link("../../archive/site/cert1.pem", "live/site/cert.pem");
  add("live/site/cert.pem");
  write("archive/site/cert2.pem");
  fs::remove(at("live/site/cert.pem"));
  link("../../archive/site/cert2.pem", "live/site/cert.pem");
  EXPECT_TRUE(told("live/site/cert.pem"));
  write("archive/site/cert2.pem", "in place");
  EXPECT_TRUE(told("live/site/cert.pem"));
}

TEST_F(PathWatchTest, TargetOfALinkIsReplaced) {
  write("archive/cert.pem");
  link(at("archive/cert.pem"), "live/cert.pem");
  add("live/cert.pem");
  replace("archive/cert.pem");
  EXPECT_TRUE(told("live/cert.pem"));
}

// Kubernetes: tls.crt -> ..data/tls.crt, ..data -> ..version
TEST_F(PathWatchTest, DoubleLinkIsTurnedAgainAndAgain) {
  write("..1/tls.crt");
  link("..1", "..data");
  link("..data/tls.crt", "tls.crt");
  add("tls.crt");
  for (int version = 2; version < 6; ++version) {
    write(".." + std::to_string(version) + "/tls.crt");
    turn(".." + std::to_string(version), "..data");
    EXPECT_TRUE(told("tls.crt")) << version;
    fs::remove_all(at(".." + std::to_string(version - 1)));
  }
  write("..5/tls.crt", "in place");
  EXPECT_TRUE(told("tls.crt"));
}

TEST_F(PathWatchTest, DirectoryOnTheWayIsReplaced) {
  write("certs/a.pem");
  write("certs-new/a.pem");
  add("certs/a.pem");
  fs::rename(at("certs"), at("certs-old"));
  fs::rename(at("certs-new"), at("certs"));
  EXPECT_TRUE(told("certs/a.pem"));
  static_cast<void>(watch_.take());
  write("certs/a.pem", "other");
  EXPECT_TRUE(told("certs/a.pem"));
}

TEST_F(PathWatchTest, DirectoryThatComesLater) {
  add("later/deep/a.pem");
  write("later/deep/a.pem");
  EXPECT_TRUE(told("later/deep/a.pem"));
  static_cast<void>(watch_.take());
  write("later/deep/a.pem", "other");
  EXPECT_TRUE(told("later/deep/a.pem"));
}

TEST_F(PathWatchTest, NamesOfADirectoryCount) {
  write("dir/a.pem");
  add("dir");
  write("dir/b.pem");
  EXPECT_TRUE(told("dir"));
  fs::remove(at("dir/a.pem"));
  EXPECT_TRUE(told("dir"));
}

TEST_F(PathWatchTest, LinkToADirectory) {
  write("one/a.pem");
  write("two/a.pem");
  link("one", "current");
  add("current");
  turn("two", "current");
  EXPECT_TRUE(told("current"));
  static_cast<void>(watch_.take());
  write("two/b.pem");
  EXPECT_TRUE(told("current"));
}

TEST_F(PathWatchTest, WrittenByAnotherOfItsNames) {
  write("elsewhere/file");
  fs::create_hard_link(at("elsewhere/file"), at("file"));
  add("file");
  write("elsewhere/file", "other");
  EXPECT_TRUE(told("file"));
  write("file", "again");
  EXPECT_TRUE(told("file"));
  // From now on they are two.
  replace("file");
  EXPECT_TRUE(told("file"));
  EXPECT_TRUE(quiet("file"));
  write("file", "its own");
  EXPECT_TRUE(told("file"));
  fs::remove(at("file"));
  fs::create_hard_link(at("elsewhere/file"), at("file"));
  EXPECT_TRUE(told("file"));
  write("elsewhere/file", "once more");
  EXPECT_TRUE(told("file"));
}

TEST_F(PathWatchTest, LinksInACircle) {
  link("b", "a");
  link("a", "b");
  add("a");
  fs::remove(at("b"));
  write("b");
  EXPECT_TRUE(told("a"));
}

TEST(DebounceTest, WaitsForQuietButNotForEver) {
  Debounce debounce;
  EXPECT_FALSE(debounce.due());
  debounce.note(1000);
  EXPECT_EQ(debounce.due(), 1000 + Debounce::quiet);
  debounce.note(1100);
  EXPECT_EQ(debounce.due(), 1100 + Debounce::quiet);
  for (int now = 1200; now < 9000; now += 100) debounce.note(now);
  EXPECT_EQ(debounce.due(), 1000 + Debounce::longest);
  debounce.done();
  EXPECT_FALSE(debounce.due());
}

}  // namespace
}  // namespace shunt::runtime
