// Captures: both formats, byte orders, links, streams out of order, and rubbish.
#include "analysis/capture_file.hpp"

#include <gtest/gtest.h>

namespace shunt::analysis {
namespace {

std::string big(std::uint64_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}
std::string little(std::uint64_t value, int bytes) {
  std::string text = big(value, bytes);
  return {text.rbegin(), text.rend()};
}

constexpr int fin = 1, syn = 2, ack = 16;

std::string tcp(bool from_client, std::uint32_t sequence, int flags, const std::string& data) {
  const std::string client = big(50000, 2), server = big(443, 2);
  return (from_client ? client + server : server + client) + big(sequence, 4) + big(0, 4) + big(0x50, 1) +
         big(static_cast<std::uint64_t>(flags), 1) + big(1000, 2) + big(0, 4) + data;
}
std::string ipv4(bool from_client, const std::string& payload) {
  const std::string client = big(0x0a000005, 4), server = big(0xc0000201, 4);
  return std::string("\x45\0", 2) + big(20 + payload.size(), 2) + big(0, 4) + big(64, 1) + big(6, 1) +
         big(0, 2) + (from_client ? client + server : server + client) + payload;
}
std::string ethernet(const std::string& payload) { return std::string(12, 'm') + big(0x0800, 2) + payload; }

struct Frame {
  std::uint64_t at;  // microseconds
  std::string bytes;
};
std::vector<Frame> frames() {
  const auto client = [](std::uint64_t at, std::uint32_t sequence, int flags, const std::string& data) {
    return Frame{at, ethernet(ipv4(true, tcp(true, sequence, flags, data)))};
  };
  return {client(5'000'000, 0xfffffffe, syn, ""),
          {5'000'100, ethernet(ipv4(false, tcp(false, 7, syn | ack, "")))},
          client(5'020'000, 0xffffffff, ack, "hel"),  // the number wraps behind the first byte
          client(5'030'000, 5, ack, "!"),             // too early
          {5'035'000, ethernet(ipv4(false, tcp(false, 8, ack, "not of the client")))},
          client(5'040'000, 0xffffffff, ack, "hello"),  // again, and more
          client(5'050'000, 4, ack, "?"),
          client(5'060'000, 6, fin | ack, "")};
}

std::string classic(auto number, std::uint64_t magic, std::uint64_t fraction) {
  std::string file =
      number(magic, 4) + number(2, 2) + number(4, 2) + number(0, 8) + number(65535, 4) + number(1, 4);
  for (const Frame& frame : frames())
    file += number(frame.at / 1'000'000, 4) + number(frame.at % 1'000'000 * fraction, 4) +
            number(frame.bytes.size(), 4) + number(frame.bytes.size(), 4) + frame.bytes;
  return file;
}

std::string block(std::uint64_t type, std::string body) {
  body.resize((body.size() + 3) / 4 * 4, '\0');
  return little(type, 4) + little(body.size() + 12, 4) + body + little(body.size() + 12, 4);
}
std::string next_generation() {
  std::string file =
      block(0x0a0d0d0a, little(0x1a2b3c4d, 4) + little(1, 2) + little(0, 2) + std::string(8, '\xff'));
  file += block(1, little(1, 2) + little(0, 2) + little(0, 4) + little(9, 2) + little(1, 2) + little(9, 4) +
                       little(0, 4));
  for (const Frame& frame : frames()) {
    const std::uint64_t nano = frame.at * 1000;
    file += block(6, little(0, 4) + little(nano >> 32, 4) + little(nano & 0xffffffff, 4) +
                         little(frame.bytes.size(), 4) + little(frame.bytes.size(), 4) + frame.bytes);
  }
  return file;
}

void expect_stream(const std::string& file) {
  const auto read = read_capture(file);
  ASSERT_TRUE(read.has_value()) << read.assume_error().message;
  const CapturedStream& stream = read.assume_value();
  EXPECT_EQ(to_string(stream.from), "10.0.0.5");
  EXPECT_EQ(stream.from.port, 50000);
  EXPECT_EQ(stream.to.port, 443);
  ASSERT_EQ(stream.pieces.size(), 3u);
  EXPECT_EQ(stream.pieces[0].bytes, "hel");
  EXPECT_EQ(stream.pieces[0].at, Offset(20'000));
  EXPECT_EQ(stream.pieces[1].bytes, "lo");
  EXPECT_EQ(stream.pieces[1].at, Offset(40'000));
  EXPECT_EQ(stream.pieces[2].bytes, "?!");
  EXPECT_EQ(stream.pieces[2].at, Offset(50'000));
  EXPECT_EQ(stream.ends, Offset(60'000));
}

TEST(Capture, IsReadInEachFormat) {
  expect_stream(classic(little, 0xa1b2c3d4, 1));
  expect_stream(classic(big, 0xa1b2c3d4, 1));
  expect_stream(classic(little, 0xa1b23c4d, 1000));
  expect_stream(classic(big, 0xa1b23c4d, 1000));
  expect_stream(next_generation());
}

TEST(Capture, CutAnywhereIsRefusedOrShorterButNeverReadBeyond) {
  for (const std::string& whole : {classic(little, 0xa1b2c3d4, 1), next_generation()})
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string cut(whole.data(), size);
      const auto read = read_capture(cut);
      if (read) {
        EXPECT_LE(read.assume_value().pieces.size(), 3u);
      } else {
        EXPECT_FALSE(read.assume_error().message.empty());
      }
    }
}

TEST(Capture, EveryByteMayBeWrong) {
  for (const std::string& whole : {classic(little, 0xa1b2c3d4, 1), next_generation()})
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string odd = whole;
      odd[at] = static_cast<char>(~odd[at]);
      static_cast<void>(read_capture(odd));
    }
}

TEST(Capture, SaysWhatIsMissing) {
  EXPECT_EQ(read_capture("x").assume_error().message, "this is no capture: it is too short");
  EXPECT_EQ(read_capture("GET / HTTP").assume_error().message, "this is no capture: neither pcap nor pcapng");
  const std::string empty = classic(little, 0xa1b2c3d4, 1).substr(0, 24);
  EXPECT_EQ(read_capture(empty).assume_error().message,
            "the capture has no TCP connection with a SYN or with data");
}

}  // namespace
}  // namespace shunt::analysis
