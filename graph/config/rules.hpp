// Rules and ACLs, and what is known of rules that are only checked.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/config/setting.hpp"
#include "graph/config/tables.hpp"
#include "graph/rules.hpp"
#include "parser/condition_tree.hpp"
#include "parser/expression_tree.hpp"
#include "parser/log_format_tree.hpp"
#include "parser/source.hpp"
#include "parser/syntax.hpp"

namespace shunt::graph::config {

struct TcpRule {
  ActionKind action = ActionKind::accept;
  Text variable = {};  // "txn.name"
  std::optional<parser::ExpressionTree> expression = {};
  std::optional<parser::LogFormatTree> format = {};
  std::string format_text = {};             // do-resolve: the name of the section
  std::optional<std::int64_t> number = {};  // a value that is no expression
  std::uint32_t slot = 0;                   // capture, or the tracked counter
  std::uint32_t index = 0;                  // of a counter or tag in an array
  std::string table = {};                   // track_sc
  std::optional<parser::ConditionTree> condition = {};
  parser::Span span = {};
};

struct SwitchRule {
  Text backend = {};                                   // as written
  std::optional<parser::LogFormatTree> computed = {};  // when the name has a %[...]
  std::optional<parser::ConditionTree> condition = {};
  parser::Span span = {};
};

struct ServerRule {
  Text server = {};                                    // as written
  std::optional<parser::LogFormatTree> computed = {};  // when the name has a %[...]
  parser::ConditionTree condition = {};
  parser::Span span = {};
};

// force-persist and ignore-persist.
struct PersistRule {
  parser::ConditionTree condition = {};
  parser::Span span = {};
};

struct AclLine {
  std::span<const parser::Word> words = {};  // name, criterion, flags, patterns
  parser::Span span = {};
};

// `stick-table` as far as its parameters must fit together.
struct StickTable {
  Text type = {};
  bool has_size = false;
  std::vector<Text> stored = {};  // names of data types
  StickTableLine line = {};
  parser::Span span = {};
};

// The rules that are only checked, as far as they bear on one another.
struct CheckedRules {
  enum class Step : std::uint8_t { none, connect, send, expect };
  struct Steps {                    // of http-check or tcp-check
    bool begins_otherwise = false;  // a step before the first connect
    bool connects = false;
    bool lacks_port = false;  // some connect
    Step last = Step::none;
  };
  struct Capture {
    std::uint32_t id = 0;
    bool response = false;
    parser::Span span = {};
  };
  bool http = false;         // HTTP rules of any set are there
  std::uint32_t sets = 0;    // bits of in:: of the HTTP rule sets that have a rule
  std::uint32_t closed = 0;  // those whose last rule is final and has no condition
  bool redirects = false, use_server = false;
  std::vector<std::uint32_t> request_captures = {}, response_captures = {};  // the length of each slot
  std::vector<Capture> captures = {};                                        // rules that name a slot
  std::vector<std::string> engines = {};                                     // SPOE filters
  std::vector<Text> groups = {};                                             // engines that rules name
  std::vector<Text> filters = {};                                            // by name
  std::vector<std::string> declared = {};                                    // names of all filters
  std::vector<Text> sequences = {};                                          // lists of names
  std::vector<Text> agents = {};                                             // backends of SPOE agents
  std::vector<Text> caches = {};                                             // that rules use
  Steps http_check = {}, tcp_check = {};
};

}  // namespace shunt::graph::config
