// Does any connection change its fate between two configurations? Found out with witnesses, not proved.
#pragma once
#include <string>
#include <vector>

#include "analysis/diff/witnesses.hpp"
#include "graph/load.hpp"

namespace shunt::analysis {

struct CompareOptions {
  std::size_t limit = 20000;  // witnesses in all; 0: as many as there are
};

// What became of a witness on one side.
struct SideFate {
  std::string fate = {};     // as a person reads it
  std::string decided = {};  // how long it took
  // The rules that led there: "FILE:LINE" and the line.
  struct Decision {
    std::string place = {}, line = {};
    friend bool operator==(const Decision&, const Decision&) = default;
  };
  std::vector<Decision> decisions = {};
};

// Connections that change in the same way.
struct Change {
  std::string bind = {};
  std::vector<std::string> what = {};  // "backend", "servers", "wait", "certificate", "PROXY header", "end"
  SideFate before = {}, after = {};
  std::string witness = {};  // the shortest, as flags of `shunt explain`
  std::size_t count = 0;
};

struct BindChange {
  bool added = false;
  std::string bind = {};
  SideFate::Decision at = {};
};

struct Comparison {
  std::vector<BindChange> binds = {};
  std::vector<Change> changes = {};
  std::size_t witnesses = 0, compared_binds = 0;
  bool limited = false;                   // there were more witnesses than the limit
  std::vector<std::string> caveats = {};  // why "none found" isn't "none there"
  std::vector<std::string> untried = {};  // use_backend rules that no witness came to: FILE:LINE
  std::size_t untried_count = 0;          // all of them

  [[nodiscard]] bool differs() const { return !binds.empty() || !changes.empty(); }
};

[[nodiscard]] Comparison compare(const graph::Loaded& before, const graph::Loaded& after,
                                 const CompareOptions& options);

[[nodiscard]] std::string text_form(const Comparison& comparison);
[[nodiscard]] std::string json_form(const Comparison& comparison);

}  // namespace shunt::analysis
