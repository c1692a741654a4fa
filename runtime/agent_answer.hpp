// What an agent has answered: one line of words. No socket, no clock.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shunt::runtime {

struct AgentAnswer {
  enum class Order : std::uint8_t { ready, drain, maintenance };

  std::optional<Order> order = {};
  std::optional<bool> up = {};
  std::string_view word = {};  // that says so, as it was written
  // Of the weight in the file; std::uint32_t's largest value stands for anything that is more.
  std::optional<std::uint32_t> percent = {};
  std::optional<std::uint32_t> maxconn = {};  // 0: no limit
  std::string_view description = {};          // behind "#"
  std::string_view weight_fault = {}, limit_fault = {};
  std::string_view unknown = {};  // the first word that means nothing

  // What log lines say beside the word: the description, or else what was wrong.
  [[nodiscard]] std::string_view remark() const;
};

// The bytes before the first CR or LF; none: the line is not complete yet.
[[nodiscard]] std::optional<std::string_view> agent_line(std::string_view bytes);

// Words stand between blanks, tabs and commas; the last one of a kind counts. Views lie in `line`.
[[nodiscard]] AgentAnswer read_agent_answer(std::string_view line);

// "via agent : down (why)"; bytes that are not plain as <XX>.
[[nodiscard]] std::string agent_info(const AgentAnswer& answer, std::string_view remark);

}  // namespace shunt::runtime
