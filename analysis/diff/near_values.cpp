// One small function per match method.
#include "analysis/diff/near_values.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "acl/address_pattern.hpp"
#include "acl/number_pattern.hpp"
#include "analysis/byte_text.hpp"

namespace shunt::analysis {
namespace {

using acl::Address128;
using acl::MatchMethod;
using fetchers::Endpoint;
using Texts = std::vector<std::string>;

std::string other_case(std::string text) {
  const bool has_lower = std::ranges::any_of(text, [](unsigned char c) { return std::islower(c) != 0; });
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>(has_lower ? std::toupper(byte) : std::tolower(byte));
  }
  return text;
}

std::string without_last(const std::string& text) { return text.substr(0, text.size() - 1); }

void add_shorter(const std::string& text, Texts& texts) {
  if (text.size() < 2) return;
  texts.push_back(without_last(text));
  texts.push_back(text.substr(1));
}

void add_fewer_labels(const std::string& text, Texts& texts) {
  const std::size_t dot = text.find('.', 1);
  if (dot != std::string::npos && dot + 1 < text.size()) texts.push_back(text.substr(dot + 1));
}

Texts near_whole(const std::string& p) {
  Texts texts{p, other_case(p), "x." + p, "x" + p, p + "x", p + ".x"};
  add_fewer_labels(p, texts);
  add_shorter(p, texts);
  return texts;
}

Texts near_beginning(const std::string& p) {
  Texts texts{p + "x", p, other_case(p) + "x", "x" + p, p + ".example"};
  add_shorter(p, texts);
  return texts;
}

Texts near_end(const std::string& p) {
  Texts texts{"x" + p, p, "x" + other_case(p), "x." + p, "y.x" + p, p + "x"};
  add_shorter(p, texts);
  return texts;
}

Texts near_part(const std::string& p) {
  Texts texts{"x" + p + "x", p, "x" + other_case(p) + "x"};
  add_shorter(p, texts);
  return texts;
}

// `sign` separates the parts of which the pattern is a run.
Texts near_run(const std::string& p, const std::string& sign) {
  Texts texts{"x" + sign + p + sign + "y", p, "x" + sign + p, p + sign + "x", "x" + p, p + "x",
              "x" + sign + other_case(p)};
  add_shorter(p, texts);
  return texts;
}

Texts near_lengths(std::string_view pattern) {
  Texts texts;
  constexpr std::int64_t most = 4096;
  for (const std::int64_t size : numbers_near(pattern))
    if (size >= 0 && size <= most) texts.emplace_back(static_cast<std::size_t>(size), 'x');
  return texts;
}

Texts near_bytes(std::string_view digits) {
  const auto bytes = decode_hex(digits);
  if (!bytes || bytes.assume_value().empty()) return {};
  const std::string& p = bytes.assume_value();
  std::string other = p;
  other.back() = static_cast<char>(other.back() ^ 1);
  Texts texts{p, p + "x", "x" + p, other};
  add_shorter(p, texts);
  return texts;
}

Texts near_regex(std::string_view pattern) {
  const auto text = text_of_regex(pattern);
  if (!text) return {};
  return near_whole(*text);
}

}  // namespace

Texts texts_near(MatchMethod method, std::string_view pattern) {
  const std::string p(pattern);
  switch (method) {
    case MatchMethod::str: return near_whole(p);
    case MatchMethod::beg: return near_beginning(p);
    case MatchMethod::end: return near_end(p);
    case MatchMethod::sub: return near_part(p);
    case MatchMethod::dom: return near_run(p, ".");
    case MatchMethod::dir: return near_run(p, "/");
    case MatchMethod::len: return near_lengths(pattern);
    case MatchMethod::bin: return near_bytes(pattern);
    case MatchMethod::reg: return near_regex(pattern);
    case MatchMethod::boolean: return {p, "0", "1"};
    default: return {p};
  }
}

std::vector<std::int64_t> numbers_near(std::string_view pattern) {
  const auto range = acl::parse_number_pattern(pattern, acl::NumberForm::plain);
  if (!range) return {};
  const auto [low, high] = range.assume_value();
  const bool from_below = low == INT64_MIN, to_above = high == INT64_MAX;
  std::vector<std::int64_t> numbers;
  if (!from_below) numbers.push_back(low);
  if (!to_above) numbers.push_back(high);
  if (!from_below && !to_above && high - low > 1) numbers.push_back(low + (high - low) / 2);
  if (!from_below) numbers.push_back(low - 1);
  if (!to_above) numbers.push_back(high + 1);
  if (numbers.empty()) numbers.push_back(0);
  const auto again = std::ranges::unique(numbers);
  numbers.erase(again.begin(), again.end());
  return numbers;
}

namespace {

Endpoint endpoint_of(Address128 value, bool ipv6) {
  Endpoint made{.family = ipv6 ? fetchers::Family::ipv6 : fetchers::Family::ipv4};
  const std::size_t size = ipv6 ? 16 : 4;
  for (std::size_t i = size; i-- > 0; value >>= 8) made.address[i] = static_cast<std::uint8_t>(value & 0xff);
  return made;
}

}  // namespace

std::vector<Endpoint> addresses_near(std::string_view pattern) {
  const auto network = acl::parse_network(pattern, false);
  if (!network) return {};
  const Address128 all = network->ipv6 ? ~Address128{0} : Address128{0xffffffff};
  const Address128 first = network->address, last = network->address | (~network->mask & all);
  std::vector<Address128> values;
  // The network's own address is no client's; the one behind it is as good.
  values.push_back(first == last ? first : first + 1);
  if (first != last) values.insert(values.end(), {first, last});
  if (first != 0) values.push_back(first - 1);
  if (last != all) values.push_back(last + 1);
  std::vector<Endpoint> made;
  for (const Address128 value : values) made.push_back(endpoint_of(value, network->ipv6));
  return made;
}

}  // namespace shunt::analysis
