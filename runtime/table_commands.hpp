// The commands of the statistics socket that are about stick tables: show, set and clear.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"
#include "route/state.hpp"

namespace shunt::runtime {

// What a command answers, a piece at a time; texts are HAProxy's.
class TableReply {
 public:
  virtual ~TableReply() = default;
  // Appends the next piece, which may be empty; false: there is none left. Soon done.
  [[nodiscard]] virtual bool next(std::string& out) = 0;
};

struct TableCommand {
  std::span<const std::string> words = {};  // with the two that name the command
  graph::AdminLevel level = graph::AdminLevel::operator_;
  const graph::Graph& graph;
  route::State& state;
};

// null: it is no command about tables. Graph and state must outlive the reply.
[[nodiscard]] std::unique_ptr<TableReply> answer_table_command(const TableCommand& command);

// The words of one command; a backslash takes the character behind it as it is.
[[nodiscard]] std::vector<std::string> command_words(std::string_view command);

}  // namespace shunt::runtime
