// The words of agents.
#include "runtime/agent_answer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "parser/ascii.hpp"

namespace shunt::runtime {
namespace {

constexpr std::string_view separators = " \t,";
constexpr std::string_view limit_word = "maxconn:";

struct Word {
  std::string_view name;
  void (*apply)(AgentAnswer&);
};

template <bool Up>
void health(AgentAnswer& answer) {
  answer.up = Up;
}
template <AgentAnswer::Order Order>
void order(AgentAnswer& answer) {
  answer.order = Order;
}

constexpr std::array words = {
    Word{"up", health<true>},
    Word{"down", health<false>},
    Word{"stopped", health<false>},
    Word{"fail", health<false>},
    Word{"ready", order<AgentAnswer::Order::ready>},
    Word{"drain", order<AgentAnswer::Order::drain>},
    Word{"maint", order<AgentAnswer::Order::maintenance>},
};

// A number that fills the text; what is too large becomes the largest.
std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size()) return std::nullopt;
  return error == std::errc() ? value : std::numeric_limits<std::uint32_t>::max();
}

void read_weight(std::string_view word, AgentAnswer& answer) {
  if (const auto value = number(word.substr(0, word.size() - 1)))
    answer.percent = value;
  else
    answer.weight_fault = "Trailing garbage in weight string";
}

void read_limit(std::string_view digits, AgentAnswer& answer) {
  if (const auto value = number(digits)) {
    answer.maxconn = value;
    return;
  }
  if (digits.empty())
    answer.limit_fault = "Require <maxconn>.\n";
  else
    answer.limit_fault = digits[0] >= '0' && digits[0] <= '9' ? "Trailing garbage in maxconn string"
                                                              : "maxconn string empty or preceded by garbage";
}

void read_word(std::string_view word, AgentAnswer& answer) {
  if (word[0] >= '0' && word[0] <= '9' && word.back() == '%') return read_weight(word, answer);
  if (word.size() >= limit_word.size() && parser::ascii::same(word.substr(0, limit_word.size()), limit_word))
    return read_limit(word.substr(limit_word.size()), answer);
  const auto* const found = std::ranges::find_if(
      words, [word](const Word& known) { return parser::ascii::same(word, known.name); });
  if (found == words.end()) {
    if (answer.unknown.empty()) answer.unknown = word;
    return;
  }
  found->apply(answer);
  if (found->apply == &health<true> || found->apply == &health<false>) answer.word = word;
}

}  // namespace

std::string_view AgentAnswer::remark() const {
  for (const std::string_view text : {description, unknown, weight_fault})
    if (!text.empty()) return text;
  return limit_fault;
}

std::optional<std::string_view> agent_line(std::string_view bytes) {
  const std::size_t end = bytes.find_first_of("\r\n");
  return end == std::string_view::npos ? std::nullopt : std::optional(bytes.substr(0, end));
}

AgentAnswer read_agent_answer(std::string_view line) {
  AgentAnswer answer;
  while (true) {
    const std::size_t begin = line.find_first_not_of(separators);
    if (begin == std::string_view::npos) return answer;
    line.remove_prefix(begin);
    if (line[0] == '#') break;
    const std::size_t size = std::min(line.find_first_of(separators), line.size());
    read_word(line.substr(0, size), answer);
    line.remove_prefix(size);
  }
  const std::size_t text = line.find_first_not_of("# \t");
  if (text != std::string_view::npos)
    answer.description = line.substr(text, line.find_last_not_of(" \t") + 1 - text);
  return answer;
}

std::string agent_info(const AgentAnswer& answer, std::string_view remark) {
  std::string text = fmt::format("via agent : {}", answer.word);
  if (remark.empty()) return text;
  text += " (";
  for (const char c : remark) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '<' && c != '>')
      text += c;
    else
      text += fmt::format("<{:02X}>", byte);
  }
  return text + ')';
}

}  // namespace shunt::runtime
