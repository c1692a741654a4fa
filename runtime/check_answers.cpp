// Readers of protocol answers; each is given all bytes again whenever some arrived.
#include "runtime/check_answers.hpp"

#include <algorithm>
#include <array>

#include "parser/ascii.hpp"

namespace shunt::runtime {
namespace {

using graph::CheckOutcome;
using State = AnswerVerdict::State;
using namespace std::string_view_literals;

std::uint32_t byte(std::string_view data, std::size_t at) {
  return at < data.size() ? static_cast<unsigned char>(data[at]) : 0;
}

// As far as a string of C goes.
std::string text_at(std::string_view data, std::size_t at) {
  const std::string_view rest = data.substr(std::min(at, data.size()));
  return std::string(rest.substr(0, rest.find('\0')));
}

AnswerVerdict bad(std::string_view info, CheckOutcome outcome = CheckOutcome::l7_invalid,
                  std::int64_t code = 0) {
  return {.state = State::bad, .outcome = outcome, .code = code, .info = std::string(info)};
}

AnswerVerdict good(std::string_view info) { return {.state = State::good, .info = std::string(info)}; }

// ---- MySQL: three bytes of length, a number, the packet

constexpr std::size_t packet_header = 4;
constexpr std::uint32_t error_packet = 0xff;

// Where the packet that begins there ends; nothing: it isn't whole.
std::optional<std::size_t> packet_end(std::string_view data, std::size_t begin) {
  if (data.size() < begin + packet_header) return std::nullopt;
  const std::size_t size = byte(data, begin) + (byte(data, begin + 1) << 8U) + (byte(data, begin + 2) << 16U);
  if (data.size() < begin + packet_header + size) return std::nullopt;
  return begin + packet_header + size;
}

AnswerVerdict refusal(std::string_view packet) {
  return bad(text_at(packet, packet_header + 3), CheckOutcome::l7_status,
             byte(packet, packet_header + 1) + (byte(packet, packet_header + 2) << 8U));
}

// ---- LDAP

constexpr auto not_ldap = "Not LDAPv3 protocol"sv;
constexpr std::size_t shortest_answer = 14;

// ---- SPOP

constexpr std::uint32_t agent_hello = 101, agent_disconnect = 102;
constexpr std::uint32_t smallest_frame = 256;

// By the number that a disconnect carries.
constexpr std::array spop_faults{"normal"sv,
                                 "I/O error"sv,
                                 "a timeout occurred"sv,
                                 "frame is too big"sv,
                                 "invalid frame received"sv,
                                 "version value not found"sv,
                                 "max-frame-size value not found"sv,
                                 "capabilities value not found"sv,
                                 "unsupported version"sv,
                                 "max-frame-size too big or too small"sv,
                                 "fragmentation not supported"sv,
                                 "invalid interlaced frames"sv,
                                 "frame-id not found"sv,
                                 "resource allocation error"sv};
constexpr auto unknown_fault = "an unknown error occurred"sv;
enum SpopFault : std::size_t {
  invalid_frame = 4,
  no_version,
  no_size,
  bad_version = 8,
  bad_size,
  fragmented
};

// A frame behind its length. Whatever is missing makes it unsound.
class FrameReader {
 public:
  explicit FrameReader(std::string_view frame) : rest_(frame) {}
  [[nodiscard]] bool sound() const { return sound_; }
  [[nodiscard]] bool done() const { return rest_.empty() || !sound_; }

  std::uint32_t byte() {
    const std::string_view one = bytes(1);
    return one.empty() ? 0 : static_cast<unsigned char>(one[0]);
  }

