// Indexes against comparing one by one, over random lists and values from small alphabets (fixed seeds).
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "acl/fold.hpp"
#include "acl/pattern_set.hpp"

namespace shunt::acl {
namespace {

using fetchers::Sample;
using fetchers::SampleType;

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t limit) { return random() % limit; }

std::string random_text(Random& random, std::string_view alphabet, std::size_t most) {
  std::string text(below(random, most + 1), ' ');
  for (char& c : text) c = alphabet[below(random, alphabet.size())];
  return text;
}

std::string random_number(Random& random) {
  const int low = static_cast<int>(below(random, 200)) - 20;
  switch (below(random, 4)) {
    case 0: return ":" + std::to_string(low);
    case 1: return std::to_string(low + 20) + ":";
    case 2:
      return std::to_string(low + 20) + ":" + std::to_string(low + 20 + static_cast<int>(below(random, 30)));
    default: return std::to_string(low + 20);
  }
}

// Few bits vary, so that networks nest and touch.
std::string random_network(Random& random) {
  const auto part = [&] {
    return std::to_string(std::vector<int>{0, 1, 2, 127, 128, 255}[below(random, 6)]);
  };
  if (below(random, 3) == 0)
    return "::ffff:" + part() + "." + part() + "." + part() + "." + part() + "/" +
           std::to_string(below(random, 129));
  if (below(random, 5) == 0) return "2002:" + part() + "::/" + std::to_string(below(random, 129));
  const std::string mask = below(random, 6) == 0 ? "255.0.255.0" : std::to_string(below(random, 33));
  return part() + "." + part() + "." + part() + "." + part() + "/" + mask;
}

std::string random_pattern(Random& random, MatchMethod method) {
  switch (method) {
    case MatchMethod::integer:
    case MatchMethod::len: return random_number(random);
    case MatchMethod::ip: return random_network(random);
    case MatchMethod::bin: return below(random, 2) != 0 ? "61" : "6162";
    case MatchMethod::reg: return random_text(random, "ab.*", 0) + "a";
    default: return random_text(random, "abAB./:", 6) + "a";
  }
}

Sample random_sample(Random& random, MatchMethod method, std::string& storage) {
  Sample sample;
  if (method == MatchMethod::integer) {
    sample.set_integer(static_cast<std::int64_t>(below(random, 260)) - 40);
  } else if (method == MatchMethod::ip) {
    sample.type = below(random, 2) != 0 ? SampleType::ipv4 : SampleType::ipv6;
    constexpr std::uint8_t bytes[] = {0, 1, 2, 127, 128, 255};
    for (auto& byte : sample.address) byte = bytes[below(random, 6)];
    if (sample.type == SampleType::ipv6 && below(random, 2) != 0) {
      std::fill_n(sample.address.begin(), 12, std::uint8_t{0});
      if (below(random, 2) != 0) sample.address[10] = sample.address[11] = 0xff;
    } else if (below(random, 4) == 0) {
      sample.address[0] = 0x20, sample.address[1] = 0x02;
    }
  } else {
    storage = random_text(random, std::string_view("abAB./:?\0", 9), 24);
    sample.set_string(storage);
  }
  return sample;
}

class RandomPatterns : public ::testing::TestWithParam<std::tuple<MatchMethod, bool>> {};

TEST_P(RandomPatterns, IndexAnswersLikeTheList) {
  const auto [method, ignore_case] = GetParam();
  Random random(static_cast<unsigned>(method) * 2 + ignore_case);
  std::size_t hits = 0, misses = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<PatternText> patterns(below(random, 40));
    for (PatternText& pattern : patterns) pattern.text = random_pattern(random, method);
    parser::DiagnosticSink sink;
    const auto indexed = PatternSet::build({.method = method, .ignore_case = ignore_case}, patterns, sink);
    const auto plain =
        PatternSet::build({.method = method, .ignore_case = ignore_case, .index = false}, patterns, sink);
    ASSERT_FALSE(sink.has_errors()) << sink.all()[0].message;
    for (int i = 0; i < 50; ++i) {
      std::string storage;
      const Sample sample = random_sample(random, method, storage);
      const std::uint32_t expected = plain->match(sample);
      ASSERT_EQ(indexed->match(sample), expected)
          << "round " << round << " value '" << storage << "' " << sample.integer;
      ++(expected == PatternSet::no_entry ? misses : hits);
    }
  }
  EXPECT_GT(hits, 100u);
  EXPECT_GT(misses, 100u);
}

INSTANTIATE_TEST_SUITE_P(
    Methods, RandomPatterns,
    ::testing::Combine(::testing::Values(MatchMethod::integer, MatchMethod::len, MatchMethod::ip,
                                         MatchMethod::str, MatchMethod::beg, MatchMethod::end,
                                         MatchMethod::sub, MatchMethod::dir, MatchMethod::dom),
                       ::testing::Bool()));

TEST(Folding, EightBytesAtATimeFoldLikeOne) {
  for (unsigned c = 0; c < 256; ++c) {
    for (unsigned at = 0; at < 8; ++at) {
      std::string text = "Az[@`{\xc1\xdaZ";
      text[at] = static_cast<char>(c);
      std::string expected = text.substr(0, 8);
      for (char& byte : expected) byte = fold(byte);
      EXPECT_EQ(fold8(load(text.data(), 8)), load(expected.data(), 8)) << c << " at " << at;
    }
  }
}

TEST(ManyPatterns, TenThousandAreFound) {
  std::vector<PatternText> patterns;
  for (int i = 0; i < 10000; ++i) patterns.push_back({.text = "host-" + std::to_string(i) + ".Example.com"});
  parser::DiagnosticSink sink;
  for (const MatchMethod method : {MatchMethod::str, MatchMethod::beg, MatchMethod::end, MatchMethod::dom}) {
    const auto set = PatternSet::build({.method = method, .ignore_case = true}, patterns, sink);
    for (std::uint32_t i = 0; i < patterns.size(); i += 97) {
      const std::string text = "HOST-" + std::to_string(i) + ".example.COM";
      Sample sample;
      sample.set_string(text);
      ASSERT_EQ(set->match(sample), i) << method_name(method);
    }
  }
}

}  // namespace
}  // namespace shunt::acl
