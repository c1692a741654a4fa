// Drawings: what is drawn, what is folded, and the texts of the formats.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/core.h>

#include "analysis/drawing/escape.hpp"
#include "analysis/drawing/writers.hpp"
#include "graph/load.hpp"

namespace shunt::analysis::drawing {
namespace {

constexpr std::string_view defaults =
    "defaults\n mode tcp\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n";

Drawing drawn(const std::string& text) {
  const auto loaded = graph::load_text("x.cfg", std::string(defaults) + text, {.resolve_names = false});
  for (const auto& finding : loaded->sink.all())
    EXPECT_NE(finding.severity, parser::Severity::error) << finding.message;
  if (!loaded->graph) return {};
  return draw(*loaded->graph, loaded->sources, loaded->sink.all());
}

const Node& node(const Drawing& drawing, std::string_view id) {
  for (const Node& each : drawing.nodes)
    if (each.id == id) return each;
  static const Node missing{.id = {}, .title = "missing"};
  ADD_FAILURE() << id << " is missing";
  return missing;
}

// Boxes side by side, as no Graphviz is needed to test the writers.
Layout in_a_row(const Sheet& sheet, const Frames& frames) {
  Layout layout;
  for (const Frame& frame : frames) {
    layout.boxes.push_back({layout.width, 0});
    layout.width += frame.width + 40;
    layout.height = std::max(layout.height, frame.height);
  }
  for (std::size_t i = 0; i < sheet.arrows.size(); ++i)
    layout.arrows.push_back({{0, 0}, {5, 0}, {5, 5}, {10, 5}});
  return layout;
}

std::string read(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// ---- golden texts

struct Golden {
  std::string name;
  std::size_t limit;
};
class DrawingGolden : public testing::TestWithParam<Golden> {};

TEST_P(DrawingGolden, IsAsItWas) {
  const std::string base = fmt::format("{}/tests/analysis/drawings/{}", SHUNT_SOURCE_DIR, GetParam().name);
  const auto loaded =
      graph::load_text(GetParam().name + ".cfg", read(base + ".cfg"), {.resolve_names = false});
  ASSERT_NE(loaded->graph, nullptr);
  const Drawing drawing = draw(*loaded->graph, loaded->sources, loaded->sink.all());
  const Sheet sheet = fold(drawing, {}, {.limit = GetParam().limit});
  for (const auto& [suffix, text] : {std::pair(".dot", dot(sheet)), std::pair(".mmd", mermaid(sheet))}) {
    if (std::getenv("SHUNT_UPDATE_GOLDEN") != nullptr) std::ofstream(base + suffix, std::ios::binary) << text;
    EXPECT_EQ(read(base + suffix), text) << base << suffix;
  }
}
INSTANTIATE_TEST_SUITE_P(Files, DrawingGolden,
                         testing::Values(Golden{"hops", 12}, Golden{"names", 12}, Golden{"ladder", 3}),
                         [](const auto& each) { return each.param.name; });

// ---- the model

TEST(Drawing, KnowsTheWaysOfAConnection) {
  const Drawing drawing = drawn(
      "frontend web\n bind 127.0.0.1:80\n use_backend a if { src 10.0.0.1 }\n default_backend b\n"
      "backend a\n server s abns@x\nbackend b\n server s 127.0.0.1:81\n"
      "frontend in\n bind abns@x\n bind 127.0.0.1:81\n");
  std::set<std::string> ways;
  for (const Edge& edge : drawing.edges)
    ways.insert(fmt::format(
        "{} {} {}",
        edge.row == nothing ? drawing.nodes[edge.from].id : drawing.nodes[edge.from].rows[edge.row].id,
        static_cast<int>(edge.way), drawing.nodes[edge.to].id));
  EXPECT_EQ(ways, (std::set<std::string>{
                      "bind:in/1 0 frontend:in", "bind:in/2 0 frontend:in", "bind:web/1 0 frontend:web",
                      "frontend:web/use_backend/1 0 backend:a", "frontend:web/default_backend 1 backend:b",
                      "backend:a/server/s 3 bind:in/1", "backend:b/server/s 4 bind:in/2"}));
  EXPECT_EQ(node(drawing, "frontend:in").rows.back().outcome, Outcome::closes);
}

TEST(Drawing, RowsAreWholeLines) {
  const Drawing drawing = drawn(
      "frontend web\n bind 127.0.0.1:80\n tcp-request inspect-delay 5s\n"
      "    tcp-request  content   accept if { req.len gt 0 }\n default_backend b\nbackend b\n server s "
      "127.0.0.1:81\n");
  const Node& web = node(drawing, "frontend:web");
  EXPECT_EQ(web.rows[0].text, "accept if { req.len gt 0 }");
  EXPECT_EQ(web.rows[0].written, "tcp-request content accept if { req.len gt 0 }");
  EXPECT_EQ(web.rows[0].outcome, Outcome::ends_list);
  EXPECT_EQ(web.tags, std::vector<std::string>{"waits up to 5 s"});
}

TEST(Drawing, ComputedNamesLeadWhereTheyMay) {
  const Drawing drawing = drawn(
      "frontend web\n bind 127.0.0.1:80\n use_backend be_%[src]_x\n"
      "backend be_1_x\n server s 127.0.0.1:81\nbackend be_1_y\n server s 127.0.0.1:81\nbackend other\n "
      "server s 127.0.0.1:81\n");
  std::vector<std::string> to;
  for (const Edge& edge : drawing.edges)
    if (edge.way == Way::computed) to.push_back(drawing.nodes[edge.to].id);
  EXPECT_EQ(to, std::vector<std::string>{"backend:be_1_x"});
}

TEST(Drawing, FindingsStandAtTheirLine) {
  const auto loaded = graph::load_text(
      "x.cfg",
      std::string(defaults) +
          "frontend web\n bind 127.0.0.1:80\n use_backend b if { src 10.0.0.1 }\n"
          " acl unused src 10.0.0.1\nbackend b\n server s 127.0.0.1:81\nglobal\n maxconn 10\n",
      {.resolve_names = false});
  ASSERT_NE(loaded->graph, nullptr);
  static constexpr parser::Code code{.name = "some-code"};
  std::vector<parser::Diagnostic> findings;
  const std::string_view text = loaded->sources.bytes(0);
  for (const std::string_view at : {"use_backend", "acl unused", "server s", "maxconn"}) {
    const auto begin = static_cast<std::uint32_t>(text.find(at));
    findings.push_back({.code = &code, .span = {0, begin + 4, begin + 5}, .message = std::string(at)});
  }
  findings.push_back({.code = &code, .message = "nowhere"});
  const Drawing drawing = draw(*loaded->graph, loaded->sources, findings);
  EXPECT_EQ(node(drawing, "frontend:web").rows[0].findings, std::vector<std::uint32_t>{0});
  EXPECT_EQ(node(drawing, "frontend:web").findings, std::vector<std::uint32_t>{1});
  EXPECT_EQ(node(drawing, "backend:b").rows[0].findings, std::vector<std::uint32_t>{2});
  EXPECT_EQ(drawing.findings[3].node, nothing);
  EXPECT_EQ(drawing.findings[4].node, nothing);
}

// ---- --only

TEST(Only, KeepsWhatLeadsThereAndOn) {
  const Drawing whole = drawn(
      "frontend web\n bind 127.0.0.1:80\n use_backend a if { src 10.0.0.1 }\n use_backend b if { src "
      "10.0.0.2 }\n"
      " use_backend c if { src 10.0.0.3 }\n default_backend a\nbackend a\n server s abns@x\nbackend b\n "
      "server s 127.0.0.1:81\n"
      "backend c\n server s 127.0.0.1:82\nfrontend in\n bind abns@x\n default_backend c\nfrontend away\n "
      "bind 127.0.0.1:99\n");
  const std::vector<std::string> names = {"b"};
  const auto part = only(whole, names);
  ASSERT_TRUE(part.has_value());
  const Drawing& drawing = part.assume_value();
  std::set<std::string> ids;
  for (const Node& each : drawing.nodes) ids.insert(each.id);
  EXPECT_EQ(ids, (std::set<std::string>{"bind:web/1", "frontend:web", "backend:b"}));
  std::vector<std::string> texts;
  for (const Row& row : node(drawing, "frontend:web").rows) texts.push_back(row.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"1 rule leads elsewhere", "if { src 10.0.0.2 }",
                                             "2 rules lead elsewhere"}));
  for (const Edge& edge : drawing.edges) ASSERT_LT(edge.to, drawing.nodes.size());
}

TEST(Only, SaysWhatIsUnknown) {
  const Drawing whole = drawn("frontend website\n bind 127.0.0.1:80\n");
  const std::vector<std::string> names = {"webstie"};
  const auto part = only(whole, names);
  ASSERT_FALSE(part.has_value());
  EXPECT_EQ(part.assume_error().unknown, "webstie");
  EXPECT_EQ(part.assume_error().nearest, "website");
}

// ---- folding

std::string ladder(std::size_t count) {
  std::string text = "frontend tls\n bind 127.0.0.1:443\n";
  for (std::size_t i = 0; i < count; ++i)
    text += fmt::format(" use_backend b{} if {{ req.ssl_sni -i n{}.example }}\n", i, i);
  text += " default_backend rest\nbackend rest\n server s 127.0.0.1:80\n";
  for (std::size_t i = 0; i < count; ++i)
    text += fmt::format("backend b{}\n server s 127.0.0.1:{}\n", i, 1000 + i);
  return text;
}

// Every node is in one box, every row on one line or in a folded box, every edge under one arrow.
void expect_complete(const Drawing& drawing, const Sheet& sheet) {
  std::vector<int> seen(drawing.nodes.size(), 0);
  for (const Box& box : sheet.boxes)
    for (const std::uint32_t each : box.nodes) ++seen[each];
  for (const int count : seen) EXPECT_EQ(count, 1);
  std::size_t edges = 0;
  for (const Arrow& arrow : sheet.arrows) edges += arrow.count;
  EXPECT_EQ(edges, drawing.edges.size());
  for (std::uint32_t i = 0; i < drawing.nodes.size(); ++i)
    for (std::uint32_t row = 0; row < drawing.nodes[i].rows.size(); ++row)
      EXPECT_EQ(sheet.line_of[i][row] == nothing, sheet.boxes[sheet.box_of[i]].folded());
}

TEST(Fold, ALadderIsOneLineAndItsBackendsOneBox) {
  const Drawing drawing = drawn(ladder(1000));
  const Sheet sheet = fold(drawing, {}, {});
  expect_complete(drawing, sheet);
  EXPECT_EQ(sheet.boxes.size(), 4u);
  const Box& front = sheet.boxes[sheet.box_of[drawing.frontends[0]]];
  ASSERT_EQ(front.lines.size(), 3u);
  EXPECT_EQ(front.lines[1].text, "1,000 rules on req.ssl_sni -i");
  EXPECT_EQ(front.lines[1].rows.size(), 1000u);
  EXPECT_EQ(front.lines[2].target, "rest");
}

TEST(Fold, FewThingsStayApart) {
  const Drawing drawing = drawn(ladder(12));
  const Sheet sheet = fold(drawing, {}, {});
  expect_complete(drawing, sheet);
  EXPECT_EQ(sheet.boxes.size(), drawing.nodes.size());
}

TEST(Fold, NothingIsFoldedWithALimitOfNone) {
  const Drawing drawing = drawn(ladder(40));
  const Sheet sheet = fold(drawing, {}, {.limit = 0});
  expect_complete(drawing, sheet);
  EXPECT_EQ(sheet.boxes.size(), drawing.nodes.size());
  for (const Box& box : sheet.boxes)
    for (const BoxLine& line : box.lines) EXPECT_LE(line.rows.size(), 1u);
}

TEST(Fold, WhatIsLitStaysApart) {
  const Drawing drawing = drawn(ladder(300));
  Light light;
  light.add(drawing.frontends[0], 150, Glow::taken);
  light.add(drawing.frontends[0], nothing, Glow::taken);
  const std::uint32_t backend = drawing.backends[152];
  light.add(backend, nothing, Glow::taken);
  const Sheet sheet = fold(drawing, light, {});
  expect_complete(drawing, sheet);
  EXPECT_EQ(sheet.boxes[sheet.box_of[backend]].nodes.size(), 1u);
  const std::uint32_t line = sheet.line_of[drawing.frontends[0]][150];
  EXPECT_EQ(sheet.boxes[sheet.box_of[drawing.frontends[0]]].lines[line].rows.size(), 1u);
}

// Sections that differ in what they look like and in their ways.
TEST(Fold, StaysReadableWhateverComes) {
  std::string text;
  for (int i = 0; i < 400; ++i) {
    text += fmt::format(
        "listen l{0}\n bind 127.0.0.1:{1}\n tcp-request inspect-delay {0}s\n tcp-request content accept if "
        "{{ req.len gt {0} }}\n",
        i, 2000 + i);
    for (int s = 0; s <= i % 7; ++s)
      text += fmt::format(" server s{} 127.0.0.1:{}\n", s, i % 2 == 0 ? 2000 + (i * 7 + s) % 400 : 9000 + i);
  }
  const Drawing drawing = drawn(text);
  const Sheet sheet = fold(drawing, {}, {});
  expect_complete(drawing, sheet);
  EXPECT_LE(sheet.boxes.size(), 60u);
}

TEST(Fold, ManyRulesThatAreNotAlikeAreCut) {
  std::string text = "frontend f\n bind 127.0.0.1:80\n";
  for (int i = 0; i < 200; ++i)
    text += fmt::format(" use_backend b if {{ src,ipmask({}) 10.0.0.1 }}\n", i % 30 + 1);
  const Drawing drawing = drawn(text + " default_backend b\nbackend b\n server s 127.0.0.1:81\n");
  const Sheet sheet = fold(drawing, {}, {});
  expect_complete(drawing, sheet);
  const Box& box = sheet.boxes[sheet.box_of[drawing.frontends[0]]];
  EXPECT_LE(box.lines.size(), 30u);
  EXPECT_EQ(box.lines.back().target, "b");
}

// ---- texts

struct Escape {
  std::string_view from, xml, dot, mermaid;
};
class DrawingEscape : public testing::TestWithParam<Escape> {};
TEST_P(DrawingEscape, IsHarmless) {
  EXPECT_EQ(for_xml(GetParam().from), GetParam().xml);
  EXPECT_EQ(for_dot(GetParam().from), GetParam().dot);
  EXPECT_EQ(for_mermaid(GetParam().from), GetParam().mermaid);
}
INSTANTIATE_TEST_SUITE_P(
    All, DrawingEscape,
    testing::Values(
        Escape{"a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;", "a<b>&\\\"'", "a#lt;b#gt;#amp;#quot;'"},
        Escape{std::string_view("\xff\0z", 3), "\\xff\\x00z", "\\\\xff\\\\x00z", "#92;xff#92;x00z"},
        Escape{"a\nb", "a\\x0ab", "a\\\\x0ab", "a#92;x0ab"},
        Escape{"#35; %% `x` |", "#35; %% `x` |", "#35; %% `x` |", "#35;35#59; #37;#37; #96;x#96; #124;"},
        Escape{"\u202eabc", "\\xe2\\x80\\xaeabc", "\\\\xe2\\\\x80\\\\xaeabc", "#92;xe2#92;x80#92;xaeabc"},
        Escape{"grün 猫", "grün 猫", "grün 猫", "grün 猫"}));

TEST(DrawingEscape, ClipsByColumns) {
  EXPECT_EQ(clipped("abcdef", 6), "abcdef");
  EXPECT_EQ(clipped("abcdefg", 6), "abcde…");
  EXPECT_EQ(clipped("猫猫猫猫", 6), "猫猫…");
  EXPECT_EQ(columns("猫a"), 3u);
}

TEST(DrawingPage, HoldsTheDataAndNothingThatRuns) {
  const Drawing drawing = drawn(
      "frontend f\n bind 127.0.0.1:80\n use_backend b if { req.ssl_sni \"</script><img src=x onerror=y>\" "
      "\"&\" }\n"
      "backend b\n server s 127.0.0.1:81\n");
  const Sheet sheet = fold(drawing, {}, {});
  const Frames frames = frames_of(sheet);
  const std::string page = html(drawing, sheet, {}, frames, in_a_row(sheet, frames));
  EXPECT_EQ(page.find("<img"), std::string::npos);
  const std::string_view mark = "id=\"data\">";
  const std::size_t begin = page.find(mark) + mark.size(), end = page.find("</script>", begin);
  const auto data = boost::json::parse(page.substr(begin, end - begin)).as_object();
  const auto& front = data.at("nodes").as_array()[1].as_object();
  EXPECT_EQ(front.at("r").as_array()[0].as_array()[0],
            "if { req.ssl_sni \"</script><img src=x onerror=y>\" \"&\" }");
  EXPECT_EQ(data.at("edges").as_array().size(), drawing.edges.size());
  for (const char* foreign : {"http://", "https://", "url(", "@import", "src="})
    for (std::size_t at = 0; (at = page.find(foreign, at)) != std::string::npos; ++at)
      EXPECT_TRUE(page.compare(at, 26, "http://www.w3.org/2000/svg") == 0 ||
                  page.compare(at, 5, "src=x") == 0)
          << page.substr(at, 60);
}

TEST(DrawingPicture, EveryColourIsDefined) {
  const Drawing drawing = drawn(ladder(3));
  const Sheet sheet = fold(drawing, {}, {});
  const Frames frames = frames_of(sheet);
  const std::string picture = svg(sheet, frames, in_a_row(sheet, frames));
  EXPECT_EQ(picture.find("var("), std::string::npos);
  EXPECT_EQ(picture.find("undefined"), std::string::npos);
  EXPECT_NE(picture.find("prefers-color-scheme: dark"), std::string::npos);
}

}  // namespace
}  // namespace shunt::analysis::drawing
