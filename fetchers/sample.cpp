// The cast matrix: which type becomes which other one, and how.
#include "fetchers/sample.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace shunt::fetchers {
namespace {

using Cast = bool (*)(Sample& sample, Scratch& scratch);
constexpr std::size_t type_count = static_cast<std::size_t>(SampleType::method) + 1;
constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool keep(Sample&, Scratch&) { return true; }

bool integer_to_boolean(Sample& sample, Scratch&) {
  sample.set_boolean(sample.integer != 0);
  return true;
}

bool boolean_to_integer(Sample& sample, Scratch&) {
  sample.type = SampleType::sint;
  return true;
}

bool integer_to_text(Sample& sample, Scratch& scratch) {
  const std::span<char> room = scratch.allocate(20);
  const auto end = std::to_chars(room.data(), room.data() + room.size(), sample.integer).ptr;
  sample.set_string({room.data(), static_cast<std::size_t>(end - room.data())});
  return true;
}

bool integer_to_bytes(Sample& sample, Scratch& scratch) {
  const std::span<char> room = scratch.allocate(8);
  for (std::size_t i = 0; i < 8; ++i)
    room[i] = static_cast<char>(static_cast<std::uint64_t>(sample.integer) >> (56 - 8 * i));
  sample.set_binary({room.data(), room.size()});
  return true;
}

bool integer_to_ipv4(Sample& sample, Scratch&) {
  for (std::size_t i = 0; i < 4; ++i)
    sample.address[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(sample.integer) >> (24 - 8 * i));
  sample.type = SampleType::ipv4;
  return true;
}

bool ipv4_to_integer(Sample& sample, Scratch&) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | sample.address[i];
  sample.set_integer(value);
  return true;
}

bool ipv4_to_ipv6(Sample& sample, Scratch&) {
  std::copy_n(sample.address.begin(), 4, sample.address.begin() + 12);
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), sample.address.begin());
  sample.type = SampleType::ipv6;
  return true;
}

bool integer_to_ipv6(Sample& sample, Scratch& scratch) {
  return integer_to_ipv4(sample, scratch) && ipv4_to_ipv6(sample, scratch);
}

bool ipv6_to_ipv4(Sample& sample, Scratch&) {
  if (!std::equal(mapped_prefix.begin(), mapped_prefix.end(), sample.address.begin())) return false;
  std::copy_n(sample.address.begin() + 12, 4, sample.address.begin());
  sample.type = SampleType::ipv4;
  return true;
}

bool address_to_text(Sample& sample, Scratch& scratch) {
  const std::span<char> room = scratch.allocate(INET6_ADDRSTRLEN);
  const int family = sample.type == SampleType::ipv4 ? AF_INET : AF_INET6;
  if (inet_ntop(family, sample.address.data(), room.data(), static_cast<socklen_t>(room.size())) == nullptr)
    return false;
  sample.set_string({room.data(), std::strlen(room.data())});
  return true;
}

bool address_to_bytes(Sample& sample, Scratch& scratch) {
  const std::size_t size = sample.type == SampleType::ipv4 ? 4 : 16;
  sample.set_binary(scratch.copy({reinterpret_cast<const char*>(sample.address.data()), size}));
  return true;
}

// Takes the number that the text begins with; what follows is ignored, too large a number is cut to the
// limit.
bool text_to_integer(Sample& sample, Scratch&) {
  if (sample.text.empty()) return false;
  std::string_view digits = sample.text;
  const bool negative = digits.front() == '-';
  if (negative || digits.front() == '+') digits.remove_prefix(1);
  std::uint64_t value = 0;
  const std::uint64_t limit =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  for (const char c : digits) {
    if (c < '0' || c > '9') break;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (limit - digit) / 10 ? limit : value * 10 + digit;
  }
  sample.set_integer(static_cast<std::int64_t>(negative ? 0 - value : value));
  return true;
}

bool text_to_boolean(Sample& sample, Scratch& scratch) {
  return text_to_integer(sample, scratch) && integer_to_boolean(sample, scratch);
}

// Reads four numbers and ignores whatever follows the last one unless it continues the address ("1.2.3.4:80"
// is taken).
bool read_ipv4(std::string_view text, std::array<std::uint8_t, 16>& address) {
  std::size_t at = 0;
  for (std::size_t part = 0; part < 4; ++part) {
    unsigned value = 0;
    const std::size_t begin = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
      if (value > 255) return false;
    }
    if (at == begin) return false;
    address[part] = static_cast<std::uint8_t>(value);
    if (part == 3) break;
    if (at == text.size() || text[at] != '.') return false;
    ++at;
  }
  return at == text.size() || text[at] != '.';
}

