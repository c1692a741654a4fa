// Walks the sections of a file: which tables read their lines, and what a proxy inherits from which
// `defaults`.
#pragma once
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/read/reading.hpp"

namespace shunt::graph {

class SectionReader {
 public:
  explicit SectionReader(ReadState& state) : state_(state) {}
  void read(const parser::Section& section);

  // Called by the rows of the section table.
  void open_global(Reading& reading);
  void open_proxy(Reading& reading, config::ProxyKind kind);
  // A section that is only checked: its name is one that others can use, its lines are of `family`.
  void open_named(Reading& reading, config::Definition::Kind kind, const Family& family);

 private:
  void check_head(Reading& reading);
  void check_needs(const parser::Section& section);
  void check_members(const parser::Section& userlist);
  void check_sizes(const parser::Section& cache);
  void read_line(const parser::Line& line);
  void read_head(config::Proxy& proxy, Reading& reading);
  void inherit(config::Proxy& proxy, Reading& reading, std::span<const parser::Word> words);
  const config::Proxy* find_defaults(Reading& reading, std::span<const parser::Word> words);

  ReadState& state_;
  const Family* lines_family_ = nullptr;  // table of the open section's lines; null: they are skipped
  parser::Span unread_head_ = {};         // the words of a head that make its lines unreadable
  config::Proxy* proxy_ = nullptr;        // the open proxy section
  std::string_view section_ = "global";   // the word that opened it
  const config::Proxy* current_defaults_ = nullptr;
  std::unordered_map<std::string, std::vector<const config::Proxy*>> named_defaults_;
  std::map<std::pair<std::string_view, std::string>, parser::Span> heads_;  // by keyword and name
};

}  // namespace shunt::graph
