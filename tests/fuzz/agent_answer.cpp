// Whatever an agent says: reading it never fails, and what is shown of it is plain text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/agent_answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shunt::runtime;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto line = agent_line(bytes);
  if (!line) return 0;
  const AgentAnswer answer = read_agent_answer(*line);
  const std::string info = agent_info(answer, answer.remark());
  const bool plain = std::ranges::all_of(info.substr(info.find('(') == std::string::npos ? info.size() : 0),
                                         [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!plain || answer.up.has_value() != !answer.word.empty()) std::abort();
  return 0;
}