bool read_ipv6(std::string_view text, std::array<std::uint8_t, 16>& address) {
  char terminated[INET6_ADDRSTRLEN] = {};
  if (text.size() >= sizeof terminated) return false;
  std::copy(text.begin(), text.end(), terminated);
  return inet_pton(AF_INET6, terminated, address.data()) == 1;
}

// A text is of the family asked for: HAProxy maps none [seen].
bool text_to_ipv6(Sample& sample, Scratch&) {
  sample.type = SampleType::ipv6;
  return read_ipv6(sample.text, sample.address);
}

bool text_to_address(Sample& sample, Scratch&) {
  if (read_ipv4(sample.text, sample.address)) {
    sample.type = SampleType::ipv4;
    return true;
  }
  sample.type = SampleType::ipv6;
  return read_ipv6(sample.text, sample.address);
}

bool text_to_ipv4(Sample& sample, Scratch&) {
  sample.type = SampleType::ipv4;
  return read_ipv4(sample.text, sample.address);
}

bool text_to_bytes(Sample& sample, Scratch&) {
  sample.type = SampleType::bin;
  return true;
}

// Text ends at the first NUL byte.
bool bytes_to_text(Sample& sample, Scratch&) {
  sample.set_string(sample.text.substr(0, sample.text.find('\0')));
  return true;
}

bool text_to_method(Sample& sample, Scratch&) {
  sample.type = SampleType::method;
  return true;
}

bool method_to_text(Sample& sample, Scratch&) {
  sample.type = SampleType::str;
  return true;
}

bool boolean_to_text(Sample& sample, Scratch& scratch) { return integer_to_text(sample, scratch); }

// Row: from, column: to; both in the order of SampleType.
// to:                any   boolean             sint                addr             ipv4             ipv6 str
// bin               method
constexpr std::array<std::array<Cast, type_count>, type_count> casts = {{
    /* any     */ {{keep, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr}},
    /* boolean */
    {{keep, keep, boolean_to_integer, nullptr, nullptr, nullptr, boolean_to_text, integer_to_bytes, nullptr}},
    /* sint    */
    {{keep, integer_to_boolean, keep, integer_to_ipv4, integer_to_ipv4, integer_to_ipv6, integer_to_text,
      integer_to_bytes, nullptr}},
    /* addr    */ {{keep, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr}},
    /* ipv4    */
    {{keep, nullptr, ipv4_to_integer, keep, keep, ipv4_to_ipv6, address_to_text, address_to_bytes, nullptr}},
    /* ipv6    */
    {{keep, nullptr, nullptr, keep, ipv6_to_ipv4, keep, address_to_text, address_to_bytes, nullptr}},
    /* str     */
    {{keep, text_to_boolean, text_to_integer, text_to_address, text_to_ipv4, text_to_ipv6, keep,
      text_to_bytes, text_to_method}},
    /* bin     */ {{keep, nullptr, nullptr, nullptr, nullptr, nullptr, bytes_to_text, keep, text_to_method}},
    /* method  */ {{keep, nullptr, nullptr, nullptr, nullptr, nullptr, method_to_text, text_to_bytes, keep}},
}};

constexpr std::array<std::string_view, type_count> names = {"any",  "bool", "sint", "addr", "ipv4",
                                                            "ipv6", "str",  "bin",  "meth"};

Cast find_cast(SampleType from, SampleType to) {
  return casts[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}

}  // namespace

bool cast(Sample& sample, SampleType to, Scratch& scratch) {
  const Cast function = find_cast(sample.type, to);
  return function != nullptr && function(sample, scratch);
}

// A signature's `any` may turn out to be anything; `addr` is castable where either family is.
bool castable(SampleType from, SampleType to) {
  if (from == SampleType::any) return true;
  if (from == SampleType::addr) return castable(SampleType::ipv4, to) || castable(SampleType::ipv6, to);
  return find_cast(from, to) != nullptr;
}

std::string_view type_name(SampleType type) { return names[static_cast<std::size_t>(type)]; }

}  // namespace shunt::fetchers
