// Answers of servers whose protocol has more to it than text to look for: MySQL, LDAP, SPOP.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "graph/check_program.hpp"

namespace shunt::runtime {

struct AnswerVerdict {
  enum class State : std::uint8_t { incomplete, good, bad } state = State::incomplete;
  graph::CheckOutcome outcome = graph::CheckOutcome::l7_invalid;  // of a bad one
  std::int64_t code = 0;
  std::string info = {};
};

// `data`: all that came so far; `last`: nothing can follow.
// The server's first packet: its version or why it refuses (MySQL's protocol, version 10).
[[nodiscard]] AnswerVerdict read_mysql_greeting(std::string_view data);
// The packet behind it: the answer to the login.
[[nodiscard]] AnswerVerdict read_mysql_verdict(std::string_view data);
// The answer to a bind request (RFC 4511).
[[nodiscard]] AnswerVerdict read_ldap_answer(std::string_view data, bool last);
// The first frame of an agent: AGENT-HELLO or AGENT-DISCONNECT (HAProxy's SPOE.txt). `frame_limit`: the
// longest that we take.
[[nodiscard]] AnswerVerdict read_spop_answer(std::string_view data, std::uint32_t frame_limit, bool last);

}  // namespace shunt::runtime
