// What is drawn: boxes with lines and arrows between them. Things that are alike share a box or a line, so
// that a configuration of any size stays a picture.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/drawing/light.hpp"
#include "analysis/drawing/model.hpp"

namespace shunt::analysis::drawing {

// Of a box.
struct BoxLine {
  enum class Kind : std::uint8_t {
    heading,  // of a part
    row,      // one row
    run,      // rows that are alike
    members   // of a box that stands for many nodes: these
  } kind = Kind::row;
  std::string text;
  std::string target = {};  // at the right end
  std::string sample = {};  // run, members: the first of them
  Outcome outcome = Outcome::goes_on;
  bool leads = false;                    // `target` is where a rule leads
  std::vector<std::uint32_t> rows = {};  // row, run: of the box's node
  std::uint32_t findings = 0;
  Glow glow = Glow::none;
};

struct Box {
  Kind kind = Kind::bind;
  std::string id;     // the node's, or "fold:N"
  std::string title;  // "web", "1,000 backends"
  std::vector<std::string> tags = {};
  std::vector<BoxLine> lines = {};
  std::vector<std::uint32_t> nodes = {};  // one, or those that are alike
  bool disabled = false;
  std::uint32_t findings = 0;  // of the nodes themselves; with those of rows where rows are not shown
  parser::Severity worst = parser::Severity::notice;  // of all findings inside
  Glow glow = Glow::none;

  [[nodiscard]] bool folded() const { return nodes.size() > 1; }
};

struct Arrow {
  std::uint32_t from = 0;
  std::uint32_t line = nothing;  // of `from`; nothing: its head
  std::uint32_t to = 0;
  Way way = Way::flow;
  std::size_t count = 1;  // edges that it stands for
  bool lit = false;
};

struct Sheet {
  std::string title;
  std::vector<Box> boxes;
  std::vector<Arrow> arrows;
  bool has_light = false;
  // Where nodes and rows are drawn: a box, and one of its lines or nothing.
  std::vector<std::uint32_t> box_of = {};
  std::vector<std::vector<std::uint32_t>> line_of = {};
};

struct FoldOptions {
  std::size_t limit = 12;   // more that are alike become one; 0: nothing is folded
  std::size_t budget = 60;  // boxes of a sheet; where there are more, what is less alike is folded, too
};

// What is lit is never folded.
[[nodiscard]] Sheet fold(const Drawing& drawing, const Light& light, const FoldOptions& options);

}  // namespace shunt::analysis::drawing
