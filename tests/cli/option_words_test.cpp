// The walk through the words behind a verb.
#include "cli/option_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/graph_options.hpp"

namespace shunt::cli {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::string_view takes_one[] = {"--limit", "-o"};

// "file:a --limit=5 --json": each file and each option with its value.
std::string walked(const Words& words, Dashes least = Dashes::one) {
  std::string text;
  for (OptionWords given(words, least); given.next();) {
    if (!text.empty()) text += ' ';
    if (given.is_file()) {
      text += "file:" + std::string(given.word());
      continue;
    }
    if (given.word() == "--") given.only_files_follow();
    const std::string name(given.name());
    const auto value = given.value(std::ranges::find(takes_one, name) != std::end(takes_one));
    text += name + (value ? "=" + std::string(*value) : " lacks its value");
  }
  return text;
}

TEST(OptionWords, AreToldFromFiles) {
  EXPECT_EQ(walked({}), "");
  EXPECT_EQ(walked({"a", "--json", "b"}), "file:a --json= file:b");
  EXPECT_EQ(walked({"a=b", ""}), "file:a=b file:");
  EXPECT_EQ(walked({"-a", "-"}), "-a= -=");
  EXPECT_EQ(walked({"-a", "-", "--b"}, Dashes::two), "file:-a file:- --b=");
}

TEST(OptionWords, ValuesStandBehindTheSignOrAreTheNextWord) {
  EXPECT_EQ(walked({"--limit", "5", "a"}), "--limit=5 file:a");
  EXPECT_EQ(walked({"--limit=5", "a"}), "--limit=5 file:a");
  EXPECT_EQ(walked({"--limit=", "a"}), "--limit= file:a");
  EXPECT_EQ(walked({"--limit=a=b"}), "--limit=a=b");
  EXPECT_EQ(walked({"--limit", "--json"}), "--limit=--json");
  EXPECT_EQ(walked({"-o", "x", "-o=x"}), "-o=x -o=x=");  // "=" belongs to long names alone
  EXPECT_EQ(walked({"a", "--limit"}), "file:a --limit lacks its value");
}

TEST(OptionWords, WhatFollowsTwoDashesAreFilesWhereAVerbSaysSo) {
  EXPECT_EQ(walked({"--json", "--", "--json", "--", "-o"}), "--json= --= file:--json file:-- file:-o");
}

TEST(OptionWords, FaultsAreSentences) {
  const Words known = {"--format", "--limit"};
  EXPECT_EQ(unknown_option("--formt", known), "unknown option '--formt'; did you mean '--format'?");
  EXPECT_EQ(unknown_option("--zzz", known), "unknown option '--zzz'");
  EXPECT_EQ(missing_value("--limit", "N"), "option '--limit' needs N behind it");
  EXPECT_EQ(refused_value("--limit", "N", "x"), "option '--limit' takes N, not 'x'");
  EXPECT_EQ(with_value("--limit", "N"), "--limit N");
  EXPECT_EQ(with_value("--json", ""), "--json");
}

std::string refused(const Words& words) {
  const auto options = parse_graph_options(words);
  return options ? "accepted" : options.assume_error().message;
}

TEST(GraphOptions, AreThoseOfTheVerbAndOfItsClient) {
  const auto made = parse_graph_options({"a", "-o", "x.dot", "--fold=3", "--sni", "b.test", "--only=p", "b"});
  ASSERT_TRUE(made);
  const GraphOptions& options = made.assume_value();
  EXPECT_EQ(options.files, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(options.fold, 3U);
  EXPECT_EQ(options.only, std::vector<std::string>{"p"});
  EXPECT_EQ(options.client.hello->sni, "b.test");
  EXPECT_TRUE(options.path);
  EXPECT_EQ(format_of(options), PictureFormat::dot);
}

TEST(GraphOptions, WrongOnesAreRefused) {
  EXPECT_EQ(refused({"--path"}), "no file given");
  EXPECT_EQ(refused({"a", "--formt=svg"}), "unknown option '--formt'; did you mean '--format'?");
  EXPECT_EQ(refused({"a", "--snj", "x"}), "unknown option '--snj'; did you mean '--sni'?");
  EXPECT_EQ(refused({"a", "sni", "-sni"}), "unknown option '-sni'; did you mean '--sni'?");
  EXPECT_EQ(refused({"a", "--fold"}), "option '--fold' needs NUMBER behind it");
  EXPECT_EQ(refused({"a", "--sni"}), "option '--sni' needs NAME behind it");
  EXPECT_EQ(refused({"a", "--fold=x"}), "option '--fold' takes NUMBER, not 'x'");
  EXPECT_EQ(refused({"a", "--from", "x"}).substr(0, 16), "option '--from':");
}

}  // namespace
}  // namespace shunt::cli
