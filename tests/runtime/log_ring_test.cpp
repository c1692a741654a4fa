// Rings of log lines: what is kept, what goes, what readers get.
#include "runtime/log_ring.hpp"

#include <gtest/gtest.h>
#include <poll.h>

namespace shunt::runtime {
namespace {

graph::Ring small_ring(std::uint32_t size) {
  graph::Ring ring{.name = "r", .size = size};
  ring.servers.push_back({.name = "a"});
  ring.servers.push_back({.name = "b"});
  return ring;
}

struct LogRingTest : testing::Test {
  graph::Ring settings = small_ring(36);  // three lines of ten bytes
  std::shared_ptr<RingBell> bell = std::make_shared<RingBell>();
  LogRing ring{settings, bell};
  std::string a = reader_name(settings.servers[0]), b = reader_name(settings.servers[1]);

  bool add(char c) { return ring.add(std::string(10, c)); }
  std::string read(const std::string& reader, bool counts_octets = false, std::size_t most = 1000) {
    std::string bytes;
    lines.clear();
    ring.read(reader, counts_octets, most, bytes, lines);
    std::erase_if(bytes, [last = '\0'](char c) mutable { return std::exchange(last, c) == c; });
    return bytes;
  }
  [[nodiscard]] bool rings() const {
    pollfd p{bell->descriptor(), POLLIN, 0};
    return ::poll(&p, 1, 0) == 1;
  }
  std::vector<SentLine> lines;
};

TEST_F(LogRingTest, the_oldest_line_goes_when_nobody_reads) {
  for (const char c : {'1', '2', '3', '4', '5'}) EXPECT_TRUE(add(c));
  EXPECT_EQ(read(a), "3\n4\n5\n");
  EXPECT_EQ(read(a), "");
}

TEST_F(LogRingTest, a_connected_reader_holds_what_it_has_not_had) {
  EXPECT_EQ(read(a), "");
  for (const char c : {'1', '2', '3'}) EXPECT_TRUE(add(c));
  EXPECT_FALSE(add('4'));
  EXPECT_EQ(read(a), "1\n2\n3\n");
  EXPECT_TRUE(add('5'));
  EXPECT_EQ(read(a), "5\n");
}

TEST_F(LogRingTest, one_that_went_holds_nothing_and_gets_the_rest_later) {
  EXPECT_EQ(read(a), "");
  for (const char c : {'1', '2', '3'}) EXPECT_TRUE(add(c));
  ring.detach(a, 1);
  EXPECT_TRUE(add('4'));
  EXPECT_EQ(read(a), "2\n3\n4\n");
  ring.detach(a, 2);
  EXPECT_TRUE(add('5'));
  EXPECT_TRUE(add('6'));
  EXPECT_EQ(read(a), "4\n5\n6\n");
}

TEST_F(LogRingTest, readers_have_places_of_their_own) {
  for (const char c : {'1', '2'}) EXPECT_TRUE(add(c));
  EXPECT_EQ(read(a), "1\n2\n");
  EXPECT_TRUE(add('3'));
  EXPECT_EQ(read(a), "3\n");
  EXPECT_EQ(read(b), "1\n2\n3\n");
  EXPECT_EQ(ring.place_of(a), 3u);
}

TEST_F(LogRingTest, batches_end_with_whole_lines) {
  for (const char c : {'1', '2', '3'}) EXPECT_TRUE(add(c));
  EXPECT_EQ(read(a, true, 12), "10 1");  // "10 1111111111" is longer than that already
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].number, 0u);
  EXPECT_EQ(lines[0].end, 13u);
  EXPECT_EQ(read(a, true, 14), "10 210 3");
  EXPECT_EQ(lines.back().number, 2u);
}

TEST_F(LogRingTest, what_is_longer_than_the_ring_has_no_place) {
  EXPECT_TRUE(add('1'));
  EXPECT_FALSE(ring.add(std::string(35, 'x')));
  EXPECT_EQ(read(a), "1\n");
}

TEST_F(LogRingTest, lost_lines_are_counted_until_somebody_asks) {
  ring.lose(2);
  ring.lose(1);
  EXPECT_EQ(ring.take_lost(), 3u);
  EXPECT_EQ(ring.take_lost(), 0u);
}

TEST_F(LogRingTest, the_bell_rings_once_and_again_after_it_was_answered) {
  EXPECT_TRUE(add('1'));
  EXPECT_FALSE(rings());  // there is nobody yet
  EXPECT_EQ(read(a), "1\n");
  EXPECT_TRUE(add('2'));
  EXPECT_TRUE(add('3'));
  EXPECT_TRUE(rings());
  bell->answer();
  EXPECT_FALSE(rings());
  EXPECT_TRUE(add('4'));
  EXPECT_TRUE(rings());
}

TEST_F(LogRingTest, a_reload_keeps_lines_and_places_and_takes_the_new_size) {
  for (const char c : {'1', '2', '3'}) EXPECT_TRUE(add(c));
  EXPECT_EQ(read(a), "1\n2\n3\n");
  EXPECT_EQ(read(b), "1\n2\n3\n");
  graph::Ring next = small_ring(24);
  next.servers.pop_back();  // b
  ring.forget(b);
  ring.adopt(next);
  EXPECT_TRUE(add('4'));
  EXPECT_EQ(read(a), "4\n");
  EXPECT_EQ(read(b), "3\n4\n");  // as one that was never there
}

TEST(LogRingsTest, rings_of_a_name_are_one_over_reloads) {
  const std::vector<graph::Ring> first = {small_ring(100)}, second = {small_ring(100), {.name = "other"}},
                                 third;
  LogRings rings;
  rings.adopt(first);
  const auto kept = rings.find("r");
  ASSERT_NE(kept, nullptr);
  EXPECT_TRUE(kept->add("line"));
  rings.adopt(second);
  EXPECT_EQ(rings.find("r"), kept);
  EXPECT_EQ(rings.all().size(), 2u);
  rings.adopt(third);
  EXPECT_EQ(rings.find("r"), nullptr);
}

}  // namespace
}  // namespace shunt::runtime
