// Stick tables and stick rules, typed but close to the text.
#pragma once
#include <optional>
#include <string>

#include "graph/stick_table.hpp"
#include "parser/condition_tree.hpp"
#include "parser/expression_tree.hpp"
#include "parser/source.hpp"

namespace shunt::graph::config {

struct StickTableLine {
  StickTable made = {};       // ids are not known yet
  std::string write_to = {};  // the other table's name
};

struct StickRuleLine {
  bool match = false, store = false, response = false;
  std::optional<parser::ExpressionTree> key = {};
  std::string table = {};  // its name; the proxy's own where none is written
  std::optional<parser::ConditionTree> condition = {};
  parser::Span span = {};
};

}  // namespace shunt::graph::config