  std::string_view bytes(std::uint64_t count) {
    if (rest_.size() < count) {
      sound_ = false;
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  // 4 bits and then 7 at a time once the first byte is full.
  std::uint64_t number() {
    std::uint64_t value = byte();
    if (value < 240) return value;
    for (unsigned shift = 4; sound_ && shift < 64; shift += 7) {
      const std::uint64_t next = byte();
      value += next << shift;
      if (next < 128) return value;
    }
    sound_ = false;
    return value;
  }

  std::string_view text() { return bytes(number()); }

 private:
  std::string_view rest_;
  bool sound_ = true;
};

// A value with its type in the low half of the first byte.
struct TypedValue {
  enum class Type : std::uint8_t { other, number, text } type = Type::other;
  std::uint64_t number = 0;
  std::string_view text = {};
};

TypedValue read_value(FrameReader& frame) {
  TypedValue value;
  const std::uint32_t type = frame.byte() & 0x0fU;
  if (type >= 2 && type <= 5) {
    value.type = TypedValue::Type::number;
    value.number = frame.number();
  } else if (type == 6 || type == 7) {
    std::ignore = frame.bytes(type == 6 ? 4 : 16);
  } else if (type == 8 || type == 9) {
    value.type = TypedValue::Type::text;
    value.text = frame.text();
  } else if (type > 9) {
    std::ignore = frame.bytes(~0ULL);  // there is no such type
  }
  return value;
}

// "2.0" and other ways to write it ("2.00").
bool is_version_2_0(std::string_view text) {
  text = parser::ascii::trimmed(text);
  if (!text.starts_with("2.") || text.size() < 3) return false;
  return text.find_first_not_of('0', 2) == std::string_view::npos;
}

std::optional<SpopFault> judge_hello(FrameReader& frame, std::uint32_t frame_limit) {
  using Type = TypedValue::Type;
  bool version = false, size = false;
  while (!frame.done()) {
    const std::string_view name = frame.text();
    const TypedValue value = read_value(frame);
    if (!frame.sound()) return invalid_frame;
    if (name == "version") {
      if (value.type != Type::text) return invalid_frame;
      if (!is_version_2_0(value.text)) return bad_version;
      version = true;
    } else if (name == "max-frame-size") {
      if (value.type != Type::number) return invalid_frame;
      if (value.number < smallest_frame || value.number > frame_limit) return bad_size;
      size = true;
    } else if (name == "capabilities" && value.type != Type::text) {
      return invalid_frame;
    }
  }
  if (!frame.sound()) return invalid_frame;
  if (!version) return no_version;
  return size ? std::nullopt : std::optional(no_size);
}

// The agent's own account of why it leaves.
std::string_view judge_disconnect(FrameReader& frame) {
  std::uint64_t code = 0;
  while (!frame.done()) {
    const std::string_view name = frame.text();
    const TypedValue value = read_value(frame);
    const bool is_code = name == "status-code";
    const auto wanted = is_code ? TypedValue::Type::number : TypedValue::Type::text;
    if (!frame.sound() || ((is_code || name == "message") && value.type != wanted))
      return spop_faults[invalid_frame];
    if (is_code) code = value.number;
  }
  if (!frame.sound()) return spop_faults[invalid_frame];
  return code < spop_faults.size() ? spop_faults[code] : unknown_fault;
}

AnswerVerdict judge_frame(std::string_view bytes, std::uint32_t frame_limit) {
  FrameReader frame(bytes);
  const std::uint32_t type = frame.byte();
  const std::string_view flags = frame.bytes(4);
  const std::uint64_t stream = frame.number(), number = frame.number();
  if (!frame.sound() || (type != agent_hello && type != agent_disconnect))
    return bad(spop_faults[invalid_frame]);
  if ((byte(flags, 3) & 1U) == 0) return bad(spop_faults[fragmented]);
  if (stream != 0 || number != 0) return bad(spop_faults[invalid_frame]);
  if (type == agent_disconnect) return bad(judge_disconnect(frame));
  if (const auto fault = judge_hello(frame, frame_limit)) return bad(spop_faults[*fault]);
  return good("SPOA server is ok");
}

}  // namespace

AnswerVerdict read_mysql_greeting(std::string_view data) {
  if (!packet_end(data, 0)) return {};
  if (byte(data, packet_header) == error_packet) return refusal(data);
  return good(text_at(data, packet_header + 1));
}

AnswerVerdict read_mysql_verdict(std::string_view data) {
  const auto begin = packet_end(data, 0);
  if (!begin || !packet_end(data, *begin)) return {};
  const std::string_view packet = data.substr(*begin);
  if (byte(packet, packet_header) == error_packet) return refusal(packet);
  return good(text_at(data, packet_header + 1));
}

// The length of the message in one, two or four bytes; the message with its number, which was ours; a bind
// answer with any form of length; its result.
AnswerVerdict read_ldap_answer(std::string_view data, bool last) {
  if (data.size() < shortest_answer && !last) return {};
  if (byte(data, 0) != 0x30) return bad(not_ldap);
  if (data.size() < shortest_answer) return {};
  std::size_t at = 2;
  std::uint32_t size = byte(data, 1);
  if ((size & 0x80U) != 0) {
    const std::size_t count = size & 0x7fU;
    if (count != 2 && count != 4) return bad(not_ldap);
    size = 0;
    for (std::size_t i = 0; i < count; ++i) size = size << 8U | byte(data, at++);
  }
  if (data.size() - at < size) return {};
  if (data.substr(at, 3) != "\x02\x01\x01"sv) return bad(not_ldap);
  at += 3;
  if (byte(data, at++) != 0x61) return bad(not_ldap);
  const std::uint32_t form = byte(data, at++);
  if ((form & 0x80U) != 0) at += form & 0x7fU;
  if (data.substr(std::min(at, data.size()), 2) != "\x0a\x01"sv) return bad(not_ldap);
  const std::uint32_t result = byte(data, at + 2);
  if (result == 0) return good("Success");
  return bad("See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9", CheckOutcome::l7_status, result);
}

AnswerVerdict read_spop_answer(std::string_view data, std::uint32_t frame_limit, bool last) {
  AnswerVerdict incomplete = last ? bad(spop_faults[invalid_frame]) : AnswerVerdict{};
  if (data.size() < 4) return incomplete;
  const std::uint64_t size =
      byte(data, 0) << 24U | byte(data, 1) << 16U | byte(data, 2) << 8U | byte(data, 3);
  if (data.size() - 4 < size) return incomplete;
  return judge_frame(data.substr(4, size), frame_limit);
}

}  // namespace shunt::runtime
