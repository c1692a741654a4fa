// Files of patterns and maps that change while the program runs: what is taken over, what is refused and
// stays, and that readers on other threads see the one or the other.
#include "acl/file_sets.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "lab.hpp"
#include "parser/expression_tree.hpp"

namespace shunt::acl::testing {
namespace {

namespace fs = std::filesystem;

// A folder of files, a program that uses them, and what came of the last change.
class Changing : public ::testing::Test {
 protected:
  Changing() {
    std::string name = "/tmp/shunt_sets_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~Changing() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string at(const std::string& name) const { return folder_ + '/' + name; }
  void put(const std::string& name, std::string_view text) const {
    std::ofstream(at(name), std::ios::binary) << text;
  }
  // With %/ for the folder.
  [[nodiscard]] std::string placed(std::string text) const {
    for (std::size_t found; (found = text.find("%/")) != std::string::npos;)
      text.replace(found, 2, folder_ + '/');
    return text;
  }
  void define(const std::string& line) { lab_->define(placed(line)); }
  fetchers::ExpressionId expression(const std::string& text) {
    const auto words = lab_->texts.words(placed(text));
    const auto tree = parser::parse_expression(words.at(0), lab_->sink);
    return lab_->builder.expressions().compile(*tree, fetchers::Place::fe_tcp_content, lab_->sink).value();
  }
  void finish(const Optimisations& optimisations = {}) {
    lab_->builder.check_maps(lab_->sink);
    ASSERT_EQ(lab_->found(), "");
    program_.emplace(lab_->finish(optimisations));
    sets_ = file_sets(*program_);
  }

  // The findings, one a line, refusals with a '!' before them, without the folder.
  std::string change(const std::vector<std::string>& names) {
    std::set<std::string> places;
    for (const std::string& name : names) places.insert(at(name));
    const FileRenewal renewal = renew_files(sets_, places);
    sets_ = with(std::move(sets_), renewal.fresh);
    if (!renewal.fresh.empty()) replace_sets(*program_, renewal.fresh);
    program_->reclaim();
    std::string text;
    for (const FileFinding& finding : renewal.findings)
      text += (finding.refused ? "!" : "") + finding.text + "\n";
    for (std::size_t found; (found = text.find(folder_ + '/')) != std::string::npos;)
      text.erase(found, folder_.size() + 1);
    return text;
  }
  [[nodiscard]] std::string value(fetchers::ExpressionId id) {
    fetchers::Scratch scratch;
    fetchers::Context context{.scratch = &scratch};
    fetchers::Sample sample;
    if (!program_->expressions().evaluate(id, context, sample).found) return "(none)";
    EXPECT_TRUE(fetchers::cast(sample, fetchers::SampleType::str, scratch));
    return std::string(sample.text);
  }
  // The rule of the list that applies to these bytes.
  [[nodiscard]] int rule(RuleListId list, std::string_view bytes) const {
    Arrival arrival(std::string(bytes), true);
    const ListStep step = program_->next(list, 0, arrival.context);
    return step.kind == ListStep::Kind::apply ? static_cast<int>(step.rule) : -1;
  }

  std::string folder_;
  std::unique_ptr<Lab> lab_ = std::make_unique<Lab>();
  std::optional<Program> program_;
  FileSets sets_;
};

TEST_F(Changing, PatternsAreTakenOver) {
  put("list", "a\nb\n");
  define("listed req.payload(0,1) -m str -f %/list");
  const RuleListId list = lab_->list({"if listed"});
  finish();
  EXPECT_EQ(file_places(sets_), std::set{at("list")});
  EXPECT_EQ(rule(list, "b"), 0);
  put("list", "# only\nc\n");
  EXPECT_EQ(change({"list"}), "The file of patterns 'list' was renewed: 1 entry.\n");
  EXPECT_EQ(rule(list, "b"), -1);
  EXPECT_EQ(rule(list, "c"), 0);
  put("list", "");
  EXPECT_EQ(change({"list"}), "The file of patterns 'list' was renewed: 0 entries.\n");
  EXPECT_EQ(rule(list, "c"), -1);
}

// Ladders, merged ACLs and folded constants are made of patterns.
TEST_F(Changing, WhatWasMadeOfPatternsIsMadeAnew) {
  for (const Optimisations& optimisations : {Optimisations{}, Optimisations::none()}) {
    lab_ = std::make_unique<Lab>();
    put("one", "a\n");
    put("two", "b\n");
    const RuleListId list = lab_->list({placed("if { req.payload(0,1) -m str -f %/one }"),
                                        placed("if { req.payload(0,1) -m str -f %/two }"),
                                        placed("if { str(x) -m str -f %/one }")});
    finish(optimisations);
    EXPECT_EQ(rule(list, "a"), 0);
    EXPECT_EQ(rule(list, "b"), 1);
    EXPECT_EQ(rule(list, "x"), -1);
    put("one", "b\n");
    put("two", "a\n");
    EXPECT_EQ(change({"one", "two"}),
              "The file of patterns 'one' was renewed: 1 entry.\n"
              "The file of patterns 'two' was renewed: 1 entry.\n");
    EXPECT_EQ(rule(list, "a"), 1);
    EXPECT_EQ(rule(list, "b"), 0);
    put("one", "x\n");
    static_cast<void>(change({"one"}));
    EXPECT_EQ(rule(list, "x"), 0);
    EXPECT_EQ(rule(list, "b"), 2);
  }
}

TEST_F(Changing, MapsAreTakenOver) {
  put("map", "a 1\n");
  const auto text = expression("str(a),map(%/map,none)");
  const auto number = expression("str(a),map_str_int(%/map)");
  finish();
  EXPECT_EQ(value(text), "1");
  put("map", "a 22\nb 3\n");
  EXPECT_EQ(change({"map"}), "The map 'map' was renewed: 2 entries.\n");
  EXPECT_EQ(value(text), "22");
  EXPECT_EQ(value(number), "22");
  put("map", "b 3\n");
  static_cast<void>(change({"map"}));
  EXPECT_EQ(value(text), "none");
  EXPECT_EQ(value(number), "(none)");
}

TEST_F(Changing, TheSameAgainIsNoChange) {
  put("map", "a 1\n");
  put("list", "a\n");
  define("listed req.payload(0,1) -m str -f %/list");
  const auto text = expression("str(a),map(%/map)");
  finish();
  put("map", "# new\n\na 1\n");
  put("list", "# new\n  a\n");
  EXPECT_EQ(change({"map", "list"}), "");
  EXPECT_EQ(value(text), "1");
}

// With one of its two readings a start would fail, so neither is taken.
TEST_F(Changing, ABadFileIsRefusedForAllItsUses) {
  put("map", "a 1\n");
  put("nets", "10.0.0.0/8\n");
  define("net src -f %/nets");
  define("name req.payload(0,1) -m str -f %/nets");
  const auto text = expression("str(a),map(%/map)");
  const auto number = expression("str(a),map_str_int(%/map)");
  finish();
  put("map", "a 2\nb x\n");
  EXPECT_EQ(change({"map"}),
            "!The map 'map' is not taken over, the old one stays: unable to parse the value 'x' at line 2 of "
            "file 'map'.\n");
  EXPECT_EQ(value(text) + value(number), "11");
  put("nets", "10.0.0.0/8\n10.0.0.0/99\n");
  const std::string told = change({"nets"});
  EXPECT_TRUE(told.starts_with("!The file of patterns 'nets' is not taken over, the old one stays: "))
      << told;
  EXPECT_NE(told.find("10.0.0.0/99"), std::string::npos) << told;
  EXPECT_NE(told.find("line 2 of file 'nets'"), std::string::npos) << told;
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1) << told;
  put("map", "a 2\n");
  EXPECT_EQ(change({"map"}), "The map 'map' was renewed: 1 entry.\n");
  EXPECT_EQ(value(text) + value(number), "22");
}

TEST_F(Changing, AFileThatIsGoneIsRefusedUnlessItMayBeMissing) {
  put("list", "a\n");
  put("maybe", "b\n");
  define("listed req.payload(0,1) -m str -f %/list");
  define("perhaps req.payload(0,1) -m str -f opt@%/maybe");
  define("later req.payload(0,1) -m str -f opt@%/later");
  define("virtual req.payload(0,1) -m str -f virt@%/virtual");
  const RuleListId list = lab_->list({"if listed", "if perhaps", "if later", "if virtual"});
  finish();
  EXPECT_EQ(file_places(sets_), (std::set{at("list"), at("maybe"), at("later")}));
  fs::remove(at("list"));
  fs::remove(at("maybe"));
  put("later", "c\n");
  EXPECT_EQ(
      change({"list", "maybe", "later"}),
      "The file of patterns 'later' was renewed: 1 entry.\n"
      "!The file of patterns 'list' is not taken over, the old one stays: it can't be read (No such file "
      "or directory).\n"
      "The file of patterns 'maybe' was renewed: 0 entries.\n");
  EXPECT_EQ(rule(list, "a"), 0);
  EXPECT_EQ(rule(list, "b"), -1);
  EXPECT_EQ(rule(list, "c"), 2);
}

TEST_F(Changing, FlagsStayAsTheyAre) {
  put("list", "A\n");
  put("map", "a first\n");
  define("folded req.payload(0,1) -m str -i -f %/list");
  define("keys req.payload(0,1) -m str -M -f %/map");
  const RuleListId list = lab_->list({"if folded", "if keys"});
  finish();
  put("list", "B\n");
  put("map", "c second\n");
  static_cast<void>(change({"list", "map"}));
  EXPECT_EQ(rule(list, "b"), 0);
  EXPECT_EQ(rule(list, "c"), 1);
  EXPECT_EQ(rule(list, "s"), -1);
}

// Relative names mean the file that was read at the start, wherever the process is now.
TEST_F(Changing, PlacesAreAbsolute) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  put("list", "a\n");
  define("listed req.payload(0,1) -m str -f list");
  finish();
  fs::current_path(before);
  EXPECT_EQ(file_places(sets_), std::set{at("list")});
  put("list", "b\n");
  EXPECT_EQ(change({"list"}), "The file of patterns 'list' was renewed: 1 entry.\n");
}

// Two lists are never half new: a walk finds its byte in exactly one of them.
TEST_F(Changing, ReadersSeeAllOrNothing) {
  put("even", "a\n");
  put("odd", "b\n");
  put("map", "a 1\n");
  const RuleListId list = lab_->list({placed("if { req.payload(0,1) -m str -f %/even } { req.len gt 0 }"),
                                      placed("if { req.len gt 0 } { req.payload(0,1) -m str -f %/odd }")});
  const auto mapped = expression("str(a),map(%/map)");
  finish();
  std::atomic<bool> stop = false;
  std::atomic<int> walks = 0, faults = 0;
  const auto walk = [&] {
    while (!stop) {
      if (rule(list, "a") < 0) ++faults;
      const std::string text = value(mapped);
      if (text != "1" && text != "2") ++faults;
      ++walks;
    }
  };
  std::thread first(walk), second(walk);
  for (int i = 0; i < 200 || walks < 1000; ++i) {
    put("even", i % 2 == 0 ? "b\n" : "a\n");
    put("odd", i % 2 == 0 ? "a\n" : "b\n");
    put("map", i % 2 == 0 ? "a 2\n" : "a 1\n");
    // Nothing is reclaimed: nobody knows here where the readers are.
    const FileRenewal renewal = renew_files(sets_, {at("even"), at("odd"), at("map")});
    EXPECT_EQ(renewal.fresh.size(), 3u);
    sets_ = with(std::move(sets_), renewal.fresh);
    replace_sets(*program_, renewal.fresh);
  }
  stop = true;
  first.join();
  second.join();
  EXPECT_EQ(faults, 0);
}

}  // namespace
}  // namespace shunt::acl::testing
